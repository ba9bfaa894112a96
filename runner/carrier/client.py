"""Asks the carrier's REST API, and says in our words what went wrong.

All addresses are built from the API's base and the carrier's ids, never from a request.
"""

import logging
import re
from collections.abc import Callable, Mapping
from json import loads
from typing import Any, TypeVar

import requests
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from runner.carrier.account import Account
from runner.errors import CarrierError

TIMEOUT = 5.0
"""Seconds for one request."""

NOT_FOUND, TOO_MANY, SERVER = 404, 429, 500

LONGEST_WAIT = 3600.0
"""Seconds of a Retry-After that we believe."""

_ID = re.compile(r"[A-Za-z0-9]{2,64}")
_QUIET = logging.getLogger("linewalk.carrier")
_QUIET.setLevel(logging.CRITICAL)  # the library logs addresses and parameters: personal data
T = TypeVar("T")


class _Http(TwilioHttpClient):  # type: ignore[misc]  # the library ships no types
    """The library's own HTTP, which forgets how long the carrier says to wait."""

    def request(self, *args: Any, **named: Any) -> Response:
        response = super().request(*args, **named)
        if response.status_code == TOO_MANY:
            raise refused(TOO_MANY, _code(response.text), _wait(response.headers))
        return response


def rest_client(account: Account, timeout: float = TIMEOUT) -> Client:
    """Make the official library's client for an account."""
    client = Client(
        account.sid,
        account.token,
        http_client=_Http(timeout=timeout, logger=_QUIET),
        environment={"TWILIO_REGION": ""},
    )
    client.api.base_url = account.base
    return client


def checked(sid: str) -> str:
    """Give an id of the carrier's back.

    Raises:
        CarrierError: it is none; nothing may be asked with it.
    """
    if not _ID.fullmatch(sid):
        raise CarrierError("an id of the carrier has letters and digits only: nothing was asked")
    return sid


def asked(ask: Callable[[], T]) -> T:
    """Do a request of the library's.

    Raises:
        CarrierError: the carrier refused, was not reached, or answered nonsense.
    """
    try:
        return ask()
    except TwilioException as problem:
        # A list that is refused has the answer beside its text (twilio.base.page.Page).
        answer = next((part for part in problem.args if hasattr(part, "status_code")), problem)
        status = getattr(answer, "status_code", getattr(answer, "status", ""))
        raise refused(_number(status), _number(getattr(problem, "code", ""))) from None
    except (requests.RequestException, ValueError) as problem:
        raise unreached(problem) from None


def refused(status: int, code: int, wait: float | None = None) -> CarrierError:
    """Make the error for an answer that is no success."""
    retry, unsure = status == TOO_MANY or status >= SERVER, status >= SERVER
    text = f"the carrier answered {status} (its code {code})"
    return CarrierError(text, code=code or status, retry=retry, unsure=unsure, wait=wait)


def unreached(problem: Exception) -> CarrierError:
    """Make the error for an answer that did not come."""
    text = f"the carrier was not reached: {type(problem).__name__}"
    return CarrierError(text, retry=True, unsure=not _never_sent(problem))


def _never_sent(problem: BaseException) -> bool:
    """Say whether the connection failed before a request could leave."""
    causes = (problem, *getattr(problem, "args", ()))
    reasons = (getattr(cause, "reason", cause) for cause in causes)
    early = (requests.ConnectTimeout, NewConnectionError, ConnectTimeoutError)
    return any(isinstance(reason, early) for reason in reasons)


def _number(value: object) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004  no code of the carrier's is that long


def _code(text: str) -> int:
    try:
        found = loads(text)
    except ValueError:
        return 0
    return _number(found.get("code")) if isinstance(found, dict) else 0


def _wait(headers: Mapping[str, str] | None) -> float | None:
    """Read Retry-After in seconds (RFC 9110, section 10.2.3); a date is not worth a parser."""
    given = _number((headers or {}).get("Retry-After", ""))
    return min(float(given), LONGEST_WAIT) if given else None
