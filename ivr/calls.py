"""The carrier's REST API: live recordings, how a call stands, and fetching recordings.

All addresses are built from the API's base and the carrier's ids, never from a request.
"""

from functools import partial
from typing import Any

from desk.rooms import Seat
from flow.ledger import Leg
from ivr.addresses import FALLBACK, OVERRIDES, callback, hinted, leg_address, leg_status
from ivr.form import whole
from ivr.twiml.calls import LEG_EVENTS
from runner.carrier.account import Account
from runner.carrier.client import NOT_FOUND, TIMEOUT, asked, checked, rest_client
from runner.carrier.download import download
from runner.errors import GONE, CarrierError
from runner.legs import since

ALIKE = 20
"""Calls to look through for one whose outcome is unknown."""

ANSWER_HEADER, ANSWER_PARAMETER = "X-Answer-After", "answerAfter"
"""What tells a SIP telephone or a browser client after how many seconds to answer by itself."""

_ACTIONS = {"pause": "paused", "resume": "in-progress", "stop": "stopped"}


class Calls:
    """The carrier's REST API, as far as it is used (`runner.ports.CallControl`)."""

    def __init__(self, account: Account, timeout: float = TIMEOUT, public_url: str = "") -> None:
        self._account, self._public_url = account, public_url
        self._timeout = timeout
        self._client = rest_client(account, timeout)

    def control_recording(self, call: str, action: str) -> None:
        """Pause, resume or stop the recording of a live call, whichever runs now.

        Raises:
            CarrierError: it was refused or not reached; the recording may go on.
        """
        recording = self._client.calls(checked(call)).recordings("Twilio.CURRENT")
        asked(lambda: recording.update(status=_ACTIONS[action]))

    def create_call(self, leg: Leg) -> str:
        """Place a call; gives its id.

        Raises:
            CarrierError: it was not placed; or, with `unsure`, it may have been all the same.
        """
        base = self._public_url
        given = {
            "to": called(leg),
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
        if leg.longest is not None:
            given["time_limit"] = leg.longest
        return str(asked(lambda: self._client.calls.create(**given)).sid)

    def find_calls(self, leg: Leg) -> list[str]:
        """List the ids of calls like this one that were made since it was last tried.

        Raises:
            CarrierError: the carrier refused or was not reached.
        """
        since_, list_ = since(leg), self._client.calls.list
        # Whether the carrier keeps what is added to an address it does not say.
        alike = {
            str(call.sid): None
            for to in dict.fromkeys((called(leg), leg.recipient))
            for call in asked(partial(list_, to, leg.sender, start_time_after=since_, limit=ALIKE))
        }
        return list(alike)

    def delete_recording(self, sid: str) -> None:
        """Delete a recording for good; one that is gone is no error.

        Raises:
            CarrierError: the carrier refused or was not reached.
        """
        try:
            asked(lambda: self._client.recordings(checked(sid)).delete())
        except CarrierError as problem:
            if problem.code not in GONE:
                raise

    def end_call(self, call: str) -> None:
        """End a call, also one that was answered; one that is over already is no error.

        Raises:
            CarrierError: the carrier refused or was not reached.
        """
        try:
            asked(lambda: self._client.calls(checked(call)).update(status="completed"))
        except CarrierError as problem:
            if problem.code not in GONE:
                raise

    def bring_back(self, call: str, action: str) -> None:
        """Make a live call leave what it does and come back to an address of a turn.

        Raises:
            CarrierError: 21220 where the call is over or not answered yet; else it was not done.
        """
        context = self._client.calls(checked(call))
        fallback = callback(self._public_url, FALLBACK)
        asked(
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
        found = asked(lambda: named.list(friendly_name=room, limit=ALIKE))
        going_on = [str(each.sid) for each in found if each.status != "completed"]
        if not going_on:
            return None
        inside = asked(self._client.conferences(checked(going_on[0])).participants.list)
        return going_on[0], {str(each.call_sid): _seat(each) for each in inside}

    def seat(self, conference: str, call: str, stands: Seat, wanted: Seat, music: str) -> None:
        """Change what differs for one in a conference; who is held hears what `music` gives.

        Raises:
            CarrierError: it was not done; with code 20404 where one of the two is gone.
        """
        party = self._client.conferences(checked(conference)).participants(checked(call))
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
                given["call_sid_to_coach"] = checked(wanted.coaches)
        asked(lambda: party.update(**given))

    def call_status(self, call: str) -> tuple[str, int | None] | None:
        """Ask how a call stands: its status and seconds; None when the carrier knows none.

        Raises:
            CarrierError: the carrier refused or was not reached.
        """
        try:
            found = asked(self._client.calls(checked(call)).fetch)
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
        path = f"/2010-04-01/Accounts/{checked(self._account.sid)}/Recordings/{checked(sid)}.wav"
        return download(self._account, path, max_bytes, "recording", self._timeout).data


def called(leg: Leg) -> str:
    """Write the address to call: to a telephone that shall answer by itself, with the word to.

    Of headers of ours the carrier hands on only those that begin with X- (its page "Sip", error
    13252), to its browser clients parameters. A number can be told nothing.
    """
    told = {"sip": ANSWER_HEADER, "sips": ANSWER_HEADER, "client": ANSWER_PARAMETER}
    name = told.get(leg.recipient.partition(":")[0].lower())
    if leg.answer_after is None or name is None:
        return leg.recipient
    joint = "&" if "?" in leg.recipient else "?"
    return f"{leg.recipient}{joint}{name}={leg.answer_after}"


def _seat(party: Any) -> Seat:
    coached = str(party.call_sid_to_coach or "") if party.coaching else ""
    ends = bool(party.end_conference_on_exit)
    return Seat(held=bool(party.hold), ends=ends, muted=bool(party.muted), coaches=coached)
