"""Hands what the webhooks understood to the one door: `runner`."""

from flow.events import Event
from flow.ledger import Answer, CallFact, Recording
from ivr.service import RecordingFact
from runner.facts import CallFacts, RecordingFacts
from runner.voice import Arrival, Return, Voice

_STATES = {"completed": "ready", "absent": "absent", "failed": "absent"}
"""What the carrier's words for a recording mean to us; any other word changes nothing."""


class CarrierService:
    """The webhooks' `VoiceService`, on the runner."""

    def __init__(self, voice: Voice, calls: CallFacts, recordings: RecordingFacts) -> None:
        self._voice, self._calls, self._recordings = voice, calls, recordings

    def arrive(self, arrival: Arrival) -> Answer:
        """Begin the flow bound to the number called; a repeat gets the stored answer."""
        return self._voice.arrive(arrival)

    def move(self, execution: str, token: str, fingerprint: str, event: Event) -> Answer:
        """Move a walk by one turn; a repeat gets the stored answer, a stale token the present."""
        return self._voice.come_back(Return(execution, token, fingerprint, event))

    def again(self, execution: str, token: str) -> Answer:
        """Give what the walk last said, for a caller whose answer could not be taken."""
        return self._voice.present(execution)

    def fact(self, fact: CallFact) -> None:
        """Take note of how a call stands."""
        self._calls.take(fact)

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
