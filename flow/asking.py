"""What all steps share that ask the contact something: prompts, tries, and when to give up."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from flow import texting
from flow.component import Component, Leave, Need, Outcome, Wait
from flow.context import Context
from flow.events import EffectDone
from flow.instructions import Collect, Spoken
from flow.language.durations import Duration
from flow.message import Item, Message
from flow.writing import Choices

SECONDS = 5
"""How long a caller may think, from the end of the prompt or the last key."""


class Asking(Component):
    """A step that asks, and asks again until its tries are used up.

    A subclass says what is asked (`prompt`) and how it is collected: on a call by `collect`, in a
    conversation (where `TEXTS`) by messages with `choices`. The step's state holds `tries_left`
    and whatever else it was given when it first asked.
    """

    NEEDS_CALL: ClassVar[bool] = True
    WAITS: ClassVar[bool] = True

    timeout: Duration | None = Field(
        default=None,
        description="Waited for an answer, or for the next key. Calls: 5 s, messages: 24 h.",
    )
    tries: int = Field(default=3, ge=1, le=10, description="How often it is asked at the most.")
    retry_message: Message | None = Field(default=None, description="Said before asking again.")

    def prompt(self) -> list[Item]:
        """Give what is asked."""
        raise NotImplementedError

    def collect(self, context: Context, prompts: tuple[Spoken, ...]) -> Collect:
        """Make the instruction that asks."""
        raise NotImplementedError

    def choices(self, context: Context) -> Choices:
        """Give the quick replies that go with a question by message."""
        del context
        return ()

    def seconds(self) -> int:
        """How long the channel waits for an answer, in whole seconds."""
        return max(1, round(SECONDS if self.timeout is None else self.timeout))

    def ask(self, context: Context, state: Mapping[str, Any] | None = None) -> Wait | Need:
        """Ask for the first time; `state` is kept with the tries.

        Raises:
            StepError: the message does not render.
        """
        asked = {**(state or {}), "tries_left": self.tries - 1}
        return self._ask(context, self.prompt(), asked)

    def again(self, context: Context, silent: str = "") -> Wait | Need | None:
        """Ask once more, with the message for that before; None after the last try.

        `silent` is the exit to take where nothing came and it cannot be asked again.

        Raises:
            StepError: a message does not render.
        """
        left = context.state["tries_left"]
        if left <= 0:
            return None
        message = [*(self.retry_message or []), *self.prompt()]
        state = {**context.state, "tries_left": left - 1}
        if silent and context.texting:
            state["silent"] = silent
        return self._ask(context, message, state)

    def retry(self, context: Context, give_up: str, *, silent: bool = False) -> Outcome:
        """Ask once more, or leave by `give_up` after the last try; `silent`: nothing came."""
        return self.again(context, give_up if silent else "") or Leave(give_up)

    def sent(self, context: Context, event: EffectDone) -> Outcome:
        """Wait for the answer to a question that was sent.

        Raises:
            StepError: it was not sent.
        """
        return texting.sent(context, event, self.patience())

    def patience(self) -> float:
        """How long an answer by message is waited for, in seconds."""
        return texting.SECONDS if self.timeout is None else self.timeout

    def _ask(self, context: Context, message: list[Item], state: Mapping[str, Any]) -> Wait | Need:
        if context.texting:
            return texting.send(context, message, state, self.choices(context))
        return Wait((self.collect(context, context.speak(message)),), state)
