"""What the webhooks need of the rest of the house: one small Protocol and the values it takes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flow.events import Event
from flow.ledger import Answer, CallFact
from runner.voice import Arrival
from runner.waiting import Waits

__all__ = ["Arrival", "LegRequest", "RecordingFact", "VoiceService", "Waits"]


@dataclass(frozen=True, slots=True)
class RecordingFact:
    """One recording callback: `status` is the carrier's word, `error` its code, empty for none."""

    sid: str
    call: str
    status: str
    at: datetime
    seconds: int | None = None
    source: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class LegRequest:
    """A request of a leg that we placed: what the carrier says of the call, and the keys pressed.

    `hint` is what the address was handed out for, `answered_by` the answering-machine detection.
    """

    leg: str
    token: str
    fact: CallFact
    fingerprint: str
    digits: str = ""
    hint: str = ""
    answered_by: str = ""


class VoiceService(Protocol):
    """Takes what the carrier reports and says what it is answered.

    Any method may raise `runner.errors.Unavailable`: the caller is then held and asked again. An
    empty fingerprint is the carrier's fallback: the token, or the call's id, alone says which
    request it repeats.
    """

    def arrive(self, arrival: Arrival) -> Answer:
        """Begin the flow bound to the number called; a repeat gets the stored answer."""

    def move(self, execution: str, token: str, fingerprint: str, event: Event) -> Answer:
        """Move a walk by one turn; a repeat gets the stored answer, a stale token the present."""

    def again(self, execution: str, token: str) -> Answer:
        """Give what the walk last said, for a caller whose answer could not be taken."""

    def wait(self, request: Waits) -> Answer:
        """Say what is heard in the waiting room, or let the contact out of it."""

    def hold(self, room: str, token: str) -> Answer:
        """Give what is heard on hold."""

    def leg(self, request: LegRequest) -> Answer:
        """Answer an agent or a contact whom we called."""

    def fact(self, fact: CallFact, leg: str = "") -> None:
        """Take note of how a call stands; `leg` names one that we placed."""

    def recording(self, fact: RecordingFact) -> None:
        """Take note of how a recording stands."""
