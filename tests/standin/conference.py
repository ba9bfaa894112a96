"""A conference on the carrier's side: who is in it, when it starts and ends, who is told."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tests.standin.exchange import Exchange, new_sid
from tests.support.carrier import ACCOUNT, Form

if TYPE_CHECKING:
    from tests.standin.participant import Conferring

EVENTS = {
    "conference-start": "start",
    "conference-end": "end",
    "participant-join": "join",
    "participant-leave": "leave",
    "participant-mute": "mute",
    "participant-unmute": "mute",
    "participant-hold": "hold",
    "participant-unhold": "hold",
    "participant-modify": "modify",
    "announcement-end": "announcement",
    "announcement-fail": "announcement",
}
"""Events, and the word by which each is subscribed."""


@dataclass(eq=False)
class Room:
    """`status`: init until two are there and one of them may start it, in-progress, completed."""

    exchange: Exchange
    name: str
    sid: str = field(default_factory=lambda: new_sid("CF"))
    status: str = "init"
    present: dict[str, "Conferring"] = field(default_factory=dict)
    callback: str = ""
    events: frozenset[str] = frozenset()
    ended_by: str = ""
    reason: str = ""
    created: datetime = field(init=False)
    _sequence: int = 0
    _may_start: bool = False

    def __post_init__(self) -> None:
        self.created = self.exchange.clock.now()
        self.exchange.rooms.append(self)

    def enter(self, one: "Conferring") -> None:
        """Somebody joins; the music ends for all when the conference starts."""
        self.present[one.leg.sid] = one
        self._may_start |= one.starts
        self.tell("participant-join", one)
        if self.status == "init" and self._may_start and len(self.present) > 1:
            self.status = "in-progress"
            self.tell("conference-start")
            for other in self.present.values():
                other.quiet()
        elif self.status == "init":
            one.wait()
        self._beep(one, "enter")

    def depart(self, one: "Conferring", reason: str) -> None:
        """Somebody leaves; the conference may end with it."""
        if self.present.pop(one.leg.sid, None) is None:
            return
        self.tell("participant-leave", one, ReasonParticipantLeft=reason)
        self._beep(one, "exit")
        if one.ends:
            self.end("participant-with-end-conference-on-exit-left", one.leg.sid)
        elif not self.present:
            self.end("last-participant-left", one.leg.sid)

    def end(self, reason: str, by: str = "") -> None:
        """It is over: everybody who is left goes on with what comes after the conference."""
        if self.status == "completed":
            return
        self.status, self.reason, self.ended_by = "completed", reason, by
        left, self.present = list(self.present.values()), {}
        for one in left:
            self.tell("participant-leave", one, ReasonParticipantLeft="conference_ended")
        self.tell("conference-end", CallSidEndingConference=by, ReasonConferenceEnded=reason)
        for one in left:
            one.proceed()

    def tell(self, event: str, one: "Conferring | None" = None, **more: str) -> None:
        """Post an event, if it was asked for."""
        if EVENTS[event] not in self.events:
            return
        form: Form = {
            "AccountSid": ACCOUNT,
            "ConferenceSid": self.sid,
            "FriendlyName": self.name,
            "StatusCallbackEvent": event,
            "SequenceNumber": str(self._sequence),
            "Timestamp": self.exchange.clock.stamp(),
        }
        self._sequence += 1
        if one is not None:
            form |= one.fields()
        self.exchange.callbacks.send("conference", self.sid, self.callback, form | more)

    def _beep(self, one: "Conferring", when: str) -> None:
        wanted = {"enter": {"true", "onEnter"}, "exit": {"true", "onExit"}}[when]
        if one.beep in wanted and self.status == "in-progress":
            for other in self.present.values():
                other.leg.hear("beep", when)


def room_named(exchange: Exchange, name: str) -> Room:
    """The conference of that name that goes on, or a new one."""
    for room in exchange.rooms:
        if room.name == name and room.status != "completed":
            return room
    return Room(exchange, name)
