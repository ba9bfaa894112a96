"""Outgoing calls in dictionaries, as `store.outgoing` keeps them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from desk.call_book import Blocked, Dialled, Gate, Refusal, Tally
from desk.call_limits import DAY, HOUR
from desk.outreach import Begun, Outreach
from store.memory_desk import Rows
from store.types import clean, kept

OUTGOING_TABLES = ("gate", "dialled", "refusals", "do_not_call", "outreach")


class MemoryOutgoing:
    """What outgoing calls need of one transaction on the dictionaries."""

    def open_gate(self: Rows) -> Gate:
        """Read the gate."""
        return self._rows["gate"].get(1) or Gate()

    def gate(self: Rows) -> Gate:
        """Read the gate."""
        return self._rows["gate"].get(1) or Gate()

    def keep_gate(self: Rows, changed: Gate) -> None:
        """Write the gate."""
        self._put("gate", 1, kept(changed))

    def message_switch(self: Rows) -> Gate:
        """Read the switch of outgoing messages."""
        return self._rows["gate"].get(2) or Gate()

    def keep_message_switch(self: Rows, changed: Gate) -> None:
        """Write the switch of outgoing messages."""
        self._put("gate", 2, kept(changed))

    def enter_outreach(self: Rows) -> None:
        """Let nobody else count meanwhile: one lock serialises all work here."""

    def keep_outreach(self: Rows, entry: Outreach) -> None:
        """Write a message that was begun; a second time it changes nothing."""
        if clean(entry.id) not in self._rows["outreach"]:
            self._put("outreach", clean(entry.id), kept(entry))

    def begun(self: Rows, at: datetime, key: str | None, peer: str) -> Begun:
        """Count the messages that one key has begun, or all have where it is None."""
        own = [e for e in self._rows["outreach"].values() if key is None or e.api_key == key]
        late = [each for each in own if each.at > at - HOUR]
        today = [each for each in own if each.at > at - DAY]
        return Begun(len(late), len(today), sum(each.peer == peer for each in late))

    def api_key_of(self: Rows, execution: str) -> str:
        """Find the API key that began an execution's interaction; "" for none."""
        return _key_of(self._rows, execution)

    def dialled(self: Rows, leg: str) -> Dialled | None:
        """Find what was let go for a leg."""
        return self._rows["dialled"].get(clean(leg))

    def was_dialled(self: Rows, number: str) -> bool:
        """Say whether a number (its digest) was let go before."""
        return any(call.number == number for call in self._rows["dialled"].values())

    def keep_dialled(self: Rows, call: Dialled) -> None:
        """Write a call that is let go, or how it ended."""
        self._put("dialled", clean(call.id), kept(call))

    def put_through(self: Rows, call: str, number: str, since: datetime) -> Dialled | None:
        """Find what was let go for a caller who was put through to a number, the newest."""
        known = self._rows["calls"].get(clean(call))
        execution = known.execution if known else ""
        key = _key_of(self._rows, execution)
        if not key:
            return None
        found = [
            each
            for each in _of(self._rows, key)
            if each.at > since and not each.seconds and each.id not in self._rows["legs"]
        ]
        theirs = (each for each in found if each.id.startswith(f"{execution}."))
        return max(theirs, key=lambda each: (each.number == number, each.at), default=None)

    def forget_dialled(self: Rows, leg: str) -> None:
        """Strike off a call that was let go and never left."""
        self._take("dialled", clean(leg))

    def tally(self: Rows, at: datetime, key: str | None) -> Tally:
        """Count what was let go, by one key, or in all where it is None."""
        today = [call for call in _of(self._rows, key) if call.at > at - DAY]
        late = [call for call in today if call.at > at - HOUR]
        return Tally(
            len(late),
            sum(call.fresh for call in late),
            len(today),
            sum(call.seconds for call in today),
            sum(call.cost for call in today),
            tuple((call.at, call.per_minute) for call in today if _is_open(self._rows, call)),
        )

    def let_go_at(
        self: Rows, since: datetime, back: int, key: str | None, *, fresh: bool = False
    ) -> datetime | None:
        """Find when the call so far `back` (1: the newest) was let go, if after `since`."""
        found = [call for call in _of(self._rows, key) if call.at > since]
        moments = sorted((c.at for c in found if c.fresh or not fresh), reverse=True)
        return next(iter(moments[max(0, back - 1) :]), None)

    def keep_refusal(self: Rows, refusal: Refusal) -> None:
        """Write a refusal."""
        self._put("refusals", len(self._rows["refusals"]), kept(refusal))

    def breaches(self: Rows, key: str, since: datetime) -> int:
        """Count the calls of a key that its limits refused, since then and since it was thawed."""
        known = self._rows["api_keys"].get(clean(key))
        begun = max(since, known.thawed) if known and known.thawed else since
        ours = (r for r in self._rows["refusals"].values() if r.api_key == clean(key))
        return sum(each.at > begun and each.reason == "key_limit" for each in ours)

    def is_frozen(self: Rows, key: str) -> bool:
        """Say whether a key is frozen."""
        known = self._rows["api_keys"].get(clean(key))
        return known is not None and known.frozen is not None

    def freeze_key(self: Rows, key: str, at: datetime, why: str) -> bool:
        """Freeze a key; false: it is, or there is none."""
        known = self._rows["api_keys"].get(clean(key))
        if known is None or known.frozen is not None:
            return False
        self._put("api_keys", known.id, kept(replace(known, frozen=at, frozen_why=why)))
        return True

    def refusals(self: Rows, limit: int) -> Sequence[Refusal]:
        """List the latest refusals, the newest first."""
        return list(reversed(self._rows["refusals"].values()))[:limit]

    def block(self: Rows, entry: Blocked) -> None:
        """Put a number on the do-not-call list, or write its reason anew."""
        self._put("do_not_call", clean(entry.number), kept(entry))

    def unblock(self: Rows, number: str) -> bool:
        """Take a number off the list; false when it is not there."""
        return self._take("do_not_call", clean(number))

    def blocked(self: Rows, numbers: Collection[str]) -> set[str]:
        """Find which of these numbers are on the list."""
        return set(self._rows["do_not_call"]) & set(numbers)

    def do_not_call(self: Rows, after: str, limit: int) -> Sequence[Blocked]:
        """List the numbers behind `after`, in their order."""
        rows = self._rows["do_not_call"]
        return [rows[number] for number in sorted(rows) if number > after][:limit]


def _key_of(rows: Mapping[str, Mapping[Any, Any]], execution: str) -> str:
    run = rows["runs"].get(clean(execution))
    found = rows["interactions"].get(run.interaction) if run else None
    return found.api_key if found else ""


def _of(rows: Mapping[str, Mapping[Any, Any]], key: str | None) -> Iterable[Dialled]:
    return [call for call in rows["dialled"].values() if key is None or call.api_key == key]


def _is_open(rows: Mapping[str, Mapping[Any, Any]], call: Dialled) -> bool:
    leg = rows["legs"].get(call.id)
    heard = rows["calls"].get(leg.sid) if leg else None
    return call.ended is None and (heard is None or heard.ended is None)
