"""What the webhooks need of the rest of the house: one small Protocol and the values it takes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flow.events import Event
from flow.ledger import Answer, CallFact
from runner.voice import Arrival

__all__ = ["Arrival", "RecordingFact", "VoiceService"]


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

    def fact(self, fact: CallFact) -> None:
        """Take note of how a call stands."""

    def recording(self, fact: RecordingFact) -> None:
        """Take note of how a recording stands."""
