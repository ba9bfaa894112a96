"""Finds the chats that are bound to flows, and their published flows."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from flow.flow import Flow
from flow.ledger import Version

PREFIX = "chat:"


class Bindings(Protocol):
    """What is read of an open transaction."""

    def bound(self, address: str) -> Version | None:
        """Find the published version of the flow an address is bound to."""

    def addresses_of(self, prefix: str) -> Sequence[str]:
        """List the bound addresses that begin so, without the prefix, the oldest first."""


class BoundChats:
    """Fulfils `ports.Chats` on the runner's store and walker."""

    def __init__(
        self,
        work: Callable[[], AbstractContextManager[Bindings]],
        document: Callable[[Version], Flow],
    ) -> None:
        self._work, self._document = work, document

    def flow(self, name: str) -> Flow | None:
        """Give the published flow of a chat; None: there is no such chat."""
        with self._work() as work:
            version = work.bound(f"{PREFIX}{name}")
        if version is None or version.type != "incoming_message":
            return None
        return self._document(version)

    def names(self) -> Sequence[str]:
        """List the bound chats, the oldest first."""
        with self._work() as work:
            return work.addresses_of(PREFIX)
