"""Hands what the webhooks understood to the one door: `runner`."""

from flow.events import Event
from flow.ledger import Answer, CallFact, Recording
from ivr.service import LegRequest, RecordingFact
from runner.agent_legs import AgentLegs, Pressed
from runner.contact_legs import ContactLegs
from runner.facts import CallFacts, RecordingFacts
from runner.rooms import Rooms
from runner.voice import Arrival, Return, Voice
from runner.waiting import WaitingRoom, Waits

_STATES = {"completed": "ready", "absent": "absent", "failed": "absent"}
"""What the carrier's words for a recording mean to us; any other word changes nothing."""


class CarrierService:
    """The webhooks' `VoiceService`, on the runner."""

    def __init__(  # noqa: PLR0913, PLR0917  everything the webhooks reach; composed once, in app.py
        self,
        voice: Voice,
        calls: CallFacts,
        recordings: RecordingFacts,
        waiting: WaitingRoom,
        agents: AgentLegs,
        contacts: ContactLegs,
        rooms: Rooms,
    ) -> None:
        self._rooms = rooms
        self._voice, self._calls, self._recordings = voice, calls, recordings
        self._waiting, self._agents, self._contacts = waiting, agents, contacts

    def arrive(self, arrival: Arrival) -> Answer:
        """Begin the flow bound to the number called; a repeat gets the stored answer."""
        return self._voice.arrive(arrival)

    def move(self, execution: str, token: str, fingerprint: str, event: Event) -> Answer:
        """Move a walk by one turn; a repeat gets the stored answer, a stale token the present."""
        return self._voice.come_back(Return(execution, token, fingerprint, event))

    def again(self, execution: str, token: str) -> Answer:
        """Give what the walk last said, for a caller whose answer could not be taken."""
        return self._voice.present(execution)

    def wait(self, request: Waits) -> Answer:
        """Say what is heard in the waiting room, or let the contact out of it."""
        return self._waiting.answer(request)

    def hold(self, room: str, token: str) -> Answer:
        """Give what is heard on hold."""
        return self._rooms.music(room, token)

    def leg(self, request: LegRequest) -> Answer:
        """Answer an agent or a contact whom we called."""
        leg = self._contacts.leg(request.leg, request.token)
        if leg is not None and leg.kind == "contact":
            fact, by = request.fact, request.answered_by
            return self._contacts.answer(leg, fact, request.fingerprint, by, self._voice)
        follows = {"asked": "gather", "joined": "dial", "said": "said"}
        after = {name: request.hint == hint for name, hint in follows.items()}
        return self._agents.answer(
            Pressed(request.leg, request.token, request.fact, request.digits, **after)
        )

    def fact(self, fact: CallFact, leg: str = "") -> None:
        """Take note of how a call stands; `leg` names one that we placed."""
        self._calls.take(fact, leg)

    def recording(self, fact: RecordingFact) -> None:
        """Take note of how a recording stands."""
        self._recordings.take(
            Recording(
                sid=fact.sid,
                state=_STATES.get(fact.status, ""),
                updated=fact.at,
                call=fact.call,
                seconds=fact.seconds or 0,
                reason=fact.error,
            )
        )
