"""Read an address once, strictly, so that the check and the connection see the same thing.

Two readers of one URL that disagree are how a guard is walked round. So the text is taken apart
here only; the client builds its request from these parts and never looks at the text again.
"""

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote, urljoin, urlsplit

import idna

MAX_URL = 8_192  # characters; longer ones are refused by many servers anyway
DEFAULT_PORTS = {"http": 80, "https": 443}
_NETLOC = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]@:/\\%\s]+)(?::(?P<port>[0-9]{0,5}))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_QUOTE_SAFE = "%/?:@!$&'()*+,;=-._~[]|"


class UrlError(ValueError):
    """The text is not an address that a flow may ask for; the message says why, without it."""


@dataclass(frozen=True)
class Url:
    """An address taken apart: scheme, ASCII host without brackets, port, path with query."""

    scheme: str
    host: str
    port: int
    target: str = field(repr=False)

    @property
    def origin(self) -> tuple[str, str, int]:
        """What must stay the same for credentials to be sent again (RFC 6454 §4)."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """The value of the Host header: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def joined(self, location: str) -> "Url":
        """Read a redirect's Location, relative or absolute (RFC 9110 §10.2.2)."""
        return parse(urljoin(f"{self.scheme}://{self.authority}{self.target}", location))


def parse(text: str) -> Url:
    """Take an absolute http or https address apart. Raises `UrlError`."""
    if len(text) > MAX_URL:
        raise UrlError(f"the address is longer than {MAX_URL} characters")
    if any(char <= " " or char == "\x7f" for char in text):
        raise UrlError("the address contains a space or a control character")
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise UrlError("the address cannot be read") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise UrlError("the address does not begin with http:// or https://")
    host, port = split_authority(parts.netloc)
    path = parts.path or "/"
    if "\\" in path[:2] or not path.startswith("/"):
        raise UrlError("the address cannot be read")
    target = path + (f"?{parts.query}" if parts.query else "")
    return Url(parts.scheme, host, port or DEFAULT_PORTS[parts.scheme], _quoted(target))


def split_authority(netloc: str) -> tuple[str, int | None]:
    """Read `host` or `host:port`: the host as `host_name` writes it. Raises `UrlError`."""
    if "@" in netloc:
        raise UrlError("the address carries a user name or password; use a header instead")
    match = _NETLOC.fullmatch(netloc)
    if match is None:
        raise UrlError("the host in the address cannot be read")
    port = int(match["port"]) if match["port"] else None
    if port is not None and not 0 < port <= 65_535:  # noqa: PLR2004  the range of TCP ports
        raise UrlError("the port in the address is not between 1 and 65535")
    return host_name(match["host"]), port


def host_name(text: str) -> str:
    """Write a host in its one ASCII form: lower case, IDNA, no trailing dot, canonical IP.

    Numbers that libc would read as IPv4 but people do not (2130706433, 0x7f.1, 0177.0.0.1,
    127.1) are refused by their form, as RFC 3986 §7.4 warns. Raises `UrlError`.
    """
    if text.startswith("["):
        return _ipv6(text[1:-1])
    name = _ascii(text).removesuffix(".")
    if not name or len(name) > 253:  # noqa: PLR2004  RFC 1035 §2.3.4
        raise UrlError("the host in the address is empty or too long")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(name)
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise UrlError("the host in the address is not a valid name")
    return name


def _ascii(text: str) -> str:
    if text.isascii():
        return text.lower()
    try:
        return idna.encode(text, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as error:
        raise UrlError("the host in the address is not a valid name") from error


def _ipv4(name: str) -> str:
    try:
        return str(IPv4Address(name))
    except ValueError as error:
        raise UrlError("an IPv4 address must be four decimal numbers") from error


def _ipv6(text: str) -> str:
    try:
        return str(IPv6Address(text))
    except ValueError as error:
        raise UrlError("the IPv6 address cannot be read") from error


def _quoted(target: str) -> str:
    """Percent-encode what may not stand in a request line; what is encoded already stays."""
    try:
        return quote(target, safe=_QUOTE_SAFE)
    except UnicodeEncodeError as error:
        raise UrlError("the address contains characters that cannot be sent") from error
