"""The egress guard: may a flow ask for this address, and which IP may be connected to.

A name is resolved once; every address it has is checked; the caller connects to exactly what was
checked. That leaves no second look-up for a hostile DNS server to answer differently.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from runner.egress.addresses import Address, refusal
from runner.egress.hosts import HostList
from runner.egress.resolver import Resolve, resolve_within, system_resolve
from runner.egress.urls import DEFAULT_PORTS, Url, UrlError, parse

MAX_ADDRESSES = 64  # of one name; more is no ordinary service
_LOCAL_SUFFIXES = ("localhost", "localdomain", "local", "internal", "home.arpa", "lan", "onion")
_METADATA_NAMES = frozenset({"metadata", "instance-data", "metadata.azure.com"})


class RefusedError(Exception):
    """The guard said no; the message is for the flow's author and holds no credential."""


class UnresolvedError(Exception):
    """The host's name has no address."""


@dataclass(frozen=True)
class Target:
    """A checked address: the request's parts, and the IPs that may be connected to."""

    url: Url
    addresses: tuple[str, ...]


class Guard:
    """Decide what outbound requests may reach. Thread-safe: nothing changes after creation.

    `allow` (EGRESS_ALLOW) and `blocked_hosts` hold `host` or `host:port`, as written in flows; an
    allowed host may be private and, without a port in the entry, have any port. The more precise
    entry wins, and of two equally precise ones the blocked. If any address of a name that is not
    allowed is refused, the name is refused: a public name with a private address is a mistake or
    an attack, never something to pick the good half of.
    """

    def __init__(
        self,
        allow: Sequence[str] = (),
        blocked_hosts: Sequence[str] = (),
        resolve: Resolve = system_resolve,
    ) -> None:
        self._allow = HostList.parse(allow)
        self._blocked = HostList.parse(blocked_hosts)
        self._resolve = resolve

    def check(self, url: str | Url, timeout: float = 2.0) -> Target:
        """Check an address and resolve its host once, within `timeout` seconds.

        Raises `RefusedError`, `UnresolvedError`, `TimeoutError`.
        """
        parts = _parsed(url)
        allowed = self._judge_name(parts)
        addresses = self._addresses(parts, timeout)
        if not allowed:
            for address in addresses:
                self._judge_address(parts, address)
        return Target(parts, tuple(str(address) for address in addresses))

    def _judge_name(self, url: Url) -> bool:
        """Apply the rules that need no look-up; True if the operator allowed this host."""
        host, port = url.host, url.port
        if self._blocked.exact(host, port):
            raise RefusedError(f"{host}:{port} belongs to this server")
        if self._allow.exact(host, port):
            return True
        if self._blocked.whole(host):
            raise RefusedError(f"{host} belongs to this server")
        if self._allow.whole(host):
            return True
        if port not in DEFAULT_PORTS.values():
            raise RefusedError(f"port {port} of {host} is not allowed; name it in EGRESS_ALLOW")
        if host in _METADATA_NAMES or _is_local_name(host):
            raise RefusedError(f"{host} is a local name; name it in EGRESS_ALLOW")
        return False

    def _addresses(self, url: Url, timeout: float) -> list[Address]:
        try:
            return [ip_address(url.host)]
        except ValueError:
            pass
        try:
            found = resolve_within(self._resolve, url.host, url.port, timeout)
            addresses = [ip_address(text) for text in found[:MAX_ADDRESSES]]
        except TimeoutError:
            raise
        except (OSError, ValueError) as error:
            raise UnresolvedError(f"the name {url.host} has no address") from error
        if not addresses:
            raise UnresolvedError(f"the name {url.host} has no address")
        if len(found) > MAX_ADDRESSES:
            raise RefusedError(f"{url.host} has more than {MAX_ADDRESSES} addresses")
        return addresses

    def _judge_address(self, url: Url, address: Address) -> None:
        text = str(getattr(address, "ipv4_mapped", None) or address)
        if self._blocked.whole(text) or self._blocked.exact(text, url.port):
            raise RefusedError(f"the address of {url.host} belongs to this server")
        reason = refusal(address)
        if reason:
            raise RefusedError(f"the address of {url.host} is {reason}; name it in EGRESS_ALLOW")


def _parsed(url: str | Url) -> Url:
    try:
        return parse(url) if isinstance(url, str) else url
    except UrlError as error:
        raise RefusedError(str(error)) from error


def _is_local_name(host: str) -> bool:
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in _LOCAL_SUFFIXES)
