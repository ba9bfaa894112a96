"""The desk alone: events decided per second while 1,000 contacts wait for 500 agents.

An event is what happens at a desk all day: a conversation ends, the freed agent accepts the next
contact, another one comes in. Each is settled over the whole queue: who leaves it, who is rung.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from desk import routing
from desk.agents import Agent
from desk.floor import Floor
from desk.queue import Ringing, Waiting
from desk.who import Skill, Who
from flow.effects import EnterQueue
from flow.ledger import Ticket
from runner.desk import Desk
from store.database import Database
from store.store import SqlStore
from tests.bench.databases import databases
from tests.bench.machine import progress
from tests.support.installation import prepare

if TYPE_CHECKING:
    from runner.orders import Orders

START = datetime(2026, 1, 5, 10, tzinfo=UTC)
WHOS: tuple[dict[str, Any], ...] = (
    {"ring_groups": ("g0",)},
    {"ring_groups": ("g1", "g2")},
    {"ring_groups": ("g3",)},
    {"attributes": ({"name": "french", "min_proficiency": 50},)},
)

Event = Callable[[Floor, datetime], None]
Change = Callable[[Event], list[str]]
"""Does an event and settles the desk; gives the offers that were made."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many wait, and for how many agents."""

    waiting: int = 1_000
    agents: int = 500


def rules(seconds: float, size: Size) -> dict[str, Any]:
    """Measure the pure rules, per second of CPU: single events, and whole rounds of ringing."""
    floor, ids = Floor(), count()
    for number in range(size.agents):
        floor.put_agent(agent(number))
    for number in range(size.agents + size.waiting):
        floor.enter(_waiting(number))

    def change(event: Event) -> list[str]:
        at = START + timedelta(milliseconds=next(ids))
        event(floor, at)
        floor.settle(at, lambda: f"o{next(ids)}")
        rung = [task.id for task in floor.tasks if task.kind == "ring"]
        floor.clear()
        return rung

    def enter(number: int) -> list[str]:
        return change(partial(_enter, number))

    day = _day(change, enter, size)
    next(day)
    speed = _speed(day, time.process_time, seconds)
    rounds, round_seconds = _rounds(floor, seconds / 4)
    return {
        "waiting": len(floor.queue),
        "agents": size.agents,
        "decisions_per_second": round(speed),
        "rounds_per_second": round(rounds / round_seconds, 1),
    }


def stored(kind: str, folder: Path, seconds: float, size: Size) -> dict[str, Any]:
    """Measure the same through the store, under its lock, by one process: per second."""
    with _desk(kind, folder) as desk:
        with desk.change() as opened:
            for number in range(size.agents):
                opened.floor.put_agent(agent(number))
            for number in range(size.agents + size.waiting):
                place = _waiting(number)
                opened.floor.enter(place)
                opened.work.keep_ticket(Ticket(place.id, "e", {"line": ""}, opened.at))
        day = _day(*_doors(desk), size)
        next(day)
        speed = _speed(day, time.perf_counter, seconds)
    progress(f"desk on {kind}: {speed:.0f} decisions/s")
    return {"decisions_per_second": round(speed, 1)}


def _speed(day: Iterator[int], clock: Callable[[], float], seconds: float) -> float:
    events, began = 0, clock()
    while (taken := clock() - began) < seconds:
        events += next(day)
    return events / taken


def agent(number: int) -> Agent:
    """Make one of the agents, available."""
    skills = {"french": number * 37 % 101} if number % 2 else {}
    name = f"a{number:04d}"
    return Agent(
        *(name, name, f"client:{name}", (f"g{number % 4}",), skills),
        presence="available",
        since=START,
        then="available",
    )


def _waiting(number: int) -> Waiting:
    given = WHOS[number % len(WHOS)]
    skills = tuple(Skill(**skill) for skill in given.get("attributes", ()))
    who = Who(given.get("ring_groups", ()), (), skills)
    entered = START + timedelta(milliseconds=number)
    return Waiting(f"c{number:07d}.1", who, entered, (5, 1, 5, 10)[number % 7 % 4], None, Ringing())


def _effect(number: int) -> EnterQueue:
    return EnterQueue(f"c{number:07d}.1", WHOS[number % len(WHOS)], "q", "CA")


def _accept_all(accepted: deque[str], floor: Floor, at: datetime) -> None:
    for offer in floor.open_offers:
        floor.accept(offer.id, at)
        accepted.append(offer.id)


def _accept(offer: str, floor: Floor, at: datetime) -> None:
    floor.accept(offer, at)


def _enter(number: int, floor: Floor, at: datetime) -> None:
    floor.enter(_waiting(number))


def _end(assignment: str, floor: Floor, at: datetime) -> None:
    floor.agent_left(assignment, "finished", at)


def _day(change: Change, enter: Callable[[int], list[str]], size: Size) -> Iterator[int]:
    """Put everybody to work, then let one conversation after the other end.

    Gives the number of events of each; 0 for the beginning.
    """
    served: deque[str] = deque()
    change(_nothing)
    change(partial(_accept_all, served))
    yield 0
    for number in count(size.agents + size.waiting):
        rung = [*(change(partial(_end, served.popleft())) if served else ()), *enter(number)]
        for offer in rung:
            change(partial(_accept, offer))
        served += rung
        yield 2 + len(rung)


def _rounds(floor: Floor, seconds: float) -> tuple[int, float]:
    """Decide the ringing for everybody at once, with all agents free; how often, in how long."""
    people = [agent(number) for number in range(len(floor.agents))]
    idle = Floor({each.id: each for each in people}, floor.queue)
    at, done, began = START + timedelta(hours=1), 0, time.process_time()
    while (taken := time.process_time() - began) < seconds or not done:
        assert routing.plan(idle.queue, idle.roster, (), at)
        done += 1
    return done, taken


class _Noted:
    """Takes orders and has nobody carry them out; `rung` are the legs of the last change."""

    def __init__(self) -> None:
        self.rung: list[str] = []

    def note(self, work: Any, given: list[tuple[str, Any]], at: datetime) -> list[Any]:
        """Note which legs are to be rung."""
        self.rung = [order.leg for name, order in given if name.startswith("ring-")]
        return []

    def begin(self, noted: list[Any]) -> None:
        """Begin nothing."""


class _NoJobs:
    """Has no job done."""

    def enqueue(self, *given: Any) -> None:
        """Ask for nothing."""


@contextmanager
def _desk(kind: str, folder: Path) -> Iterator[Desk]:
    with databases(kind, folder) as new_database:
        url = new_database()
        prepare(url)
        database = Database(url)
        orders = cast("Orders", _Noted())
        try:
            yield Desk(SqlStore(database), orders, _NoJobs(), lambda: datetime.now(UTC))
        finally:
            database.close()


def _doors(desk: Desk) -> tuple[Change, Callable[[int], list[str]]]:
    noted = cast("_Noted", desk._orders)

    def change(event: Event) -> list[str]:
        with desk.change() as opened:
            event(opened.floor, opened.at)
        return noted.rung

    def enter(number: int) -> list[str]:
        desk.enter(_effect(number))
        return noted.rung

    return change, enter


def _nothing(floor: Floor, at: datetime) -> None:
    """Let only time pass."""
