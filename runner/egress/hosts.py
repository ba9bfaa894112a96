"""Lists of hosts as an operator writes them: `host`, `host:port`, `[v6]`, `[v6]:port`."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address

from runner.egress.urls import UrlError, split_authority


@dataclass(frozen=True)
class HostList:
    """Hosts, each with one port or (None) with any."""

    entries: frozenset[tuple[str, int | None]]

    @classmethod
    def parse(cls, texts: Iterable[str]) -> "HostList":
        """Read the entries. Raises `ValueError` that names the entry at fault."""
        return cls(frozenset(_entry(text.strip()) for text in texts if text.strip()))

    def exact(self, host: str, port: int) -> bool:
        """Say whether an entry names this host with this port."""
        return (host, port) in self.entries

    def whole(self, host: str) -> bool:
        """Say whether an entry names this host without a port."""
        return (host, None) in self.entries


def _entry(text: str) -> tuple[str, int | None]:
    try:
        return str(IPv6Address(text)), None
    except ValueError:
        pass
    try:
        return split_authority(text)
    except UrlError as error:
        raise ValueError(f"{text!r} is not a host or host:port: {error}") from error
