"""One process of the race at the desk: `python -m tests.chaos.desk_driver '{…}'`.

Its threads do what carriers, agents and walks do, at random and without asking each other: every
call early, late, twice, and beside the same call in another process.
"""

import json
import random
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import runner.desk
from desk.agents import CHOICES
from desk.floor import Floor
from flow.effects import EnterQueue
from runner.desk import Desk
from runner.places import DeskRules
from store.database import Database
from store.store import SqlStore
from tests.chaos.desk_log import FastClock, Log, NoJobs, NotedOrders, WatchedStore
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from runner.orders import Orders
    from runner.ports import Store

WHOS: tuple[dict[str, Any], ...] = (
    {"ring_groups": ("support",)},
    {"ring_groups": ("support",)},
    {"ring_groups": ("sales", "support")},
    {"agents": ("a01", "a03", "a05")},
    {"attributes": ({"name": "french", "min_proficiency": 50},)},
    {"agents": ("nobody",)},
)
PATIENCE = 1_200.0


@dataclass(frozen=True)
class Part:
    """What one of `processes` processes has to do: callers `first` to `last`, by `threads` threads.

    `known`: how many contacts it remembers before it reads the desk anew.
    """

    database: str
    folder: str
    number: int
    processes: int
    first: int
    last: int
    threads: int
    epoch: float
    speed: float
    known: int

    def command(self) -> list[str]:
        """How it is started."""
        return [sys.executable, "-m", "tests.chaos.desk_driver", json.dumps(asdict(self))]

    def log(self, number: int) -> Path:
        """Where a process leaves what it did."""
        return Path(self.folder) / f"{number}.log.pickle"


class Undone(Exception):
    """Something went wrong in the middle of a change: it must leave nothing."""


class Storm:
    """One thread; `desk` and `log` are those of its process."""

    def __init__(self, desk: Desk, log: Log, chance: random.Random) -> None:
        self._desk, self._log, self._chance = desk, log, chance
        self._effects: list[EnterQueue] = []
        self._acts: list[Callable[[], None]] = [
            *[self._decide] * 8,
            *[self._end_call] * 3,
            *(self._leave, self._choose, self._late, self._again, self._settle, self._fail),
        ]

    def run(self, callers: range) -> None:
        """Bring the callers in, with everything that happens meanwhile."""
        for number in callers:
            self._arrive(number)
            for act in self._chance.choices(self._acts, k=self._chance.randint(1, 6)):
                act()

    def drain(self) -> bool:
        """Serve whoever is left as everybody should be served; false when nobody is."""
        with self._desk.look() as (floor, _):
            resting = [a.id for a in floor.agents.values() if a.then != "available"]
            rung = [offer.id for offer in floor.open_offers]
            served = [a.id for a in floor.assignments.values() if a.ended is None]
            busy = bool(floor.queue or rung or served)
        if busy:
            for agent in resting[:1]:
                self._desk.choose(agent, "available")
            for offer in self._some(rung):
                self._accept(offer)
            for assignment in self._some(served):
                self._hang_up(assignment, "finished")
            self._desk.settle()
        return busy

    # -- what happens -------------------------------------------------------------------------

    def _arrive(self, number: int) -> None:
        effect = self._effect(f"c{number:05d}.1", returned=False)
        if self._chance.random() < 0.05:
            self._gone(effect.id)
        self._effects.append(effect)
        self._enter(effect)

    def _effect(self, place: str, *, returned: bool) -> EnterQueue:
        pick = self._chance.choice
        ringing = {
            "at_once": pick([1, 1, 2, 3]),
            "seconds": 5.0,
            "attempts": pick(["single", "exhaust", "exhaust"]),
            "order": pick(["most_idle", "most_proficient"]),
            "status": pick(["available", "available", "available", "any"]),
        }
        wait = pick([None, None, 300.0, 3_000.0])
        who = pick(WHOS)
        priority, line = pick([1, 5, 5, 10]), ("q", "CA", "+15550123456", "+15550100001", "")
        return EnterQueue(place, who, *line, priority, wait, ringing, returned)

    def _enter(self, effect: EnterQueue) -> None:
        word, _ = self._desk.enter(effect)
        self._log.answers.setdefault(effect.id, []).append(word)

    def _again(self) -> None:
        """The effect is taken over, or its result was lost: it is done again."""
        for effect in self._some(self._effects):
            self._enter(effect)

    def _decide(self) -> None:
        for offer in self._some(self._ids(lambda floor: [o.id for o in floor.open_offers])):
            act = self._chance.choice(["accept", "accept", "accept", "decline", "lost", "nothing"])
            if act == "accept":
                for _ in range(self._chance.randint(1, 2)):
                    self._accept(offer)
            elif act == "decline":
                self._end_offer(offer, "declined")
            elif act == "lost":
                self._end_offer(offer, "lost")

    def _late(self) -> None:
        """Of an offer that may be over long since, something is heard."""
        for offer in self._some(self._ids(lambda floor: list(floor.offers))):
            if self._chance.random() < 0.5:
                self._accept(offer)
            else:
                self._end_offer(offer, self._chance.choice(["declined", "expired", "lost"]))

    def _end_call(self) -> None:
        for name in self._some(self._ids(_served)):
            self._hang_up(name, self._chance.choice(["finished", "finished", "accident"]))

    def _hang_up(self, assignment: str, how: Any) -> None:
        with self._desk.change() as desk:
            served = desk.floor.assignments.get(assignment)
            first = served is not None and served.ended is None
            desk.floor.agent_left(assignment, how, desk.at)
        if first and served is not None and how == "accident":
            execution, _, turn = served.contact.rpartition(".")
            effect = self._effect(f"{execution}.{int(turn) + 1}", returned=True)
            self._effects.append(effect)
            self._enter(effect)

    def _leave(self) -> None:
        for place in self._some(self._ids(lambda floor: list(floor.contacts))):
            self._gone(place)

    def _gone(self, place: str) -> None:
        self._log.left.add(place)
        self._desk.leave(place, self._chance.choice(["", "busy"]))

    def _choose(self) -> None:
        for agent in self._some(self._ids(lambda floor: list(floor.agents))):
            word = self._chance.choice([*CHOICES, "available", "available", "available"])
            self._desk.choose(agent, word)

    def _settle(self) -> None:
        self._desk.settle()

    def _fail(self) -> None:
        """A change that is undone in its middle, after it moved the floor in memory."""
        with suppress(Undone), self._desk.change() as desk:
            for waiting in list(desk.floor.queue)[:1]:
                desk.floor.leave(waiting.id, desk.at)
            raise Undone

    # -- how ----------------------------------------------------------------------------------

    def _accept(self, offer: str) -> None:
        with self._desk.change() as desk:
            if offer not in desk.floor.offers:
                return
            desk.floor.picked_up(offer, desk.at)
            answer = desk.floor.accept(offer, desk.at)
        self._log.accepted.append((offer, answer))

    def _end_offer(self, offer: str, how: Any) -> None:
        with self._desk.change() as desk:
            if offer in desk.floor.offers:
                desk.floor.end_offer(offer, how, desk.at)

    def _ids(self, read: Callable[[Floor], list[str]]) -> list[str]:
        with self._desk.look() as (floor, _):
            return read(floor)

    def _some(self, things: list[Any]) -> list[Any]:
        return [self._chance.choice(things)] if things else []


