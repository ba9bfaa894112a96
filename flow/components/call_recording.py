"""`call_recording`: starts, pauses, resumes or stops the recording of the whole call."""

from typing import ClassVar, Literal

from pydantic import Field

from flow.component import VOICE_TYPES, Component, Leave, Need, Outcome, Wait
from flow.context import Context
from flow.effects import ControlRecording
from flow.errors import StepError
from flow.events import EffectDone, Event
from flow.instructions import Channels, Proceed, StartRecording
from flow.message import Message

_AFTER = {"start": "on", "pause": "paused", "resume": "on", "stop": "off"}


class CallRecording(Component):
    """Start, pause, resume or stop the recording of the call.

    What was said before a change is heard before it: the change waits for the channel. A call
    that is already recorded as asked is left as it is.
    """

    TYPES: ClassVar[tuple[str, ...]] = VOICE_TYPES
    NEEDS_CALL: ClassVar[bool] = True
    FALLBACK: ClassVar[str] = "done"
    STORES: ClassVar[tuple[str, ...]] = ("recording_id",)

    component: Literal["call_recording"]
    action: Literal["start", "pause", "resume", "stop"] = Field(
        description="What to do with the recording."
    )
    channels: Channels = Field(default="dual", description="Both sides together or apart.")
    consent_message: Message | None = Field(default=None, description="Said before it starts.")

    def problems(self) -> list[tuple[str, str]]:
        """Find a consent message that nobody would hear."""
        if self.consent_message and self.action != "start":
            return [("consent_message", "it is only said with action: start")]
        return []

    def start(self, context: Context) -> Outcome:
        """Start recording, or let the channel come back before the recording is changed."""
        now = context.execution.recording
        if now == "off" and self.action == "start":
            say = (*context.speak(self.consent_message or []), StartRecording(self.channels))
            return Leave("done", {"recording_id": ""}, say, changes={"recording": "on"})
        if now == "off" and self.action == "resume":
            raise StepError("no recording was started, so none can be resumed")
        if now in {_AFTER[self.action], "off"}:
            return Leave("done", {"recording_id": ""})
        return Wait((Proceed(),))

    def resume(self, context: Context, event: Event) -> Outcome:
        """Change the recording once everything before was heard, and leave when it is done."""
        if not isinstance(event, EffectDone):
            call = str(context.execution.call.get("sid", ""))
            action: Literal["pause", "resume", "stop"] = (
                "resume" if self.action == "start" else self.action
            )
            return Need(ControlRecording(context.effect_id(), action, call))
        if event.outcome != "done":
            raise StepError(f"the carrier could not {self.action} the recording")
        recording = str(event.result.get("recording_id", ""))
        changes = {"recording": _AFTER[self.action]}
        return Leave("done", {"recording_id": recording}, changes=changes)
