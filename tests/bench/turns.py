"""Turns per second of this server beside the baseline's, taken in alternation by one client."""

import re
import statistics
from pathlib import Path
from typing import Any

from tests.bench.callers import Caller, Result, Script, call, drive
from tests.bench.databases import databases
from tests.bench.machine import progress
from tests.bench.servers import NUMBER, Server, baseline, running

_ADDRESS = re.compile(rb"https?://[^\"<]+")


class Unequal(RuntimeError):
    """The two servers do not say the same, so their speed cannot be compared."""


def measure(
    kind: str, folder: Path, *, rounds: int, seconds: float, callers: int
) -> dict[str, Any]:
    """Measure one kind of database: a warm-up, then `rounds` times the baseline and then ours.

    Raises:
        Unequal: the TwiML of the two differs in more than its addresses.
    """
    with databases(kind, folder) as new_database:
        database = new_database()
        with baseline(folder, database) as theirs, running(folder, database) as ours:
            compare(theirs.base, ours.base)
            pair = _Pair(kind, theirs, ours, callers)
            pair.round(0, min(seconds, 2.0))
            return pair.report([pair.round(number, seconds) for number in range(1, rounds + 1)])


def compare(theirs: str, ours: str) -> int:
    """Walk one call on both servers and compare every answer; give how many turns there were.

    Raises:
        Unequal: they differ in more than their addresses.
    """
    expected, found = _transcript(theirs), _transcript(ours)
    for number, (one, other) in enumerate(zip(expected, found, strict=False), 1):
        if one != other:
            raise Unequal(f"turn {number}:\nbaseline {one.decode()}\nours     {other.decode()}")
    if len(expected) != len(found):
        raise Unequal(f"the baseline takes {len(expected)} turns, ours {len(found)}")
    return len(found)


def _transcript(base: str) -> list[bytes]:
    caller = Caller(base)
    try:
        turns = call(caller, base, Script(NUMBER, "compare"), 1)
    finally:
        caller.close()
    return [_ADDRESS.sub(b"ADDRESS", body) for _, body in turns]


class _Pair:
    """The two servers of one comparison."""

    def __init__(self, kind: str, theirs: Server, ours: Server, callers: int) -> None:
        self._kind, self._theirs, self._ours, self._callers = kind, theirs, ours, callers
        self._cpu = {"baseline": 0.0, "ours": 0.0}

    def round(self, number: int, seconds: float) -> tuple[Result, Result]:
        """Drive the baseline, then ours."""
        label = f"{self._kind[:2]}{number:03d}"
        theirs = self._drive("baseline", self._theirs, label, seconds)
        ours = self._drive("ours", self._ours, label, seconds)
        name = f"round {number}" if number else "warm-up"
        progress(
            f"{self._kind} {name}: baseline {theirs.rate:.0f}/s, ours {ours.rate:.0f}/s, "
            f"ratio {ours.rate / max(theirs.rate, 1e-9):.2f}"
        )
        return theirs, ours

    def _drive(self, name: str, server: Server, label: str, seconds: float) -> Result:
        before = server.cpu()
        result = drive(server.base, Script(NUMBER, label), self._callers, seconds)
        turns = max(1, len(result.durations))
        self._cpu[name] = (server.cpu() - before) / turns * 1000
        return result

    def report(self, rounds: list[tuple[Result, Result]]) -> dict[str, Any]:
        """Sum the rounds up: medians of rates and ratios, quantiles over all turns."""
        ratios = [ours.rate / max(theirs.rate, 1e-9) for theirs, ours in rounds]
        theirs, ours = [one for one, _ in rounds], [one for _, one in rounds]
        used = [one.cpu / one.seconds for one in (*theirs, *ours)]
        return {
            "ratio": round(statistics.median(ratios), 3),
            "ratio_spread": [round(min(ratios), 3), round(max(ratios), 3)],
            "ours_per_second": round(statistics.median(one.rate for one in ours), 1),
            "baseline_per_second": round(statistics.median(one.rate for one in theirs), 1),
            **_quantiles("", ours),
            **_quantiles("baseline_", theirs),
            "ours_cpu_ms": round(self._cpu["ours"], 3),
            "baseline_cpu_ms": round(self._cpu["baseline"], 3),
            "client_cpu_share": round(statistics.median(used), 2),
            "failures": sum(one.failures for one in (*theirs, *ours)),
            "workers": self._ours.workers(),
            "callers": self._callers,
            "rounds": [
                {"baseline": round(one.rate, 1), "ours": round(other.rate, 1), "ratio": round(r, 3)}
                for (one, other), r in zip(rounds, ratios, strict=True)
            ],
        }


def _quantiles(prefix: str, results: list[Result]) -> dict[str, float]:
    ordered = sorted(taken for result in results for taken in result.durations)
    return {
        f"{prefix}p{share}_ms": round(ordered[share * (len(ordered) - 1) // 100] * 1000, 2)
        for share in (50, 99)
        if ordered
    }
