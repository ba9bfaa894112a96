"""Conferences and who is in them."""

from tests.standin.conference import Room, room_named
from tests.standin.exchange import Exchange
from tests.standin.participant import Conferring
from tests.standin.plan import Plan
from tests.standin.rest import shapes
from tests.standin.rest.calls import place
from tests.standin.rest.wire import Answered, Asked, RestError, missing
from tests.support.twiml import Verb

_NOUN = {
    "Label": "participantLabel",
    "Muted": "muted",
    "Beep": "beep",
    "StartConferenceOnEnter": "startConferenceOnEnter",
    "EndConferenceOnExit": "endConferenceOnExit",
    "WaitUrl": "waitUrl",
    "WaitMethod": "waitMethod",
    "CallSidToCoach": "coach",
    "ConferenceStatusCallback": "statusCallback",
}
"""Fields of a new participant, and the attributes of a Conference that they stand for."""


def listed(exchange: Exchange, asked: Asked) -> Answered:
    """List conferences, the newest first, by name and status."""
    form = asked.form
    rooms = [
        room
        for room in reversed(exchange.rooms)
        if form.get("FriendlyName", room.name) == room.name
        and form.get("Status", room.status) == room.status
    ]
    return shapes.page(asked, "conferences", rooms, shapes.conference)


def found(exchange: Exchange, asked: Asked, sid: str) -> Room:
    """The conference of an id."""
    for room in exchange.rooms:
        if room.sid == sid:
            return room
    raise missing(asked.path)


def fetch(exchange: Exchange, asked: Asked, sid: str) -> Answered:
    """Look at a conference."""
    return Answered(shapes.conference(found(exchange, asked, sid)))


def update(exchange: Exchange, asked: Asked, sid: str) -> Answered:
    """End a conference, or announce something to everybody in it."""
    room, form = found(exchange, asked, sid), asked.form
    if form.get("Status") == "completed":
        room.end("conference-ended-via-api")
    if form.get("AnnounceUrl"):
        for one in room.present.values():
            one.announce(form["AnnounceUrl"], form.get("AnnounceMethod", "POST"))
    return Answered(shapes.conference(room))


# -- participants ---------------------------------------------------------------------------------


def participants(exchange: Exchange, asked: Asked, sid: str) -> Answered:
    """List who is in a conference."""
    room, form = found(exchange, asked, sid), asked.form
    present = [
        one
        for one in room.present.values()
        if all(
            form.get(name, str(value).lower()) == str(value).lower()
            for name, value in {"Muted": one.muted, "Hold": one.hold}.items()
        )
    ]
    return shapes.page(asked, "participants", present, shapes.participant)


def invite(exchange: Exchange, asked: Asked, sid: str) -> Answered:
    """Call somebody who joins when they answer; the conference may be named instead of its id."""
    form = asked.form
    if not form.get("To") or not form.get("From"):
        raise RestError(400, 21201, "To and From are needed")
    known = [room for room in exchange.rooms if room.sid == sid]
    room = known[0] if known else room_named(exchange, sid)
    given = {_NOUN[name]: value for name, value in form.items() if name in _NOUN}
    if "statusCallback" in given:
        given["statusCallbackEvent"] = " ".join(
            asked.words("ConferenceStatusCallbackEvent", "start end")
        )
    verbs = (Verb("Dial", {}, "", (Verb("Conference", given, room.name),)),)
    leg = place(exchange, asked, Plan(verbs=verbs))
    return Answered(shapes.invited(room, leg, asked), 201)


def _present(exchange: Exchange, asked: Asked, sid: str, who: str) -> Conferring:
    """A participant by the call's id or by label."""
    for one in found(exchange, asked, sid).present.values():
        if who in {one.leg.sid, one.label}:
            return one
    raise missing(asked.path)


def participant(exchange: Exchange, asked: Asked, sid: str, who: str) -> Answered:
    """Look at a participant."""
    return Answered(shapes.participant(_present(exchange, asked, sid, who)))


def change(exchange: Exchange, asked: Asked, sid: str, who: str) -> Answered:
    """Hold, mute, coach, announce; or whether its leaving ends the conference."""
    one = _present(exchange, asked, sid, who)
    one.update(asked.form)
    return Answered(shapes.participant(one))


def kick(exchange: Exchange, asked: Asked, sid: str, who: str) -> Answered:
    """Take somebody out."""
    _present(exchange, asked, sid, who).kick()
    return Answered(status=204)
