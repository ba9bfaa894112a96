"""What one turn costs as flows grow and as the database fills: one caller, nobody else."""

import statistics
import time
from pathlib import Path

import yaml

from tests.bench.callers import Caller, Script, call
from tests.bench.databases import databases
from tests.bench.machine import progress
from tests.bench.servers import NUMBER, running
from tests.bench.stored import store

VISITED = (10, 100, 300)
TURNS = 10

_OPTIONS = [{"exit": "a", "keys": "1", "label": "A"}, {"exit": "b", "keys": "2", "label": "B"}]


def by_executions(
    kind: str, folder: Path, counts: tuple[int, ...], seconds: float
) -> dict[str, float]:
    """Give the median milliseconds of a turn at so many stored executions."""
    found: dict[str, float] = {}
    with (
        databases(kind, folder) as new_database,
        running(folder, database := new_database()) as server,
    ):
        there = 0
        _typical(server.base, Script(NUMBER, "warm"), seconds)
        for count in counts:
            if count > there:
                store(database, count - there)
                there = count
            script = Script(NUMBER, f"stored{count}x")
            found[str(count)] = _typical(server.base, script, seconds)
            progress(f"{kind} with {count} executions: {found[str(count)]} ms")
    return found


def by_steps(folder: Path, steps: tuple[int, ...], seconds: float) -> dict[str, dict[str, float]]:
    """Give the median milliseconds of a turn on SQLite as a flow is longer, and as a call is.

    First in flows of so many `steps`, then late in one call that has gone through so many.
    """
    numbers = {f"+1555010{count:04d}": count for count in sorted(steps)}
    flows = {number: _ring(folder, count) for number, count in numbers.items()}
    found: dict[str, float] = {}
    with databases("sqlite", folder) as new, running(folder, new(), flows) as server:
        for number, count in numbers.items():
            _typical(server.base, Script(number, f"warm{count}x", TURNS), seconds / 4)
            script = Script(number, f"steps{count}x", TURNS)
            found[str(count)] = _typical(server.base, script, seconds)
        progress(f"by the flow's steps: {found} ms")
        visited = _late(server.base, Script(number, "long", VISITED[-1] + TURNS), count)
    progress(f"by the steps a call went through: {visited} ms")
    return {"by_steps": found, "by_visited": visited}


def _late(base: str, script: Script, steps: int) -> dict[str, float]:
    caller = Caller(base)
    points = [at for at in VISITED if at < steps]
    taken = [duration for duration, _ in call(caller, base, script, 1)]
    caller.close()
    return {str(at): _milliseconds(taken[at : at + TURNS]) for at in points}


def _typical(base: str, script: Script, seconds: float) -> float:
    caller, count, taken = Caller(base), 0, list[float]()
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        count += 1
        taken += [duration for duration, _ in call(caller, base, script, count)]
    caller.close()
    return _milliseconds(taken)


def _milliseconds(taken: list[float]) -> float:
    return round(statistics.median(taken) * 1000, 3)


def _ring(folder: Path, count: int) -> Path:
    """Write a flow of `count` menus, each of which leads to the next and the last to the first."""
    steps = {
        f"s{index}": {
            "component": "menu",
            "message": f"This is question {index} of {{{{ flow.name }}}}.",
            "options": _OPTIONS,
            "exits": dict.fromkeys(("a", "b", "invalid", "timeout"), f"s{(index + 1) % count}"),
        }
        for index in range(count)
    }
    document = {
        "linewalk": 1,
        "flow": f"ring-{count}",
        "type": "incoming_call",
        "start": "s0",
        "steps": steps,
    }
    path = folder / f"ring-{count}.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return path
