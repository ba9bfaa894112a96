"""One leg of a call on the carrier's side: how it stands, what it is in, what it has heard."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tests.standin.activity import Activity, Fact
from tests.standin.courier import Request
from tests.standin.documents import Kind, Refused
from tests.standin.exchange import Exchange
from tests.standin.hand import Hand
from tests.standin.participant import Conferring
from tests.standin.plan import TERMINAL, Plan
from tests.standin.player import Player
from tests.standin.reports import report
from tests.standin.scripts import Behaviour
from tests.support.carrier import ACCOUNT, Form
from tests.support.twiml import Verb

Heard = tuple[str, str | float]


@dataclass(eq=False, repr=False)
class Leg(Hand):
    """`direction` as in webhooks: inbound, outbound-api, outbound-dial."""

    exchange: Exchange
    sid: str
    to: str
    sender: str
    direction: str
    plan: Plan
    parent: str = ""
    extra: Form = field(default_factory=dict)
    status: str = "queued"
    heard: list[Heard] = field(default_factory=list)
    created: datetime = field(init=False)
    started: datetime | None = None
    ended: datetime | None = None
    answered: float | None = None
    answered_by: str = ""
    seconds: int = 0
    sip: int = 200
    sequence: int = 0
    behaviour: Behaviour = field(init=False)
    on_answer: Callable[[], None] | None = None
    on_end: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        self.created = self.exchange.clock.now()
        self.behaviour = self.exchange.behaviour(self.to)
        self.main = Player(self, Kind.MAIN, self._document_over, self._lost)
        self.document_over: Callable[[], None] = lambda: self.end("completed")
        self._rings_until = self._lasts_until = math.inf
        self.exchange.legs[self.sid] = self

    def __repr__(self) -> str:
        where = f"{self.verb or '-'}/{self.inner_verb or '-'}"
        return f"{self.direction} {self.sid[-4:]} to {self.to}: {self.status} in {where}"

    # -- where it is --------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """Whether the leg has ended."""
        return self.status in TERMINAL

    @property
    def document(self) -> str:
        """The address of the document that it obeys."""
        return self.main.url

    @property
    def verb(self) -> str:
        """The verb its document is in: Gather, Enqueue, Conference, Dial, Record, Pause …"""
        return self.main.activity.name if self.main.activity else ""

    @property
    def inner_verb(self) -> str:
        """The verb it is in while it waits, in the document of the queue or the conference."""
        found = self.main.innermost()
        return found.name if found and found is not self.main.activity else ""

    @property
    def participant(self) -> Conferring | None:
        """Its place in a conference: label, hold, muted, coaching, and the room."""
        found = self.main.activity
        return found if isinstance(found, Conferring) else None

    def hears(self, other: "Leg") -> bool:
        """Whether what somebody says on the other leg is heard on this one now."""
        mine, theirs = self.participant, other.participant
        if mine and theirs:
            return mine.hears(theirs)
        return self.verb in {"Bridged", "Dial"} and other in self.main.partners()

    def said(self) -> str:
        """Everything it was told so far, as one text."""
        return " | ".join(str(what) for kind, what in self.heard if kind == "say")

    def hear(self, kind: str, what: str | float) -> None:
        """Something is heard on this leg."""
        self.heard.append((kind, what))

    def common(self) -> Form:
        """The fields that every voice webhook has."""
        form = {
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "CallSid": self.sid,
            "CallStatus": self.status,
            "Called": self.to,
            "Caller": self.sender,
            "CallerCity": "",
            "Direction": self.direction,
            "From": self.sender,
            "FromCountry": "US",
            "To": self.to,
            **self.extra,
        }
        return form | ({"ParentCallSid": self.parent} if self.parent else {})

    # -- its life -----------------------------------------------------------------------------

    def arrive(self) -> None:
        """An inbound call: the number's document is requested while it rings."""
        self.status, self.started = "ringing", self.exchange.clock.now()
        self.main.fetch(self.plan.url)

    def dial(self) -> None:
        """An outbound leg leaves the queue and rings."""
        self.started = self.exchange.clock.now()
        report(self, "initiated", "initiated")
        self.status = "ringing"
        report(self, "ringing", "ringing")
        self._rings_until = self.exchange.clock.elapsed + self.plan.timeout

    def pick_up(self) -> None:
        """The leg is answered: by the far end, or by the first verb that needs it to be."""
        if self.status in {"queued", "ringing"}:
            self.status, self.answered = "in-progress", self.exchange.clock.elapsed
            self._rings_until = math.inf
            self._lasts_until = self.answered + self.plan.limit
            report(self, "answered", "in-progress")
            if self.on_answer:
                self.on_answer()

    def open(self, extra: Form | None = None) -> None:
        """Begin with the first document, now that somebody is there."""
        if self.plan.url:
            self.main.fetch(self.plan.url, extra, self.plan.method)
        else:
            self.main.play(self.plan.verbs)

    def redirect(self, load: Callable[[], None]) -> None:
        """Take the leg out of what it is in; `load` begins the new document."""
        facts = self.main.leave("redirect")
        late = self.exchange.faults.redirected == "after"
        if not late:
            self._post(facts)
        load()
        if late:
            self._post(facts)

    def end(self, status: str, sip: int = 200) -> None:
        """The leg is over; whatever it was in ends too, and everybody is told."""
        if self.over:
            return
        told = self.status != "queued"
        self._close(status, sip)
        facts = self.main.leave("hangup")
        self.main.close()
        self._post(facts)
        for recording in list(self.exchange.recordings.values()):
            if recording.call == self.sid:
                recording.stop()
        if told:
            report(self, "completed", status)
        if self.on_end:
            self.on_end()

    def _close(self, status: str, sip: int) -> None:
        now = self.exchange.clock
        self.status, self.sip, self.ended = status, sip, now.now()
        self.seconds = 0 if self.answered is None else int(now.elapsed - self.answered)
        self._rings_until = self._lasts_until = math.inf
        self.behaviour = []

    def _post(self, facts: list[Fact]) -> None:
        for fact in facts:
            request = Request(self.sid, fact.url, fact.form, method=fact.method)
            self.exchange.pump.put(f"documents {self.sid}", self._telling(request))

    def _telling(self, request: Request) -> Callable[[], None]:
        return lambda: self.exchange.courier.tell("action", request)

    def _document_over(self) -> None:
        self.document_over()

    def _lost(self, problem: Refused) -> None:
        self.pick_up()
        self.hear("error", problem.code)
        self.end("completed")

    # -- verbs, time, scripts -----------------------------------------------------------------

    def perform(self, player: Player, verb: Verb) -> None:
        """Begin one verb of a document."""
        self.exchange.verbs[verb.name](player, verb)

    def next_due(self) -> float:
        """The moment at which time changes something on this leg."""
        return min(self._rings_until, self._lasts_until, self.main.next_due())

    def elapse(self) -> None:
        """Do what time does."""
        now = self.exchange.clock.elapsed
        if self._rings_until <= now:
            self.end("no-answer", 487)
        elif self._lasts_until <= now:
            self.end("completed")
        else:
            self.main.elapse(now)

    def innermost(self) -> Activity | None:
        """What is going on, in the waiting document where there is one."""
        return self.main.innermost()

    def script_is_ready(self) -> bool:
        """Whether the next step of its script can be done."""
        return bool(self.behaviour) and self.behaviour[0].ready(self)

    def act(self) -> None:
        """Do the next step of its script."""
        self.behaviour.pop(0).act(self)
