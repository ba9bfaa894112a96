"""The headers of an outbound request: what a flow may set, and what a redirect may carry on."""

import re
from collections.abc import Mapping

from runner.egress.urls import Url
from runner.egress.values import OutboundRequest

MAX_HEADERS = 16 * 1024  # bytes of all names and values together, each way
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a token, RFC 9110 §5.6.2
_OURS = frozenset(
    {
        *("host", "connection", "content-length", "transfer-encoding", "te", "trailer"),
        *("upgrade", "expect", "keep-alive", "accept-encoding"),
        *("proxy-authorization", "proxy-connection"),
    }
)
# Any other header may hold a credential, so only these go to another origin.
_HARMLESS = frozenset({"accept", "accept-language", "content-type", "user-agent"})


class HeaderError(ValueError):
    """The request cannot be sent as written; the message names the header, never its value."""


def first_headers(request: OutboundRequest) -> dict[str, str]:
    """Check a flow's headers and add the key against repeats. Raises `HeaderError`."""
    headers = {"User-Agent": "Linewalk", "Accept": "*/*"}
    for name, value in request.headers.items():
        _check(name, value)
        _set(headers, name, value.strip())
    if request.idempotency_key:
        _check("Idempotency-Key", request.idempotency_key)
        _set(headers, "Idempotency-Key", request.idempotency_key)
    if sum(len(name) + len(value) for name, value in headers.items()) > MAX_HEADERS:
        raise HeaderError(f"the headers are larger than {MAX_HEADERS // 1024} KB")
    return headers


def carried(headers: Mapping[str, str], old: Url, new: Url, *, with_body: bool) -> dict[str, str]:
    """Choose the headers that a redirect may carry on (RFC 9110 §15.4)."""
    same = old.origin == new.origin
    return {
        name: value
        for name, value in headers.items()
        if (same or name.lower() in _HARMLESS)
        and (with_body or not name.lower().startswith("content-"))
    }


def _check(name: str, value: str) -> None:
    if not _NAME.fullmatch(name):
        raise HeaderError("a header's name contains characters that are not allowed")
    if name.lower() in _OURS:
        raise HeaderError(f"the header {name} is set by the server; remove it")
    if not all(char == "\t" or (" " <= char <= "ÿ" and char != "\x7f") for char in value):
        raise HeaderError(f"the value of the header {name} contains characters that cannot be sent")


def _set(headers: dict[str, str], name: str, value: str) -> None:
    """Set a header whatever case an earlier one of that name was written in."""
    for known in [key for key in headers if key.lower() == name.lower()]:
        del headers[known]
    headers[name] = value
