"""A thousand callers and fifty agents at one desk, changed by several processes at once."""

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.agents import Agent, Chosen
from desk.changes import Changes, bring_up_to_date
from desk.floor import Floor
from store.database import Database
from store.store import SqlStore
from tests.chaos.desk_checks import Replay, check_answers, check_attempts, check_nobody_is_lost
from tests.chaos.desk_driver import Part
from tests.chaos.desk_log import Log
from tests.support.processes import Programs

LONG = bool(os.environ.get("LINEWALK_LONG"))
SPEED = 20.0
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3_600 if LONG else 240)]


@dataclass(frozen=True)
class Size:
    """How large a race is."""

    callers: int
    agents: int
    processes: int
    threads: int


SIZES = {
    "sqlite": Size(300, 20, 3, 6) if LONG else Size(40, 8, 2, 3),
    "postgresql": Size(1_000, 50, 4, 8) if LONG else Size(80, 12, 2, 5),
}


def hire(store: SqlStore, count: int) -> Changes:
    """Put agents to work; the desk as it is then."""
    began = datetime.fromtimestamp(time.time(), UTC)
    people = [_agent(number, began) for number in range(count)]
    with store.work() as work:
        version = work.open_desk() + 1
        work.keep_desk(Changes(version, agents=people))
    return Changes(version, agents=people)


def _agent(number: int, at: datetime) -> Agent:
    groups = (("support",), ("sales", "support"), ("sales",))[number % 3]
    skills = {"french": number * 37 % 101} if number % 2 else {}
    presence: Chosen = "away" if number % 5 == 4 else "available"
    name = f"a{number:02d}"
    return Agent(
        name, name, f"client:{name}", groups, skills, presence=presence, then=presence, since=at
    )


def race(url: str, folder: Path, size: Size, programs: Programs) -> list[Log]:
    """Let the processes do their parts; what each did."""
    share, epoch = size.callers // size.processes, time.time()
    parts = [
        Part(
            *(url, str(folder), number, size.processes, number * share, (number + 1) * share),
            *(size.threads, epoch, SPEED, 30 if number == 0 else 5_000),
        )
        for number in range(size.processes)
    ]
    running = [programs.start(part.command()) for part in parts]
    for program in running:
        program.process.wait()
        assert program.process.returncode == 0, program.output[-5_000:]
    return [Log.read(part.log(part.number)) for part in parts]


def test_a_race_at_the_desk_loses_doubles_and_passes_over_nobody(
    ready_url: str, tmp_path: Path, start_program: Programs
) -> None:
    database = Database(ready_url)
    store = SqlStore(database)
    size = SIZES["sqlite" if database.sqlite else "postgresql"]
    start = hire(store, size.agents)
    logs = race(ready_url, tmp_path, size, start_program)
    assert [problem for log in logs for problem in log.problems] == []
    replay = Replay(start, logs)
    replay.run()
    check_nobody_is_lost(logs, replay.floor)
    check_answers(logs, replay.floor)
    check_attempts(replay.floor)
    anew = Floor()
    horizon = datetime.now(UTC) - timedelta(hours=24)
    bring_up_to_date(anew, store.desk_since(0, horizon))
    database.close()
    found = [(f.agents, f.queue, f.offers, f.assignments) for f in (replay.floor, anew)]
    assert all(log.end == found[0] for log in logs)
    assert found[0] == found[1]
    assert replay.longest > size.agents / 2, "there was no crowd"
