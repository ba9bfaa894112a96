"""Fetches files that the carrier keeps, with the account's own name and token."""

import time
from dataclasses import dataclass, field

import requests

from runner.carrier.account import Account
from runner.carrier.client import NOT_FOUND, TIMEOUT, refused, unreached
from runner.errors import CarrierError

LONGEST = 60.0
"""Seconds for a whole download."""

_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file's bytes, and what the carrier says it is."""

    data: bytes = field(repr=False)
    type: str = ""


def download(
    account: Account, path: str, most: int, what: str, timeout: float = TIMEOUT
) -> Downloaded:
    """Fetch the file at a path of the API; `what` it is stands in the errors.

    Where the carrier sends us on to its store, the token is not sent along (requests).

    Raises:
        CarrierError: with `retry` when it is not ready yet or the carrier was not reached;
            without when it has more than `most` bytes or the carrier refused.
    """
    deadline = time.monotonic() + LONGEST
    try:
        with requests.get(
            f"{account.base}{path}",
            auth=(account.sid, account.token),
            stream=True,
            timeout=timeout,
        ) as response:
            _accept(response, what)
            kind = response.headers.get("Content-Type", "")
            return Downloaded(_read(response, most, deadline, what), kind)
    except requests.RequestException as problem:
        raise unreached(problem) from None


def _accept(response: requests.Response, what: str) -> None:
    if response.status_code == NOT_FOUND:
        raise CarrierError(f"the {what} is not ready yet", code=NOT_FOUND, retry=True)
    if not response.ok:
        raise refused(response.status_code, 0)


def _read(response: requests.Response, most: int, deadline: float, what: str) -> bytes:
    pieces = bytearray()
    for piece in response.iter_content(_PIECE):
        pieces += piece
        if len(pieces) > most:
            raise CarrierError(f"the {what} has more than {most} bytes: not fetched")
        if time.monotonic() > deadline:
            raise CarrierError(f"the {what} took longer than {LONGEST:g} s", retry=True)
    return bytes(pieces)
