"""What several groups of settings are made of: lists with commas, ports, where to listen."""

from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_settings import NoDecode

PORTS = range(1, 65_536)


def _parts(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


CommaList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parts)]
"""A list that stands in the environment with commas."""


def listen_address(text: str) -> tuple[str, int]:
    """Read `HOST:PORT`; an IPv6 host stands in brackets.

    Raises:
        ValueError: it is none.
    """
    host, _, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    fits = port.isascii() and port.isdigit() and int(port) in PORTS
    if not host or not fits or (":" in bare) != host.startswith("["):
        raise ValueError("write HOST:PORT, such as 0.0.0.0:25 or [::]:25")
    return bare, int(port)
