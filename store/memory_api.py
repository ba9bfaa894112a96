"""API keys, and what they started and were answered, in dictionaries."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from desk.access import ApiKey, Interaction, KeptAnswer, forgotten
from store.errors import Conflict
from store.memory_desk import Rows
from store.types import clean, kept

API_TABLES = ("api_keys", "interactions", "idempotency")


class MemoryStarts:
    """Interactions that the API began, inside one transaction on the dictionaries."""

    def enter_key(self: Rows, key: str) -> bool:
        """Say whether a key is there and not revoked."""
        found = self._rows["api_keys"].get(clean(key))
        return found is not None and found.revoked is None

    def kept_answer(self: Rows, key: str, name: str) -> KeptAnswer | None:
        """Find what a key was answered under an Idempotency-Key."""
        return self._rows["idempotency"].get((clean(key), clean(name)))

    def keep_answer(self: Rows, answer: KeptAnswer) -> None:
        """Keep an answer, and drop those of its key that are forgotten."""
        for place, known in list(self._rows["idempotency"].items()):
            if place[0] == clean(answer.api_key) and forgotten(known, answer.at):
                self._take("idempotency", place)
        self._put("idempotency", (clean(answer.api_key), clean(answer.name)), kept(answer))

    def keep_interaction(self: Rows, interaction: Interaction) -> None:
        """Keep who started what."""
        self._put("interactions", clean(interaction.id), kept(interaction), new=True)

    def started_since(self: Rows, key: str, moment: datetime) -> int:
        """Count what a key has started after a moment."""
        rows = self._rows["interactions"].values()
        return sum(row.api_key == clean(key) and row.created > moment for row in rows)

    def running_of(self: Rows, key: str) -> int:
        """Count the executions a key has started that have not ended."""
        runs = self._rows["runs"]
        ours = [row for row in self._rows["interactions"].values() if row.api_key == clean(key)]
        return sum(row.execution not in runs or runs[row.execution].ended is None for row in ours)


class MemoryKeys:
    """The keys of a memory store, as `store.keys.ApiKeys` keeps them."""

    def __init__(self, rows: dict[str, dict[Any, Any]]) -> None:
        self._keys: dict[str, ApiKey] = rows["api_keys"]

    def add(self, key: ApiKey) -> None:
        """Keep a new key; raise Conflict."""
        if key.id in self._keys or self.find(key.prefix):
            raise Conflict("this is written already: api_keys")
        self._keys[key.id] = kept(key)

    def find(self, prefix: str) -> ApiKey | None:
        """Find a key by its prefix."""
        return next((key for key in self._keys.values() if key.prefix == clean(prefix)), None)

    def all(self) -> list[ApiKey]:
        """List all keys, the oldest first."""
        return sorted(self._keys.values(), key=lambda key: (key.created, key.id))

    def revoke(self, key: str, at: datetime) -> bool:
        """Revoke a key by its id, once; false when there is no such key that still counts."""
        found = self._keys.get(clean(key))
        if found is None or found.revoked is not None:
            return False
        self._keys[found.id] = kept(replace(found, revoked=at))
        return True

    def thaw(self, key: str, at: datetime) -> bool:
        """Let a frozen key count again; false: it is not frozen."""
        found = self._keys.get(clean(key))
        if found is None or found.frozen is None:
            return False
        self._keys[found.id] = kept(replace(found, frozen=None, frozen_why="", thawed=at))
        return True

    def used(self, key: str, at: datetime) -> None:
        """Note when a key was last used."""
        if found := self._keys.get(clean(key)):
            self._keys[found.id] = kept(replace(found, last_used=at))
