"""`record_message`: records what the caller says, as a voicemail does."""

from typing import ClassVar, Literal

from pydantic import Field

from flow.component import VOICE_TYPES, Component, Leave, Outcome, Wait
from flow.context import Context
from flow.effects import KeepRecording
from flow.errors import StepError
from flow.events import Continued, Event, HungUp, Recorded, Silence
from flow.instructions import Record
from flow.message import Message
from flow.voicemail import Delivery


class RecordMessage(Component):
    """Record a message of the caller; one who hangs up after speaking has left it too."""

    TYPES: ClassVar[tuple[str, ...]] = VOICE_TYPES
    NEEDS_CALL: ClassVar[bool] = True
    EXITS: ClassVar[tuple[str, ...]] = ("recorded", "empty")
    FALLBACK: ClassVar[str] = "empty"
    STORES: ClassVar[tuple[str, ...]] = ("recording_id", "seconds", "transcript")
    WAITS: ClassVar[bool] = True
    LAST_WORD: ClassVar[bool] = True

    component: Literal["record_message"]
    message: Message | None = Field(default=None, description="Said before.")
    beep: bool = Field(default=True, description="A tone says when to speak.")
    max_seconds: int = Field(default=120, ge=1, le=3_600, description="It is cut after.")
    finish_key: str = Field(
        default="#", pattern=r"^[0-9*#]?$", description="The key that ends it; empty: none."
    )
    silence_seconds: int = Field(default=5, ge=1, le=60, description="So much silence ends it.")
    transcribe: bool = Field(default=False, description="Ask for it in writing too.")
    deliver: Delivery | None = Field(default=None, description="Whom to give it to, and how.")

    def problems(self) -> list[tuple[str, str]]:
        """Find a delivery that would reach nobody."""
        found = self.deliver.problems() if self.deliver else []
        return [(f"deliver.{place}".rstrip("."), reason) for place, reason in found]

    def start(self, context: Context) -> Wait:
        """Say the message and record."""
        record = Record(
            self.max_seconds, self.finish_key, self.silence_seconds, self.beep, self.transcribe
        )
        return Wait((*context.speak(self.message or []), record))

    def resume(self, context: Context, event: Event) -> Outcome:
        """Leave by whether something was recorded."""
        match event:
            case Recorded():
                return self._recorded(context, event) or Leave("empty")
            case Silence() | Continued():
                return Leave("empty")
            case _:
                raise StepError(f"a recording does not end by {type(event).__name__}")

    def hang_up(self, context: Context, event: HungUp) -> Leave | None:
        """Keep what the caller said before hanging up; data steps may follow."""
        return self._recorded(context, event.last) if isinstance(event.last, Recorded) else None

    def _recorded(self, context: Context, event: Recorded) -> Leave | None:
        if not event.recording or event.seconds <= 0:
            return None
        found = {"recording_id": event.recording, "seconds": event.seconds, "transcript": ""}
        fact = KeepRecording(event.recording, "voicemail", context.step, event.seconds)
        order, wrong = self.deliver.order(context, event) if self.deliver else (None, "")
        told = {"undelivered": wrong} if wrong else {}
        return Leave("recorded", found | told, facts=(fact,), orders=(order,) if order else ())
