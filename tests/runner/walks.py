"""A house for walks in tests: real stores, real engine, a world that answers by script."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flow.effects import HttpRequest
from flow.events import Event
from flow.execution import Execution
from flow.ledger import Call, Run, Saved, Unavailable
from runner.effects import Effects
from runner.library import Library
from runner.local import LOCAL
from runner.vault import Vault
from runner.walker import Walked, Walker
from store.database import Database
from store.library import Library as Shelf
from store.past import Past
from store.store import SqlStore

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Asked:
    """The job queue: only keeps what was asked for."""

    jobs: list[tuple[str, str, dict[str, Any], float]] = field(default_factory=list)

    def enqueue(
        self, work: Any, job: str, key: str, data: Mapping[str, Any], delay: float = 0.0
    ) -> None:
        self.jobs.append((job, key, dict(data), delay))

    def keys(self, job: str) -> list[str]:
        return [key for name, key, _, _ in self.jobs if name == job]


@dataclass
class World:
    """What effects meet outside: each request is kept, and answered by `answer`."""

    sent: list[HttpRequest] = field(default_factory=list)
    answer: Callable[[HttpRequest], tuple[str, Mapping[str, Any]]] = lambda _: (
        "success",
        {"status": 200, "body": "yes"},
    )

    def __call__(self, effect: HttpRequest) -> tuple[str, Mapping[str, Any]]:
        self.sent.append(effect)
        return self.answer(effect)


class Flaky:
    """A store whose transactions fail `failures` times before they work."""

    def __init__(self, store: SqlStore) -> None:
        self._store, self.failures = store, 0

    @contextmanager
    def work(self) -> Iterator[Any]:
        if self.failures > 0:
            self.failures -= 1
            raise Unavailable("away")
        with self._store.work() as work:
            yield work

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


FLOW = """
linewalk: 1
flow: ask
type: incoming_call
title: Ask
language: en-US
start: ask
steps:
  ask:
    component: http_request
    method: METHOD
    url: https://api.example/first
    headers: HEADERS
    timeout: 5
    exits: {success: next, failed: bad, timeout: late, refused: bad}
  next: NEXT
  bad: {component: play, message: bad, exits: {done: end}}
  late: {component: play, message: late, exits: {done: end}}
  good: {component: play, message: good, exits: {done: end}}
  end: {component: end}
"""
GOOD = "{component: play, message: fine, exits: {done: end}}"
SECOND = (
    "{component: http_request, url: 'https://api.example/second', "
    "exits: {success: good, failed: bad, timeout: late, refused: bad}}"
)


class Town:
    """One store with the flow `ask` on it, and processes that walk it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.store = SqlStore(database)
        self.flaky = Flaky(self.store)
        self.clock, self.asked, self.world = Clock(), Asked(), World()
        self.vault = Vault(b"k" * 32)
        self.walker = Walker(Library(self.store), self.vault, LOCAL)

    def process(self, owner: str, threads: int = 4) -> Effects:
        """One process of the server."""
        return Effects(
            self.flaky,
            self.walker,
            self.asked,
            self.vault,
            {HttpRequest: self.world},
            self.clock,
            owner,
            threads,
            pause=0.001,
        )

    def publish(
        self, method: str = "GET", then: str = GOOD, headers: Mapping[str, str] | None = None
    ) -> None:
        """Publish the flow: one request, then what follows."""
        source = FLOW.replace("METHOD", method).replace("NEXT", then)
        self.publish_source("ask", source.replace("HEADERS", json.dumps(headers or {})))

    def publish_source(self, slug: str, source: str) -> None:
        """Publish a document and bind the one number to it."""
        shelf = Shelf(self.database)
        shelf.publish(slug, "incoming_call", source, NOON)
        shelf.bind("+15550100001", slug, NOON)

    def call(self, effects: Effects, execution: str = "e1") -> tuple[Walked, Any]:
        """A call arrives and its walk goes as far as it can: the move, and what it awaits."""
        with self.store.work() as work:
            version = work.bound("+15550100001")
            assert version is not None
            begun = Execution(
                id=execution,
                flow=version.flow,
                type=version.type,
                started=self.clock().isoformat(),
                call={"sid": f"CA{execution}"},
                live=True,
            )
            walked = self.walker.begin(work, version, begun, {}, self.clock())
            outbox = effects.note(work, walked, self.clock())
            work.save(
                Saved(
                    walked.run, new=True, history=walked.history, outbox=outbox, facts=walked.facts
                )
            )
            call = Call(f"CA{execution}", "in-progress", self.clock(), execution)
            work.keep_call(call)
        return walked, walked.effect

    def run(self, execution: str = "e1") -> Run:
        """The run as it is kept."""
        with self.store.work() as work:
            run = work.lock(execution)
        assert run is not None
        return run

    def left(self, execution: str = "e1") -> list[tuple[str, str]]:
        """The steps that were left, and by which exit."""
        steps = Past(self.database).steps(execution)
        return [(entry.path, entry.exit) for entry in steps]

    def move(self, event: Event, execution: str = "e1") -> Any:
        """Move the run by an event of the caller's; gives what it then awaits."""
        with self.store.work() as work:
            run = work.lock(execution)
            assert run is not None
            walked = self.walker.move(work, run, event)
            if walked.moved:
                work.save(Saved(run, history=walked.history, facts=walked.facts))
        return walked.effect


class Gate:
    """An answer that is given when the test opens the gate; `reached` when somebody waits."""

    def __init__(self, outcome: str = "success") -> None:
        self.reached, self.open, self.outcome = threading.Event(), threading.Event(), outcome

    def __call__(self, _effect: HttpRequest) -> tuple[str, Mapping[str, Any]]:
        self.reached.set()
        assert self.open.wait(20)
        return self.outcome, {"status": 200}
