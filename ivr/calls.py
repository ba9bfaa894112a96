"""The carrier's REST API: live recordings, how a call stands, and fetching recordings.

All addresses are built from the API's base and the carrier's ids, never from a request.
"""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import requests
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from desk.rooms import Seat
from flow.ledger import Leg
from ivr.addresses import FALLBACK, OVERRIDES, callback, hinted, leg_address, leg_status
from ivr.form import whole
from ivr.twiml.calls import LEG_EVENTS
from runner.errors import GONE, CarrierError
from runner.legs import since

CARRIER = "https://api.twilio.com"

TIMEOUT, DOWNLOAD = 5.0, 60.0
"""Seconds: for one request, and for a whole download."""

ALIKE = 20
"""Calls to look through for one whose outcome is unknown."""

NOT_FOUND, TOO_MANY, SERVER = 404, 429, 500

_ID = re.compile(r"[A-Za-z0-9]{2,64}")
_ACTIONS = {"pause": "paused", "resume": "in-progress", "stop": "stopped"}
_QUIET = logging.getLogger("linewalk.carrier")
_QUIET.setLevel(logging.CRITICAL)  # the library logs addresses and parameters: personal data
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Account:
    """Whose API it is: account, token, and the base where it is not the carrier's own."""

    sid: str
    token: str = field(repr=False)
    api_url: str = CARRIER


class Calls:
    """The carrier's REST API, as far as it is used (`runner.ports.CallControl`)."""

    def __init__(self, account: Account, timeout: float = TIMEOUT, public_url: str = "") -> None:
        self._account, self._public_url = account, public_url
        self._timeout = timeout
        self._client = Client(
            account.sid,
            account.token,
            http_client=TwilioHttpClient(timeout=timeout, logger=_QUIET),
            environment={"TWILIO_REGION": ""},
        )
        self._client.api.base_url = (account.api_url or CARRIER).rstrip("/")

    def control_recording(self, call: str, action: str) -> None:
        """Pause, resume or stop the recording of a live call, whichever runs now.

        Raises:
            CarrierError: it was refused or not reached; the recording may go on.
        """
        recording = self._client.calls(_checked(call)).recordings("Twilio.CURRENT")
        _asked(lambda: recording.update(status=_ACTIONS[action]))

    def create_call(self, leg: Leg) -> str:
        """Place a call; gives its id.

        Raises:
            CarrierError: it was not placed; or, with `unsure`, it may have been all the same.
        """
        base = self._public_url
        given = {
            "to": leg.recipient,
            "from_": leg.sender,
            "url": f"{leg_address(base, leg.id, leg.token)}{OVERRIDES}",
            "method": "POST",
            "fallback_url": callback(base, FALLBACK),
            "fallback_method": "POST",
            "status_callback": leg_status(base, leg.id),
            "status_callback_method": "POST",
            "status_callback_event": LEG_EVENTS.split(),
            "timeout": leg.ring_seconds,
        }
        if leg.machine_detection:
            given["machine_detection"] = "Enable"
        return str(_asked(lambda: self._client.calls.create(**given)).sid)

    def find_calls(self, leg: Leg) -> list[str]:
        """List the ids of calls like this one that were made since it was last tried.

        Raises:
            CarrierError: the carrier refused or was not reached.
        """
        found = _asked(
            lambda: self._client.calls.list(
                to=leg.recipient, from_=leg.sender, start_time_after=since(leg), limit=ALIKE
            )
        )
        return [str(call.sid) for call in found]

    def delete_recording(self, sid: str) -> None:
        """Delete a recording for good; one that is gone is no error.

        Raises:
            CarrierError: the carrier refused or was not reached.
        """
        try:
            _asked(lambda: self._client.recordings(_checked(sid)).delete())
        except CarrierError as problem:
            if problem.code not in GONE:
                raise

    def end_call(self, call: str) -> None:
        """End a call, also one that was answered; one that is over already is no error.

        Raises:
            CarrierError: the carrier refused or was not reached.
        """
        try:
            _asked(lambda: self._client.calls(_checked(call)).update(status="completed"))
        except CarrierError as problem:
            if problem.code not in GONE:
                raise

    def bring_back(self, call: str, action: str) -> None:
        """Make a live call leave what it does and come back to an address of a turn.

        Raises:
            CarrierError: 21220 where the call is over or not answered yet; else it was not done.
        """
        context = self._client.calls(_checked(call))
        fallback = callback(self._public_url, FALLBACK)
        _asked(
            lambda: context.update(
                url=hinted(action, "go"),
                method="POST",
                fallback_url=fallback,
                fallback_method="POST",
            )
        )

    def seats(self, room: str) -> tuple[str, dict[str, Seat]] | None:
        """Say how those in a conference are, by their calls, with its id; None: there is none.

        Raises:
            CarrierError: the carrier refused or was not reached.
        """
        named = self._client.conferences
        found = _asked(lambda: named.list(friendly_name=room, limit=ALIKE))
        going_on = [str(each.sid) for each in found if each.status != "completed"]
        if not going_on:
            return None
        inside = _asked(self._client.conferences(_checked(going_on[0])).participants.list)
        return going_on[0], {str(each.call_sid): _seat(each) for each in inside}

    def seat(self, conference: str, call: str, stands: Seat, wanted: Seat, music: str) -> None:
        """Change what differs for one in a conference; who is held hears what `music` gives.

        Raises:
            CarrierError: it was not done; with code 20404 where one of the two is gone.
        """
        party = self._client.conferences(_checked(conference)).participants(_checked(call))
        given: dict[str, Any] = {}
        if wanted.held != stands.held:
            on_hold = {"hold_url": f"{music}{OVERRIDES}", "hold_method": "POST"}
            given |= {"hold": wanted.held, **(on_hold if wanted.held else {})}
        if wanted.ends != stands.ends:
            given["end_conference_on_exit"] = wanted.ends
        if wanted.muted != stands.muted:
            given["muted"] = wanted.muted
        if wanted.coaches != stands.coaches:
            given["coaching"] = bool(wanted.coaches)
            if wanted.coaches:
                given["call_sid_to_coach"] = _checked(wanted.coaches)
        _asked(lambda: party.update(**given))

    def call_status(self, call: str) -> tuple[str, int | None] | None:
        """Ask how a call stands: its status and seconds; None when the carrier knows none.

        Raises:
            CarrierError: the carrier refused or was not reached.
        """
        try:
            found = _asked(self._client.calls(_checked(call)).fetch)
        except CarrierError as problem:
            if problem.code in (NOT_FOUND, 20404):
                return None
            raise
        return str(found.status), whole(str(found.duration))

    def fetch_recording(self, sid: str, max_bytes: int) -> bytes:
        """Fetch a recording as WAV.

        Raises:
            CarrierError: with `retry` when it is not ready yet or the carrier was not reached;
                without when it is larger than `max_bytes` or the carrier refused.
        """
        path = f"/2010-04-01/Accounts/{_checked(self._account.sid)}/Recordings/{_checked(sid)}.wav"
        deadline = time.monotonic() + DOWNLOAD
        try:
            with requests.get(
                f"{self._client.api.base_url}{path}",
                auth=(self._account.sid, self._account.token),
                stream=True,
                timeout=self._timeout,
            ) as response:
                _accept(response)
                return _read(response, max_bytes, deadline)
        except requests.RequestException as problem:
            raise _unreached(problem) from None