def _served(floor: Floor) -> list[str]:
    return [each.id for each in floor.assignments.values() if each.ended is None]


def main(part: Part) -> None:
    """Do this process's part, wait for the others twice, and leave the log."""
    runner.desk.MOST_KNOWN = part.known
    log = Log()
    database = Database(part.database)
    store = cast("Store", WatchedStore(SqlStore(database), log))
    orders = cast("Orders", NotedOrders())
    desk = Desk(store, orders, NoJobs(), FastClock(part.epoch, part.speed), DeskRules(20.0))
    storms = [Storm(desk, log, random.Random(_seed(part, n))) for n in range(part.threads)]  # noqa: S311  a race that can be repeated, no secrets
    share = -(-(part.last - part.first) // part.threads)
    shares = [range(n, min(n + share, part.last)) for n in range(part.first, part.last, share)]
    _beside([(storm.run, (part_,)) for storm, part_ in zip(storms, shares, strict=False)], log)
    _meet(part, "storm")
    _beside([(_drained, (storm,)) for storm in storms], log)
    _meet(part, "drained")
    with desk.look() as (floor, _):
        log.end = (floor.agents, floor.queue, floor.offers, floor.assignments)
        log.write(part.log(part.number))
    database.close()


def _seed(part: Part, thread: int) -> int:
    return part.number * 1_000 + thread


def _beside(calls: list[tuple[Callable[..., object], tuple[Any, ...]]], log: Log) -> None:
    """Do things on a thread each; what goes wrong in one is for the test to see."""

    def one(call: Callable[..., object], given: tuple[Any, ...]) -> None:
        try:
            call(*given)
        except Exception as problem:  # noqa: BLE001  as above
            log.problems.append(repr(problem))

    threads = [threading.Thread(target=one, args=each) for each in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _drained(storm: Storm) -> None:
    deadline = time.monotonic() + PATIENCE
    while storm.drain():
        assert time.monotonic() < deadline, "not everybody is served"


def _meet(part: Part, what: str) -> None:
    """Wait until every process is as far as this one."""
    folder = Path(part.folder)
    (folder / f"{part.number}.{what}").touch()
    files = [folder / f"{number}.{what}" for number in range(part.processes)]
    wait_until(lambda: all(file.exists() for file in files), PATIENCE, what=f"all {what}")


if __name__ == "__main__":
    main(Part(**json.loads(sys.argv[1])))
