"""Events, subscribers and deliveries in dictionaries, as the tables of `store.told` keep them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock
from typing import Any

from desk.subscriptions import Backlog, Delivery, DeliveryState, OutsideEvent, Parcel, Subscription
from flow.ledger import Run, Saved
from store.errors import Conflict
from store.happenings import Happened, happenings, tells
from store.memory_desk import Rows
from store.told import event, in_order, queued
from store.types import kept

EVENT_TABLES = ("subscriptions", "events", "deliveries")

_OPEN = ("ready", "waiting")


def heard(rows: Mapping[str, Mapping[Any, Any]], saved: Saved) -> bool:
    """Say whether a turn has events in it, and somebody to tell them to."""
    return bool(rows["subscriptions"]) and tells(saved)


class MemoryTold:
    """What subscribers may be told of one transaction on the dictionaries."""

    happened: list[Happened]
    later: list[Callable[[], object]]

    def afterwards(self, call: Callable[[], object]) -> None:
        """Have this called once the transaction is committed; it must not fail."""
        self.later.append(call)

    def do_later(self) -> None:
        """Do what was to be done after the commit."""
        for call in self.later:
            call()

    def tell(self: Rows, happened: Sequence[Happened]) -> None:
        """Write the events in what has happened, once each, for those who want them."""
        listeners = {each.id: each.events for each in self._rows["subscriptions"].values()}
        wanted = {name for names in listeners.values() for name in names}
        for each in in_order(one for thing in happened for one in happenings(thing)):
            thread = self._rows["conversations"].get(each.conversation)
            run: Run | None = self._rows["runs"].get(thread.execution if thread else each.execution)
            if each.name not in wanted or run is None or each.id in self._rows["events"]:
                continue
            told = kept(event(replace(each, execution=run.id), run.interaction, run.flow))
            self._put("events", told.id, told)
            for line in queued(listeners, _lines(self._rows, told.interaction), [told]):
                self._put("deliveries", _key(line), line)


class MemorySubscriptions:
    """The subscribers of a memory store, as `store.subscriptions` keeps them."""

    def __init__(self, rows: dict[str, dict[Any, Any]]) -> None:
        self._found: dict[str, Subscription] = rows["subscriptions"]
        self._deliveries: dict[Any, Delivery] = rows["deliveries"]

    def add(self, subscription: Subscription) -> None:
        """Keep a new subscription; raise Conflict."""
        if subscription.id in self._found:
            raise Conflict("this is written already: subscriptions")
        self._found[subscription.id] = kept(subscription)

    def all(self) -> list[Subscription]:
        """List the subscriptions, the oldest first."""
        return sorted(self._found.values(), key=lambda each: (each.created, each.id))

    def find(self, subscription: str) -> Subscription | None:
        """Find a subscription by its id."""
        return self._found.get(subscription)

    def remove(self, subscription: str) -> bool:
        """Forget a subscription and what it has not got; false when there is none."""
        for key in [key for key in self._deliveries if key[1] == subscription]:
            del self._deliveries[key]
        return self._found.pop(subscription, None) is not None

    def pause(self, subscription: str, at: datetime, reason: str) -> bool:
        """Send nothing from now on; false when there is none, or it is paused already."""
        known = self._found.get(subscription)
        if known is None or known.paused is not None:
            return False
        self._found[subscription] = replace(known, paused=at, reason=reason)
        return True

    def resume(self, subscription: str, at: datetime) -> bool:
        """Send again, at once and with all patience; false when there is none that is paused."""
        known = self._found.get(subscription)
        if known is None or known.paused is None:
            return False
        fresh = replace(known, paused=None, reason="", failures=0, failing_since=None)
        self._found[subscription] = fresh
        for key, line in self._deliveries.items():
            if key[1] == subscription and line.state == "ready":
                self._deliveries[key] = replace(line, due=at, until=None, attempts=0)
        return True

    def failed(self, subscription: str, at: datetime) -> Subscription | None:
        """Count a failure; give the subscription as it is then, None when it was removed."""
        known = self._found.get(subscription)
        if known is None:
            return None
        since = known.failing_since or at
        counted = replace(known, failures=known.failures + 1, failing_since=since)
        self._found[subscription] = counted
        return counted

    def succeeded(self, subscription: str) -> None:
        """Forget the failures."""
        if known := self._found.get(subscription):
            self._found[subscription] = replace(known, failures=0, failing_since=None)

    def backlogs(self) -> dict[str, Backlog]:
        """Count, by subscription, what is still to be sent and what was given up."""
        found: dict[str, Backlog] = {}
        for line in self._deliveries.values():
            so_far = found.get(line.subscription, Backlog())
            more = Backlog(
                so_far.open + (line.state in _OPEN), so_far.dead + (line.state == "dead")
            )
            if more != so_far:
                found[line.subscription] = more
        return found


class MemoryDeliveries:
    """The deliveries of a memory store, as `store.deliveries` keeps them."""

    def __init__(self, rows: dict[str, dict[Any, Any]], lock: Lock) -> None:
        self._rows, self._lock = rows, lock
        self._lines: dict[Any, Delivery] = rows["deliveries"]

    def due(self, now: datetime) -> Mapping[str, int]:
        """Count what is to be sent now, by subscription; the paused ones are left out."""
        found: dict[str, int] = {}
        for line in self._due(now):
            found[line.subscription] = found.get(line.subscription, 0) + 1
        return found

    def claim(
        self, subscription: str, now: datetime, lease: datetime, until: datetime
    ) -> Parcel | None:
        """Take the delivery that is due for longest; others have it after the lease."""
        with self._lock:
            mine = [line for line in self._due(now) if line.subscription == subscription]
            if not mine:
                return None
            first = min(mine, key=lambda line: (line.due, line.interaction, line.number))
            attempts = first.attempts + 1
            taken = replace(first, due=lease, attempts=attempts, until=first.until or until)
            self._lines[_key(taken)] = taken
            told: OutsideEvent = self._rows["events"][taken.event]
            return Parcel(self._rows["subscriptions"][subscription], taken, told)

    def postpone(self, delivery: Delivery, due: datetime, status: int, reason: str) -> None:
        """Leave a claimed delivery until later; nothing if somebody has claimed it since."""
        with self._lock:
            if self._is_mine(delivery):
                later = replace(delivery, due=due, status=status, reason=reason)
                self._lines[_key(delivery)] = later

    def settle(
        self, delivery: Delivery, state: DeliveryState, now: datetime, status: int, reason: str
    ) -> bool:
        """Write that a claimed delivery is `done` or `dead`; the next of its line may come."""
        with self._lock:
            if not self._is_mine(delivery):
                return False
            settled = replace(delivery, state=state, status=status, reason=reason)
            self._lines[_key(delivery)] = settled
            line = [each for key, each in self._lines.items() if key[:2] == _key(delivery)[:2]]
            waiting = [each for each in line if each.state == "waiting"]
            if waiting and not any(each.state == "ready" for each in line):
                first = min(waiting, key=lambda each: each.number)
                self._lines[_key(first)] = replace(first, state="ready", due=now)
            return True

    def redeliver(self, name: str, now: datetime) -> int:
        """Send again what a subscription was given up for, or one event; give how many."""
        with self._lock:
            again = [
                line
                for line in self._lines.values()
                if (line.subscription == name and line.state == "dead")
                or (line.event == name and line.state in ("done", "dead"))
            ]
            for line in again:
                fresh = replace(line, state="ready", due=now, attempts=0, until=None)
                self._lines[_key(line)] = fresh
            return len(again)

    def forget(self, done: datetime, anything: datetime) -> int:
        """Remove the events of old interactions; give how many."""
        with self._lock:
            events: dict[str, OutsideEvent] = self._rows["events"]
            runs = self._rows["runs"].values()
            busy = {run.interaction for run in runs if run.ended is None}
            busy |= {each.interaction for each in events.values() if each.at >= done}
            busy |= {line.interaction for line in self._lines.values() if line.state != "done"}
            old = [
                each.id
                for each in events.values()
                if each.at < anything or each.interaction not in busy
            ]
            for key in [key for key, line in self._lines.items() if line.event in old]:
                del self._lines[key]
            for name in old:
                del events[name]
            return len(old)

    def _due(self, now: datetime) -> list[Delivery]:
        """List what may be sent: ready, due, and its subscriber not paused."""
        people = self._rows["subscriptions"]
        return [
            line
            for line in self._lines.values()
            if line.state == "ready"
            and line.due <= now
            and people[line.subscription].paused is None
        ]

    def _is_mine(self, delivery: Delivery) -> bool:
        known = self._lines.get(_key(delivery))
        return known is not None and (known.state, known.attempts) == ("ready", delivery.attempts)


def _key(line: Delivery) -> tuple[str, str, int]:
    return line.interaction, line.subscription, line.number


def _lines(rows: Mapping[str, Mapping[Any, Any]], interaction: str) -> dict[str, tuple[int, int]]:
    """Give, by subscription, the last number so far and how many are still open."""
    found: dict[str, tuple[int, int]] = {}
    for line in rows["deliveries"].values():
        if line.interaction == interaction:
            last, still_open = found.get(line.subscription, (0, 0))
            busy = still_open + (line.state in _OPEN)
            found[line.subscription] = (max(last, line.number), busy)
    return found