def _seat(party: Any) -> Seat:
    coached = str(party.call_sid_to_coach or "") if party.coaching else ""
    ends = bool(party.end_conference_on_exit)
    return Seat(held=bool(party.hold), ends=ends, muted=bool(party.muted), coaches=coached)


def _checked(sid: str) -> str:
    if not _ID.fullmatch(sid):
        raise CarrierError("an id of the carrier has letters and digits only: nothing was asked")
    return sid


def _asked(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except TwilioException as problem:
        # A list that is refused has the answer beside its text (twilio.base.page.Page).
        answer = next((part for part in problem.args if hasattr(part, "status_code")), problem)
        status = getattr(answer, "status_code", getattr(answer, "status", ""))
        code = whole(str(getattr(problem, "code", ""))) or 0
        raise _refused(whole(str(status)) or 0, code) from None
    except (requests.RequestException, ValueError) as problem:
        raise _unreached(problem) from None


def _refused(status: int, code: int) -> CarrierError:
    retry, unsure = status == TOO_MANY or status >= SERVER, status >= SERVER
    text = f"the carrier answered {status} (its code {code})"
    return CarrierError(text, code=code or status, retry=retry, unsure=unsure)


def _unreached(problem: Exception) -> CarrierError:
    text = f"the carrier was not reached: {type(problem).__name__}"
    return CarrierError(text, retry=True, unsure=not _never_sent(problem))


def _never_sent(problem: BaseException) -> bool:
    """Say whether the connection failed before a request could leave."""
    causes = (problem, *getattr(problem, "args", ()))
    reasons = (getattr(cause, "reason", cause) for cause in causes)
    early = (requests.ConnectTimeout, NewConnectionError, ConnectTimeoutError)
    return any(isinstance(reason, early) for reason in reasons)


def _accept(response: requests.Response) -> None:
    if response.status_code == NOT_FOUND:
        raise CarrierError("the recording is not ready yet", code=NOT_FOUND, retry=True)
    if not response.ok:
        raise _refused(response.status_code, 0)


def _read(response: requests.Response, max_bytes: int, deadline: float) -> bytes:
    chunks = bytearray()
    for chunk in response.iter_content(64 * 1024):
        chunks += chunk
        if len(chunks) > max_bytes:
            raise CarrierError(f"the recording has more than {max_bytes} bytes: not fetched")
        if time.monotonic() > deadline:
            raise CarrierError(f"the recording took longer than {DOWNLOAD:g} s", retry=True)
    return bytes(chunks)
