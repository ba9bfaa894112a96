"""Makes and checks API keys; the secret is shown once, and only its digest is kept.

A key is asked for in the database at every request, so a revoked one opens nothing from the
moment the revocation is committed, in every process.
"""

import hmac
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from desk.access import SCOPES, ApiKey, KeyState
from runner.errors import RunnerError
from runner.ids import new_id

MARK = "lwk"
"""What every key begins with, so that people and scanners of leaks recognise one."""

_SECRET = 32
"""Bytes of the secret part: 256 bits."""

_OPEN = 6
"""Bytes of the open part, by which a key is found and told from others in lists."""

_FRESH = timedelta(minutes=1)
"""How exactly the last use is kept: a write for each request would cost more than it tells."""

_NAME = 100
"""Characters of a key's name."""


class KeyShelf(Protocol):
    """Where keys are kept."""

    def add(self, key: ApiKey) -> None:
        """Keep a new key."""

    def find(self, prefix: str) -> ApiKey | None:
        """Find a key by its prefix."""

    def all(self) -> Sequence[ApiKey]:
        """List all keys, the oldest first."""

    def revoke(self, key: str, at: datetime) -> bool:
        """Revoke a key by its id, once."""

    def thaw(self, key: str, at: datetime) -> bool:
        """Let a frozen key count again, with an entry of the audit log."""

    def used(self, key: str, at: datetime) -> None:
        """Note when a key was last used."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a presented text came to: the key it is, None for none, and whether that counts."""

    key: ApiKey | None
    state: KeyState = "good"


class Keys:
    """The API keys of one installation."""

    def __init__(self, shelf: KeyShelf, clock: Callable[[], datetime]) -> None:
        self._shelf, self._clock = shelf, clock

    def create(
        self, name: str, scopes: Collection[str], expires: datetime | None = None
    ) -> tuple[ApiKey, str]:
        """Make a key; gives its entry and the text to present, which nobody can find again.

        Raises:
            RunnerError: the name, the expiry or a scope is not usable.
        """
        now = self._clock()
        wrong = sorted(set(scopes) - set(SCOPES))
        if wrong or not scopes:
            said = f"{wrong[0]!r} is no scope" if wrong else "a key needs a scope"
            raise RunnerError(f"{said}; there are {', '.join(SCOPES)}")
        if not name.strip() or len(name) > _NAME or not name.isprintable():
            raise RunnerError(f"a key's name has 1 to {_NAME} printable characters")
        if expires is not None and expires <= now:
            raise RunnerError("the key would have expired already")
        prefix = f"{MARK}_{secrets.token_hex(_OPEN)}"
        text = f"{prefix}_{secrets.token_urlsafe(_SECRET)}"
        ordered = [scope for scope in SCOPES if scope in scopes]
        key = ApiKey(new_id(), name, prefix, _digest(text), ordered, now, expires)
        self._shelf.add(key)
        return key, text

    def check(self, text: str) -> Checked:
        """Find the key that a text is; the time it takes does not tell how much of it is right."""
        mark, _, rest = text.partition("_")
        prefix = f"{mark}_{rest.partition('_')[0]}"
        found = self._shelf.find(prefix) if mark == MARK and text.isascii() else None
        kept = found.digest if found else _digest("")
        if not hmac.compare_digest(kept, _digest(text)) or found is None:
            return Checked(None)
        now = self._clock()
        state = found.state(now)
        if state == "good" and (found.last_used is None or now - found.last_used >= _FRESH):
            self._shelf.used(found.id, now)
        return Checked(found, state)

    def all(self) -> Sequence[ApiKey]:
        """List all keys, the oldest first."""
        return self._shelf.all()

    def revoke(self, key: str) -> bool:
        """Revoke a key by its id or prefix; false when there is none that still counts."""
        found = self._shelf.find(key)
        return self._shelf.revoke(found.id if found else key, self._clock())

    def unfreeze(self, key: str) -> bool:
        """Let a key count again by its id or prefix; false when there is none that is frozen."""
        found = self._shelf.find(key)
        return self._shelf.thaw(found.id if found else key, self._clock())


def _digest(text: str) -> str:
    # 256 random bits cannot be guessed from a fast digest, unlike a password.
    return sha256(text.encode()).hexdigest()
