"""The owner's secrets: set on the command line, used by name in `http_request`, never shown."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from runner.errors import RunnerError
from runner.vault import Vault


class SecretShelf(Protocol):
    """Where sealed secrets are kept."""

    def get(self, name: str) -> bytes | None:
        """Read a sealed secret."""

    def put(self, name: str, sealed: bytes, at: datetime) -> None:
        """Write a sealed secret, replacing one of the same name."""


class Secrets:
    """Seals and opens the owner's secrets."""

    def __init__(self, shelf: SecretShelf, vault: Vault, clock: Callable[[], datetime]) -> None:
        self._shelf, self._vault, self._clock = shelf, vault, clock

    def set(self, name: str, value: str) -> None:
        """Keep a value under a name.

        Raises:
            RunnerError: the name cannot be used in a template, or the value is empty.
        """
        if not name.isidentifier() or len(name) > 64:  # noqa: PLR2004 as long as any good name
            raise RunnerError(f"{name!r} is no name; use letters, digits and _")
        if not value:
            raise RunnerError("the value is empty")
        self._shelf.put(name, self._vault.seal(value, _place(name)), self._clock())

    def get(self, name: str) -> str | None:
        """Open a secret; None when none of that name was set."""
        sealed = self._shelf.get(name)
        return None if sealed is None else str(self._vault.open(sealed, _place(name)))


def _place(name: str) -> str:
    return f"secret:{name}"
