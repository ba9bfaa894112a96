"""`collect_speech`: asks the caller to say something and keeps the words."""

from typing import ClassVar, Literal

from pydantic import Field

from flow.asking import Asking
from flow.component import VOICE_TYPES, Leave, Outcome
from flow.context import Context
from flow.errors import StepError
from flow.events import Continued, Event, Silence, Speech
from flow.instructions import Collect, Spoken
from flow.language.phrases import matches
from flow.message import Item, Message


class CollectSpeech(Asking):
    """Ask the caller to say something; with `grammar`, one of its phrases must be heard."""

    TYPES: ClassVar[tuple[str, ...]] = VOICE_TYPES
    EXITS: ClassVar[tuple[str, ...]] = ("heard", "no_match", "timeout")
    FALLBACK: ClassVar[str] = "no_match"
    STORES: ClassVar[tuple[str, ...]] = ("speech", "confidence")

    component: Literal["collect_speech"]
    message: Message
    language: str = Field(default="", description="What is spoken; the flow's when empty.")
    hints: tuple[str, ...] = Field(
        default=(), description="Words that are likely, for the recogniser; templates."
    )
    grammar: tuple[str, ...] = Field(
        default=(), description="Phrases of which one must be said; templates. Empty: anything."
    )

    def prompt(self) -> list[Item]:
        """Give what is asked."""
        return self.message

    def collect(self, context: Context, prompts: tuple[Spoken, ...]) -> Collect:
        """Ask for speech only."""
        return Collect(
            prompts,
            keys=False,
            speech=True,
            timeout=self.seconds(),
            hints=tuple(dict.fromkeys(context.render(h) for h in (*self.hints, *self.grammar))),
            language=context.render(self.language) or context.language,
        )

    def start(self, context: Context) -> Outcome:
        """Ask for the first time."""
        return self.ask(context)

    def resume(self, context: Context, event: Event) -> Outcome:
        """Leave with the words, ask again, or give up after the last try."""
        match event:
            case Speech(text=said, confidence=confidence):
                accepted = [context.render(phrase) for phrase in self.grammar]
                if said.strip() and (not accepted or matches(said, accepted)):
                    return Leave("heard", {"speech": said, "confidence": confidence})
                return self.retry(context, "no_match")
            case Silence() | Continued():
                return self.retry(context, "timeout")
            case _:
                raise StepError(f"speech is not given by {type(event).__name__}")
