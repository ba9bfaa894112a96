"""Keeps the subscribers to events: who is told what, and with which secret it is signed."""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from desk.subscriptions import EVENTS, LONGEST_URL, MOST_SUBSCRIBERS, Backlog, Subscription
from runner.egress.urls import UrlError, parse
from runner.errors import RunnerError
from runner.ids import new_id
from runner.vault import Vault

MARK = "whsec_"
"""What every signing secret begins with, so that people and scanners of leaks recognise one."""

_SECRET = 32
"""Bytes of a signing secret: as many as the digest has (RFC 2104, section 3)."""


class SubscriptionShelf(Protocol):
    """Where subscriptions are kept."""

    def add(self, subscription: Subscription) -> None:
        """Keep a new subscription."""

    def all(self) -> Sequence[Subscription]:
        """List the subscriptions, the oldest first."""

    def find(self, subscription: str) -> Subscription | None:
        """Find a subscription by its id."""

    def remove(self, subscription: str) -> bool:
        """Forget a subscription and what it has not got; false when there is none."""

    def pause(self, subscription: str, at: datetime, reason: str) -> bool:
        """Send nothing from now on; false when there is none, or it is paused already."""

    def resume(self, subscription: str, at: datetime) -> bool:
        """Send again, at once; false when there is none that is paused."""

    def backlogs(self) -> Mapping[str, Backlog]:
        """Count, by subscription, what is still to be sent and what was given up."""


class Redelivery(Protocol):
    """What sends again what was given up."""

    def redeliver(self, name: str, now: datetime) -> int:
        """Send again what a subscription was given up for, or one event to all who had it."""


class Webhooks:
    """The subscribers of one installation."""

    def __init__(
        self,
        shelf: SubscriptionShelf,
        deliveries: Redelivery,
        vault: Vault,
        clock: Callable[[], datetime],
    ) -> None:
        self._shelf, self._deliveries = shelf, deliveries
        self._vault, self._clock = vault, clock

    def add(self, url: str, events: Collection[str]) -> tuple[Subscription, str]:
        """Subscribe an address; gives the signing secret, which nobody can be shown again.

        Raises:
            RunnerError: the address or an event is not usable, or there are too many.
        """
        _check_url(url)
        wrong = sorted(set(events) - set(EVENTS))
        if wrong or not events:
            said = f"{wrong[0]!r} is no event" if wrong else "a subscriber needs an event"
            raise RunnerError(f"{said}; there are {', '.join(EVENTS)}")
        if len(self._shelf.all()) >= MOST_SUBSCRIBERS:
            raise RunnerError(f"there are {MOST_SUBSCRIBERS} subscribers, and no more can be")
        name, secret = new_id(), MARK + secrets.token_urlsafe(_SECRET)
        ordered = [event for event in EVENTS if event in events]
        sealed = self._vault.seal(secret, place(name))
        subscription = Subscription(name, url, ordered, sealed, self._clock())
        self._shelf.add(subscription)
        return subscription, secret

    def all(self) -> Sequence[Subscription]:
        """List the subscriptions, the oldest first."""
        return self._shelf.all()

    def find(self, subscription: str) -> Subscription | None:
        """Find a subscription by its id."""
        return self._shelf.find(subscription)

    def backlogs(self) -> Mapping[str, Backlog]:
        """Count, by subscriber, what each has not got; who has everything may be missing."""
        return self._shelf.backlogs()

    def remove(self, subscription: str) -> bool:
        """Forget a subscription and what it has not got; false when there is none."""
        return self._shelf.remove(subscription)

    def pause(self, subscription: str) -> bool:
        """Send nothing from now on; false when there is none, or it is paused already."""
        return self._shelf.pause(subscription, self._clock(), "paused by hand")

    def resume(self, subscription: str) -> bool:
        """Send again what was kept meanwhile; false when there is none that is paused."""
        return self._shelf.resume(subscription, self._clock())

    def redeliver(self, name: str) -> int:
        """Send again what a subscription was given up for, or one event; give how many."""
        return self._deliveries.redeliver(name, self._clock())


def place(subscription: str) -> str:
    """Name the place to which a signing secret is sealed."""
    return f"webhook-{subscription}"


def _check_url(url: str) -> None:
    try:
        parse(url)
    except UrlError as error:
        raise RunnerError(f"{error}; give one such as https://crm.example.com/hook") from None
    if len(url) > LONGEST_URL or not url.isprintable():
        raise RunnerError(f"an address has at most {LONGEST_URL:,} printable characters")
