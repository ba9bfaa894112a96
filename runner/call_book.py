"""What outgoing calls need of an open transaction, as a Protocol; `runner.ports.Work` has it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from desk.call_book import Blocked, Dialled, Gate, Refusal, Tally
from desk.outreach import Begun, Outreach


class OutgoingWork(Protocol):
    """The book of outgoing calls, inside one transaction."""

    def open_gate(self) -> Gate:
        """Read the gate and keep everybody else from it until the commit; after other locks."""

    def gate(self) -> Gate:
        """Read the gate as it stands."""

    def keep_gate(self, changed: Gate) -> None:
        """Write the gate that was opened."""

    def message_switch(self) -> Gate:
        """Read the switch of outgoing messages as it stands; without `free_from`."""

    def enter_outreach(self) -> None:
        """Keep everybody else from counting messages until the commit; after other locks."""

    def keep_outreach(self, entry: Outreach) -> None:
        """Write a message that was begun; a second time it changes nothing."""

    def begun(self, at: datetime, key: str | None, peer: str) -> Begun:
        """Count the messages that one key has begun, or all have where it is None."""

    def keep_message_switch(self, changed: Gate) -> None:
        """Write the switch of outgoing messages."""

    def api_key_of(self, execution: str) -> str:
        """Find the API key that began an execution's interaction; "" for none."""

    def dialled(self, leg: str) -> Dialled | None:
        """Find what was let go for a leg."""

    def was_dialled(self, number: str) -> bool:
        """Say whether a number (its digest) was let go before."""

    def keep_dialled(self, call: Dialled) -> None:
        """Write a call that is let go, or how it ended."""

    def put_through(self, call: str, number: str, since: datetime) -> Dialled | None:
        """Find what was let go for a caller (the call's id) who was put through to a number.

        Nothing was counted for it yet. None where no API key began the walk.
        """

    def forget_dialled(self, leg: str) -> None:
        """Strike off a call that was let go and never left."""

    def tally(self, at: datetime, key: str | None) -> Tally:
        """Count what was let go, by one key, or in all where it is None."""

    def let_go_at(
        self, since: datetime, back: int, key: str | None, *, fresh: bool = False
    ) -> datetime | None:
        """Find when the call so far `back` (1: the newest) was let go, if after `since`."""

    def keep_refusal(self, refusal: Refusal) -> None:
        """Write a refusal."""

    def breaches(self, key: str, since: datetime) -> int:
        """Count the calls of a key that its limits refused, since then and since it was thawed."""

    def is_frozen(self, key: str) -> bool:
        """Say whether a key is frozen."""

    def freeze_key(self, key: str, at: datetime, why: str) -> bool:
        """Freeze a key, with an entry of the audit log; false: it is, or there is none."""

    def refusals(self, limit: int) -> Sequence[Refusal]:
        """List the latest refusals, the newest first."""

    def block(self, entry: Blocked) -> None:
        """Put a number on the do-not-call list, or write its reason anew."""

    def unblock(self, number: str) -> bool:
        """Take a number off the list; false when it is not there."""

    def blocked(self, numbers: Collection[str]) -> set[str]:
        """Find which of these numbers are on the list."""

    def do_not_call(self, after: str, limit: int) -> Sequence[Blocked]:
        """List the numbers of the list behind `after`, in their order."""
