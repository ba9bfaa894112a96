"""One leg in a conference: what it hears while it waits or is on hold, and how it comes out."""

import math
from collections.abc import Mapping

from tests.standin.activity import Activity, Fact, Why
from tests.standin.conference import Room, room_named
from tests.standin.documents import Kind, Refused
from tests.standin.loop import Loop
from tests.standin.player import Player
from tests.support.carrier import Form
from tests.support.twiml import Verb


def _said(value: object) -> str:
    return "true" if value else "false"


class Conferring(Activity):
    """`starts` and `ends`: startConferenceOnEnter and endConferenceOnExit."""

    name = "Conference"

    def __init__(self, player: Player, verb: Verb, noun: Verb) -> None:
        super().__init__(player)
        self.leg = player.leg
        self.room: Room = room_named(self.leg.exchange, noun.text)
        self.noun, self._verb = noun, verb
        self.label = noun.get("participantLabel")
        self.beep = noun.get("beep", "true")
        self.muted = noun.get("muted") == "true"
        self.starts = noun.get("startConferenceOnEnter", "true") == "true"
        self.ends = noun.get("endConferenceOnExit") == "true"
        self.coached = noun.get("coach")
        self.coaching = bool(self.coached)
        self.hold = False
        self.announcement: Player | None = None
        self._music: Loop | None = None

    def enter(self) -> None:
        """Join; the first who names a callback decides for the conference."""
        if self.noun.get("statusCallback") and not self.room.callback:
            self.room.callback = self.player.address(self.noun["statusCallback"])
            self.room.events = frozenset(self.noun.get("statusCallbackEvent").split())
        self.room.enter(self)

    # -- what is heard ------------------------------------------------------------------------

    def wait(self) -> None:
        """The conference has not started: hear its waiting document."""
        if url := self.noun.get("waitUrl"):
            self._play(self.player.address(url), self.noun.get("waitMethod", "POST"))

    def quiet(self) -> None:
        """Nothing but the others is heard from here."""
        if self._music and not self.hold:
            self._music.close()
            self.inner = self._music = None

    def _play(self, url: str, method: str) -> None:
        if self._music:
            self._music.close()
        self._music = Loop(self.leg, Kind.CONFERENCE, self._silent, self.fields)
        self.inner = self._music
        self._music.begin(url, method)

    def _silent(self, problem: Refused) -> None:
        if self._music:
            self._music.close()
        self.inner = self._music = None

    def announce(self, url: str, method: str) -> None:
        """Hear one document, once."""
        self.announcement = Player(
            self.leg, Kind.CONFERENCE, self._announced, self._not_announced, self.fields
        )
        self.announcement.fetch(url, method=method)

    def _announced(self) -> None:
        if self.announcement:
            self.announcement.close()
        self.announcement = None
        self.room.tell("announcement-end", self)

    def _not_announced(self, problem: Refused) -> None:
        self.announcement = None
        self.room.tell("announcement-fail", self, ReasonAnnouncementFailed=str(problem))

    def next_due(self) -> float:
        """The moment at which time changes something in here."""
        announced = self.announcement.next_due() if self.announcement else math.inf
        return min(super().next_due(), announced)

    def elapse(self, now: float) -> None:
        """Do what time does."""
        super().elapse(now)
        if self.announcement:
            self.announcement.elapse(now)

    # -- what REST changes --------------------------------------------------------------------

    def update(self, form: Mapping[str, str]) -> None:
        """Hold, mute, coach, announce, or decide anew whether its leaving ends the conference."""
        if "Hold" in form:
            self._hold(form["Hold"] == "true", form)
        if "Muted" in form:
            self.muted = form["Muted"] == "true"
            self.room.tell("participant-mute" if self.muted else "participant-unmute", self)
        if "EndConferenceOnExit" in form:
            self.ends = form["EndConferenceOnExit"] == "true"
            self.room.tell("participant-modify", self)
        if "CallSidToCoach" in form or "Coaching" in form:
            self.coached = form.get("CallSidToCoach", self.coached)
            self.coaching = form.get("Coaching", _said(self.coached)) == "true"
            self.room.tell("participant-modify", self)
        if form.get("AnnounceUrl"):
            self.announce(form["AnnounceUrl"], form.get("AnnounceMethod", "POST"))

    def _hold(self, hold: bool, form: Mapping[str, str]) -> None:  # noqa: FBT001  the carrier's own field
        self.hold = hold
        self.quiet()
        if hold and form.get("HoldUrl"):
            self._play(form["HoldUrl"], form.get("HoldMethod", "GET"))
        self.room.tell("participant-hold" if hold else "participant-unhold", self)

    def hears(self, other: "Conferring") -> bool:
        """Whether what the other says is heard here; a coach is heard by the one coached only."""
        together = self.room is other.room and self.room.status == "in-progress"
        silent = self.hold or other.hold or other.muted
        for_me = not other.coaching or other.coached == self.leg.sid
        return together and self is not other and not silent and for_me

    def fields(self) -> Form:
        """What callbacks and waiting documents are told about a participant."""
        label = {"ParticipantLabel": self.label} if self.label else {}
        return label | {
            "CallSid": self.leg.sid,
            "ConferenceSid": self.room.sid,
            "FriendlyName": self.room.name,
            "Muted": _said(self.muted),
            "Hold": _said(self.hold),
            "Coaching": _said(self.coaching),
            "StartConferenceOnEnter": _said(self.starts),
            "EndConferenceOnExit": _said(self.ends),
        }

    # -- how it ends --------------------------------------------------------------------------

    def kick(self) -> None:
        """REST takes the participant out; its call goes on."""
        self.room.depart(self, "participant_removed_via_api")
        self.proceed()

    def proceed(self) -> None:
        """The Dial has ended and the call goes on: its action, or the next verb."""
        self._stop()
        self.player.moved()
        if action := self._verb.get("action"):
            form = {"DialCallStatus": "answered"}
            self.player.fetch(action, form, self._verb.get("method", "POST"))
        else:
            self.player.finish()

    def leave(self, why: Why) -> list[Fact]:
        """Taken elsewhere or hung up; only the latter is told to the action."""
        self._stop()
        self.room.depart(
            self, f"participant_{'updated_via_api' if why == 'redirect' else 'hung_up'}"
        )
        action = self._verb.get("action")
        if why == "redirect" or not action:
            return []
        form = {**self.leg.common(), "DialCallStatus": "answered"}
        return [Fact(self.player.address(action), form)]

    def _stop(self) -> None:
        for player in (self._music, self.announcement):
            if player:
                player.close()
        self.inner = self._music = self.announcement = None


def join(player: Player, verb: Verb, noun: Verb) -> None:
    """Enter the conference that a Dial names."""
    conferring = Conferring(player, verb, noun)
    player.start(conferring)
    conferring.enter()
