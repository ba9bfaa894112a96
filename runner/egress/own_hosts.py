"""Which hosts are ours, so that no flow calls the server itself or its database."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from runner.egress.addresses import refusal


def own_hosts(urls: Iterable[str]) -> tuple[str, ...]:
    """List the hosts in PUBLIC_URL, DATABASE_URL and the like for `Guard(blocked_hosts=…)`.

    A public host is blocked whole. A local one only with its port, because an operator may
    allow another service on the same machine. Addresses without a host (SQLite) give nothing.
    """
    found: list[str] = []
    for url in urls:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if not host:
            continue
        name = f"[{host}]" if ":" in host else host
        port = parts.port or {"http": 80, "https": 443, "redis": 6379}.get(parts.scheme, 5432)
        found.append(f"{name}:{port}" if _is_local(host) else name)
    return tuple(found)


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return bool(refusal(host))
    except ValueError:
        return False
