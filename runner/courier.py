"""Sends events to subscribers, in the worker: nothing of a call waits for it.

Each subscriber has lanes of its own, so a slow one holds up nobody else; a lane that fails ends,
so a dead one costs little. A delivery is claimed before it is sent and settled afterwards: if the
process dies between the two, it is sent again under the same id when the lease has passed.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event, Lock
from typing import Protocol

import structlog

from desk.subscriptions import (
    KEPT,
    LONGEST_KEPT,
    MOST_SUBSCRIBERS,
    PATIENCE,
    Delivery,
    DeliveryState,
    Parcel,
    Subscription,
    is_given_up,
    pause_after,
)
from runner.egress.values import HttpResult, OutboundRequest
from runner.signature import sign
from runner.vault import Vault
from runner.walker import place_of
from runner.webhooks import place

_log = structlog.get_logger(__name__)

TIMEOUT = 10.0
"""Seconds a subscriber has for its whole answer."""

LEASE = timedelta(seconds=30)
"""How long a claim counts: the time-out, and a slow commit before and after it."""

LANES = 4
"""Deliveries to one subscriber at the same time; they are of different interactions."""

REASON = 200
"""Characters that are kept of why a delivery failed."""


class DeliveryShelf(Protocol):
    """Where deliveries are kept."""

    def due(self, now: datetime) -> Mapping[str, int]:
        """Count what is to be sent now, by subscription."""

    def claim(
        self, subscription: str, now: datetime, lease: datetime, until: datetime
    ) -> Parcel | None:
        """Take the delivery that is due for longest; others have it after the lease."""

    def postpone(self, delivery: Delivery, due: datetime, status: int, reason: str) -> None:
        """Leave a claimed delivery until later."""

    def settle(
        self, delivery: Delivery, state: DeliveryState, now: datetime, status: int, reason: str
    ) -> bool:
        """Write that a claimed delivery is `done` or `dead`, and let the next of its line come."""

    def forget(self, done: datetime, anything: datetime) -> int:
        """Remove the events of interactions that were over before `done`, and all older ones."""


class Failures(Protocol):
    """Where it is counted how a subscriber fails."""

    def failed(self, subscription: str, at: datetime) -> Subscription | None:
        """Count a failure; give the subscription as it is then."""

    def succeeded(self, subscription: str) -> None:
        """Forget the failures."""

    def pause(self, subscription: str, at: datetime, reason: str) -> bool:
        """Send nothing from now on; false when it is paused already."""


class Sender(Protocol):
    """What sends a request behind the egress guard, and follows no redirect."""

    def send(self, request: OutboundRequest) -> HttpResult:
        """Send one request; never raises for what the far side does."""


class Courier:
    """Sends what is due. One instance serves one worker process."""

    def __init__(
        self,
        deliveries: DeliveryShelf,
        failures: Failures,
        sender: Sender,
        vault: Vault,
        clock: Callable[[], datetime],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._deliveries, self._failures, self._sender = deliveries, failures, sender
        self._vault, self._clock, self._chance = vault, clock, chance
        self._busy: Counter[str] = Counter()
        self._lock = Lock()
        self._closing = Event()
        self._pool = ThreadPoolExecutor(MOST_SUBSCRIBERS * LANES, thread_name_prefix="webhook")

    def round(self) -> list[Future[None]]:
        """Begin to send what is due; gives the lanes that were opened for it.

        Raises:
            Unavailable: the database is away.
        """
        due = self._deliveries.due(self._clock())
        lanes = [name for name, count in due.items() for _ in range(self._free(name, count))]
        return [self._pool.submit(self._lane, name) for name in lanes]

    def work_off(self) -> None:
        """Send all that is due now, and come back when it has been tried."""
        for lane in self.round():
            lane.result()

    def close(self) -> None:
        """Begin nothing more; what is being sent has its time-out to finish."""
        self._closing.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def forget(self) -> int:
        """Remove events that nobody needs any more; gives how many."""
        now = self._clock()
        return self._deliveries.forget(now - KEPT, now - LONGEST_KEPT)

    def _free(self, subscription: str, count: int) -> int:
        """Reserve lanes for so many deliveries."""
        with self._lock:
            more = max(0, min(count, LANES) - self._busy[subscription])
            self._busy[subscription] += more
            return more

    def _lane(self, subscription: str) -> None:
        try:
            while not self._closing.is_set() and self._next(subscription):
                pass
        except Exception as error:  # noqa: BLE001 a thread's errors are seen by nobody else
            _log.error("webhook not sent", subscription=subscription, at=place_of(error))
        finally:
            with self._lock:
                self._busy[subscription] -= 1

    def _next(self, subscription: str) -> bool:
        """Send one delivery; false when there was none, or it failed."""
        now = self._clock()
        parcel = self._deliveries.claim(subscription, now, now + LEASE, now + PATIENCE)
        if parcel is None:
            return False
        result = self._sender.send(self._request(parcel))
        good = result.outcome == "response" and 200 <= result.status < 300  # noqa: PLR2004  any 2xx
        if good:
            self._delivered(parcel, result.status)
        else:
            self._failed(parcel, result)
        return good

    def _request(self, parcel: Parcel) -> OutboundRequest:
        body = written(parcel)
        timestamp = round(self._clock().timestamp())
        secret = self._vault.open(parcel.subscription.sealed, place(parcel.subscription.id))
        headers = {
            "Content-Type": "application/json",
            "Linewalk-Event": parcel.event.name,
            "Linewalk-Event-Id": parcel.event.id,
            "Linewalk-Order": str(parcel.delivery.number),
            "Linewalk-Timestamp": str(timestamp),
            "Linewalk-Signature": sign(secret, timestamp, body),
        }
        return OutboundRequest("POST", parcel.subscription.url, headers, body, TIMEOUT)

    def _delivered(self, parcel: Parcel, status: int) -> None:
        self._deliveries.settle(parcel.delivery, "done", self._clock(), status, "")
        if parcel.subscription.failures:
            self._failures.succeeded(parcel.subscription.id)

    def _failed(self, parcel: Parcel, result: HttpResult) -> None:
        now, delivery = self._clock(), parcel.delivery
        reason = _why(result)
        about = {"subscription": delivery.subscription, "event_id": delivery.event}
        if is_given_up(delivery, now):
            _log.error("webhook given up", **about, attempts=delivery.attempts, reason=reason)
            self._deliveries.settle(delivery, "dead", now, result.status, reason)
        else:
            _log.warning("webhook failed", **about, attempts=delivery.attempts, reason=reason)
            due = now + pause_after(delivery.attempts, self._chance())
            self._deliveries.postpone(delivery, due, result.status, reason)
        known = self._failures.failed(delivery.subscription, now)
        if known is None or known.paused is not None or not known.is_hopeless(now):
            return
        self._failures.pause(known.id, now, f"failed for 24 hours, at last: {reason}")
        _log.error("subscriber paused", subscription=known.id, failures=known.failures)


def written(parcel: Parcel) -> bytes:
    """Write an event as it is sent: the same bytes each time, for the same subscriber."""
    event = parcel.event
    body = {
        "id": event.id,
        "event": event.name,
        "order": parcel.delivery.number,
        "at": event.at.isoformat(),
        "interaction_id": event.interaction,
        "flow_execution_id": event.execution,
        "flow": event.flow,
        "data": event.data,
    }
    return json.dumps(body, separators=(",", ":")).encode()


def _why(result: HttpResult) -> str:
    """Say what was wrong, without anything that the subscriber wrote."""
    return f"status {result.status}" if result.outcome == "response" else result.reason[:REASON]
