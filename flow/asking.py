"""What all steps share that ask the contact something: prompts, tries, and when to give up."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from flow.component import Component, Leave, Outcome, Wait
from flow.context import Context
from flow.instructions import Collect, Spoken
from flow.language.durations import Duration
from flow.message import Item, Message

SECONDS = 5
"""How long a caller may think, from the end of the prompt or the last key."""


class Asking(Component):
    """A step that asks, and asks again until its tries are used up.

    A subclass says what is asked (`prompt`) and how it is collected (`collect`). The step's
    state holds `tries_left` and whatever else it was given when it first asked.
    """

    NEEDS_CALL: ClassVar[bool] = True
    WAITS: ClassVar[bool] = True

    timeout: Duration | None = Field(
        default=None, description="Waited for an answer, or for the next key. Calls: 5 s."
    )
    tries: int = Field(default=3, ge=1, le=10, description="How often it is asked at the most.")
    retry_message: Message | None = Field(default=None, description="Said before asking again.")

    def prompt(self) -> list[Item]:
        """Give what is asked."""
        raise NotImplementedError

    def collect(self, context: Context, prompts: tuple[Spoken, ...]) -> Collect:
        """Make the instruction that asks."""
        raise NotImplementedError

    def seconds(self) -> int:
        """How long the channel waits for an answer, in whole seconds."""
        return max(1, round(SECONDS if self.timeout is None else self.timeout))

    def ask(self, context: Context, state: Mapping[str, Any] | None = None) -> Wait:
        """Ask for the first time; `state` is kept with the tries.

        Raises:
            TemplateError: the message does not render.
        """
        question = self.collect(context, context.speak(self.prompt()))
        return Wait((question,), {**(state or {}), "tries_left": self.tries - 1})

    def again(self, context: Context) -> Wait | None:
        """Ask once more, with the message for that before; None after the last try.

        Raises:
            TemplateError: a message does not render.
        """
        left = context.state["tries_left"]
        if left <= 0:
            return None
        prompts = context.speak([*(self.retry_message or []), *self.prompt()])
        return Wait((self.collect(context, prompts),), {**context.state, "tries_left": left - 1})

    def retry(self, context: Context, give_up: str) -> Outcome:
        """Ask once more, or leave by `give_up` after the last try."""
        return self.again(context) or Leave(give_up)
