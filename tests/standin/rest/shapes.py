"""Resources as the carrier writes them in JSON."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from tests.standin.clock import rfc2822
from tests.standin.conference import Room
from tests.standin.exchange import Number
from tests.standin.leg import Leg
from tests.standin.participant import Conferring
from tests.standin.recordings import Recording
from tests.standin.rest.wire import Answered, Asked
from tests.standin.texts import Piece, Text
from tests.support.carrier import ACCOUNT

ROOT = f"/2010-04-01/Accounts/{ACCOUNT}"
T = TypeVar("T")
Json = dict[str, Any]


def _when(moment: datetime | None) -> str | None:
    return rfc2822(moment) if moment else None


def call(leg: Leg) -> Json:
    """A call."""
    return {
        "sid": leg.sid,
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "parent_call_sid": leg.parent or None,
        "to": leg.to,
        "to_formatted": leg.to,
        "from": leg.sender,
        "from_formatted": leg.sender,
        "status": leg.status,
        "direction": leg.direction,
        "answered_by": leg.answered_by or None,
        "date_created": _when(leg.created),
        "date_updated": _when(leg.ended or leg.created),
        "start_time": _when(leg.started),
        "end_time": _when(leg.ended),
        "duration": str(leg.seconds) if leg.over else None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "uri": f"{ROOT}/Calls/{leg.sid}.json",
        "subresource_uris": {"recordings": f"{ROOT}/Calls/{leg.sid}/Recordings.json"},
    }


def conference(room: Room) -> Json:
    """A conference."""
    return {
        "sid": room.sid,
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "friendly_name": room.name,
        "region": "us1",
        "status": room.status,
        "reason_conference_ended": room.reason or None,
        "call_sid_ending_conference": room.ended_by or None,
        "date_created": _when(room.created),
        "date_updated": _when(room.created),
        "uri": f"{ROOT}/Conferences/{room.sid}.json",
        "subresource_uris": {"participants": f"{ROOT}/Conferences/{room.sid}/Participants.json"},
    }


def participant(one: Conferring) -> Json:
    """A participant who is in the conference."""
    return _participant(one.room, one.leg, one.label) | {
        "status": "connected",
        "muted": one.muted,
        "hold": one.hold,
        "coaching": one.coaching,
        "call_sid_to_coach": one.coached or None,
        "start_conference_on_enter": one.starts,
        "end_conference_on_exit": one.ends,
    }


def invited(room: Room, leg: Leg, asked: Asked) -> Json:
    """A participant who is being called."""
    form = asked.form
    return _participant(room, leg, form.get("Label", "")) | {
        "status": "queued",
        "queue_time": "0",
        "muted": form.get("Muted") == "true",
        "hold": False,
        "coaching": form.get("Coaching") == "true",
        "call_sid_to_coach": form.get("CallSidToCoach"),
        "start_conference_on_enter": form.get("StartConferenceOnEnter", "true") == "true",
        "end_conference_on_exit": form.get("EndConferenceOnExit") == "true",
    }


def _participant(room: Room, leg: Leg, label: str) -> Json:
    return {
        "account_sid": ACCOUNT,
        "call_sid": leg.sid,
        "conference_sid": room.sid,
        "label": label or None,
        "date_created": _when(leg.created),
        "date_updated": _when(leg.created),
        "uri": f"{ROOT}/Conferences/{room.sid}/Participants/{leg.sid}.json",
    }


def recording(one: Recording) -> Json:
    """A recording."""
    return {
        "sid": one.sid,
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "call_sid": one.call,
        "conference_sid": None,
        "status": one.status,
        "channels": one.channels,
        "source": one.source,
        "duration": None if one.live else str(int(one.seconds)),
        "start_time": _when(one.created),
        "date_created": _when(one.created),
        "date_updated": _when(one.created),
        "price": None,
        "price_unit": "USD",
        "error_code": None,
        "track": "both",
        "encryption_details": None,
        "uri": f"{ROOT}/Calls/{one.call}/Recordings/{one.sid}.json",
    }


def message(text: Text) -> Json:
    """A message."""
    sent = text.wanted.get("MessagingServiceSid")
    return {
        "sid": text.sid,
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": text.body,
        "date_created": _when(text.created),
        "date_sent": _when(text.sent),
        "date_updated": _when(text.sent or text.created),
        "direction": text.direction,
        "error_code": text.code or None,
        "error_message": None,
        "from": text.sender or None,
        "messaging_service_sid": sent or None,
        "num_media": str(len(text.pieces)),
        "num_segments": "0" if sent else "1",
        "price": None,
        "price_unit": "USD",
        "status": text.status,
        "subresource_uris": {"media": f"{ROOT}/Messages/{text.sid}/Media.json"},
        "to": text.to,
        "uri": f"{ROOT}/Messages/{text.sid}.json",
    }


def media(text: Text, piece: Piece) -> Json:
    """A file of a message."""
    return {
        "sid": piece.sid,
        "account_sid": ACCOUNT,
        "parent_sid": text.sid,
        "content_type": piece.type,
        "date_created": _when(text.created),
        "date_updated": _when(text.created),
        "uri": f"{ROOT}/Messages/{text.sid}/Media/{piece.sid}.json",
    }


def number(name: str, one: Number) -> Json:
    """One of the account's numbers; what is not set is an empty text."""
    methods = {"VoiceMethod", "VoiceFallbackMethod", "StatusCallbackMethod", "SmsMethod"}
    snake = {each: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", each).lower() for each in methods}
    return {
        "sid": one.sid,
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "phone_number": name,
        "friendly_name": name,
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
        "voice_url": one.voice,
        "voice_fallback_url": one.fallback,
        "status_callback": one.status,
        "sms_url": one.sms,
        "sms_fallback_url": "",
        "voice_application_sid": one.application or None,
        "sms_application_sid": one.sms_application or None,
        "trunk_sid": one.trunk or None,
        "uri": f"{ROOT}/IncomingPhoneNumbers/{one.sid}.json",
        **{snake[each]: one.methods.get(each, "POST") for each in methods},
    }


def page(asked: Asked, name: str, found: Iterable[T], shape: Callable[[T], Json]) -> Answered:
    """One page of a list, and the address of the next."""
    everything = list(found)
    size, number = int(asked.form.get("PageSize", "50")), int(asked.form.get("Page", "0"))
    part = everything[number * size : (number + 1) * size]
    more = len(everything) > (number + 1) * size
    following = urlencode({**asked.form, "Page": str(number + 1)})
    return Answered(
        {
            name: [shape(one) for one in part],
            "page": number,
            "page_size": size,
            "start": number * size,
            "end": max(0, number * size + len(part) - 1),
            "uri": asked.path,
            "first_page_uri": asked.path,
            "previous_page_uri": None,
            "next_page_uri": f"{asked.path}?{following}" if more else None,
        }
    )
