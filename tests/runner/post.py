"""A courier with real sockets: what happens in walks is written, and sent to a far end."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from desk.subscriptions import EVENTS, Subscription
from flow.ledger import Saved
from runner.courier import Courier
from runner.egress import Guard, HttpClient
from runner.egress.breaker import CircuitBreaker
from runner.vault import Vault
from runner.webhooks import Webhooks
from store.memory import MemoryStore
from tests.store.builders import NOON, a_run
from tests.support.far_end import FarEnd, far_end
from tests.support.installation import Clock


@dataclass
class Post:
    """One installation's events in memory, `clock` as its time, `end` as the subscribers' host."""

    end: FarEnd
    allow: tuple[str, ...] = ()
    store: MemoryStore = field(default_factory=MemoryStore)
    clock: Clock = field(default_factory=lambda: Clock(fixed=NOON))
    vault: Vault = field(default_factory=lambda: Vault(b"5" * 32))

    def __post_init__(self) -> None:
        self.webhooks = Webhooks(
            self.store.subscriptions, self.store.deliveries, self.vault, self.clock
        )
        self.courier = self.another()

    def another(self) -> Courier:
        """The courier of another worker process."""
        guard = Guard(self.allow or (self.end.host,))
        never = CircuitBreaker(failures=10**6)
        client = HttpClient(guard, breaker=never, redirects=0)
        store = self.store
        return Courier(
            store.deliveries, store.subscriptions, client, self.vault, self.clock, lambda: 0.5
        )

    def subscribe(self, path: str = "/hook", *events: str) -> tuple[Subscription, str]:
        """Subscribe an address of the far end."""
        return self.webhooks.add(self.end.base + path, events or EVENTS)

    def known(self, subscription: Subscription) -> Subscription:
        """The subscription as it is now."""
        found = self.webhooks.find(subscription.id)
        assert found is not None
        return found

    def started(self, *names: str) -> None:
        """Interactions start."""
        for name in names or ("e1",):
            run = a_run(id=name, interaction=name, token=name, started=self.clock())
            with self.store.work() as work:
                work.save(Saved(run, new=True))

    def ended(self, name: str = "e1") -> None:
        """An interaction ends."""
        with self.store.work() as work:
            run = work.lock(name)
            assert run is not None
            work.save(Saved(replace(run, ended=self.clock(), outcome="completed")))

    def later(self, **time: float) -> None:
        """Time passes, and what is due then is sent."""
        self.clock.ahead += timedelta(**time)
        self.courier.work_off()

    def states(self) -> list[tuple[str, int, str, int]]:
        """Every delivery: interaction, number, state, tries."""
        rows = self.store.deliveries._lines.values()
        return sorted((row.interaction, row.number, row.state, row.attempts) for row in rows)

    def arrived(self, pattern: str = "POST") -> list[dict[str, Any]]:
        """What the far end was sent, as JSON."""
        return [json.loads(text.partition("\r\n\r\n")[2]) for text in self.end.asked(pattern)]


@contextmanager
def post_office(answers: dict[str, list[object]], allow: tuple[str, ...] = ()) -> Iterator[Post]:
    """Open a post office whose far end answers as it is told."""
    with far_end(answers) as end:
        post = Post(end, allow)
        try:
            yield post
        finally:
            post.courier.close()
            end.gate.set()
