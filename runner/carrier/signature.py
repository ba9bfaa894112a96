"""Check that a webhook was sent by the carrier, before anything else looks at it.

The header is Base64(HMAC-SHA1(auth token, address + sorted form fields)); the carrier's page
"Webhooks security" has the algorithm. The library's own check is not used as a whole: it loses
user information from the address and compares without constant time. Its computation is.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote_plus

from twilio.request_validator import RequestValidator

FORM = "application/x-www-form-urlencoded"
FIELDS = 1_000
"""Form fields one webhook may have: the longest known has about sixty."""

_DEFAULT_PORTS = {"https": "443", "http": "80"}

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came: `url` is the public address plus the raw path and query.

    `fragment` is what we put behind addresses that we hand out. The carrier does not sign it and
    no request carries it, but gateways that sign an address as they read it are heard as well.
    `pairs` are the body's fields, where they were read already.
    """

    method: str
    url: str
    content_type: str
    body: bytes
    signature: str
    fragment: str = ""
    pairs: Pairs | None = None


class _Fields:
    """Form fields in the shape that the library asks for repeated keys in."""

    def __init__(self, pairs: Pairs) -> None:
        self._values: dict[str, list[str]] = {}
        for key, value in pairs:
            self._values.setdefault(key, []).append(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def getlist(self, key: str) -> list[str]:
        """All values of a key."""
        return self._values[key]


def form_pairs(body: bytes) -> list[tuple[str, str]]:
    """Read every field of a form body, blank ones too, in order.

    Raises:
        ValueError: it is not UTF-8, or has too many fields.
    """
    text = body.decode("utf-8")
    parts = text.split("&")
    if len(parts) > FIELDS:
        raise ValueError(f"a webhook has at most {FIELDS} fields")
    # What the standard library's parse_qsl gives, in a third of its time: every turn pays it.
    halves = (part.partition("=") for part in parts if part)
    return [(_read(name), _read(value)) for name, _, value in halves]


def _read(text: str) -> str:
    return unquote_plus(text, errors="strict") if "%" in text or "+" in text else text


def is_form(content_type: str) -> bool:
    """Whether the body is a form, whatever parameters follow the media type."""
    return content_type.partition(";")[0].strip().lower() == FORM


def addresses(url: str) -> list[str]:
    """List the spellings of an address the carrier may have signed.

    With and without the port (its own libraries try both because it is not consistent), with and
    without user information; never with the fragment. Path and query stay as they are. The
    spelling that was given comes first.
    """
    scheme, mark, rest = url.partition("#")[0].partition("://")
    cut = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    authority, tail = rest[:cut], rest[cut:]
    user, at, place = authority.rpartition("@")
    host, colon, port = place.rpartition(":")
    if not (colon and port.isdigit()):
        host, port = place, _DEFAULT_PORTS.get(scheme.lower(), "")
    places = [host, f"{host}:{port}"] if port else [host]
    users = [f"{user}@", ""] if at else [""]
    spellings = [f"{scheme}{mark}{name}{spelling}{tail}" for name in users for spelling in places]
    return sorted(spellings, key=lambda spelling: not url.startswith(spelling))


def verify(received: Received, tokens: Iterable[str]) -> bool:
    """Whether one of `tokens` signed the request; all parameters received count."""
    try:
        pairs = _signed_pairs(received)
        offered = received.signature.encode("ascii")
    except (ValueError, UnicodeError):
        return False
    if pairs is None or not offered:
        return False
    fields = _Fields(pairs)
    return any(
        hmac.compare_digest(
            RequestValidator(token).compute_signature(url, fields).encode(), offered
        )
        for token in tokens
        if token
        for url in _spellings(received)
    )


def _spellings(received: Received) -> Iterator[str]:
    """Yield what may have been signed, the address as it stands first: it nearly always is."""
    yield received.url.partition("#")[0]
    urls = addresses(received.url)
    yield from urls
    if received.fragment:
        yield from (f"{url}{received.fragment}" for url in urls)


def _signed_pairs(received: Received) -> Pairs | None:
    """Give the fields that the signature covers; None: the body is covered by nothing."""
    if received.method.upper() == "GET" or not received.body:
        return ()
    if is_form(received.content_type):
        return form_pairs(received.body) if received.pairs is None else received.pairs
    query = received.url.partition("#")[0].partition("?")[2]
    named = parse_qs(query, keep_blank_values=True).get("bodySHA256", [])
    digest = hashlib.sha256(received.body).hexdigest().encode("ascii")
    if len(named) == 1 and hmac.compare_digest(named[0].encode("utf-8"), digest):
        return ()
    return None


def fingerprint(pairs: Iterable[tuple[str, str]]) -> str:
    """Give the SHA-256 of request parameters: equal exactly when the same fields were sent.

    Order does not count. Every key and value is preceded by its length in bytes, so that no two
    different sets run together.
    """
    parts = (part.encode("utf-8", "surrogatepass") for pair in sorted(pairs) for part in pair)
    return hashlib.sha256(b"".join(b"%d:%b" % (len(part), part) for part in parts)).hexdigest()
