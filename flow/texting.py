"""What all steps share that ask by messages: the question is sent, then a timer runs.

The step's state holds `silent` while it is asked again because nothing came: the exit to take
where that cannot be sent.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flow.component import Leave, Need, Outcome, Wait
from flow.context import Context
from flow.effects import SendMessage, StartTimer
from flow.errors import StepError
from flow.events import EffectDone
from flow.message import Item
from flow.writing import Choices, written

SECONDS = 86_400.0
"""How long a contact may take to answer a message, where the flow does not say."""


NOBODY = "there is no conversation, so nobody could answer; send_message with to opens one"


def is_bulk(context: Context, said: object) -> bool:
    """Say whether answers overtake a message: the step says so (None: it does not say).

    What an API call has begun is bulk: thousands may be started at once, and nobody asked for them.
    """
    return context.execution.type == "api_request" if said is None else bool(said)


def send(
    context: Context, message: Sequence[Item], state: Mapping[str, Any], choices: Choices = ()
) -> Need:
    """Send a question into the run's conversation.

    Raises:
        StepError: nobody could answer it, or there is nothing to send.
    """
    need_conversation(context)
    found = written(context, message)
    if not (found.text or found.media):
        raise StepError("the message is empty")
    effect = SendMessage(
        context.effect_id(),
        found.text,
        found.media,
        choices,
        conversation=context.execution.conversation,
    )
    return Need(effect, state)


def need_conversation(context: Context) -> None:
    """See that the contact can be asked by messages.

    Raises:
        StepError: there is no conversation, or a call goes on.
    """
    if context.live:
        raise StepError("a call goes on; ask by menu or collect_speech")
    if not context.execution.conversation:
        raise StepError(NOBODY)


def sent(context: Context, event: EffectDone, seconds: float) -> Outcome:
    """Wait for the answer once the question is on its way.

    Raises:
        StepError: it was not sent.
    """
    if event.outcome == "sent":
        state = {name: kept for name, kept in context.state.items() if name != "silent"}
        return wait(context, state, seconds)
    if silent := context.state.get("silent"):
        return Leave(silent)
    raise StepError(f"the question was not sent: {why(event)}")


def why(event: EffectDone) -> str:
    """Say why a message was not sent."""
    if event.outcome == "opted_out":
        return "the contact wants no messages"
    return str(event.result.get("reason") or "no reason was given")


def wait(context: Context, state: Mapping[str, Any], seconds: float) -> Wait:
    """Wait for a message, for so many seconds."""
    due = context.at + timedelta(seconds=seconds)
    return Wait((), state, timer=StartTimer(context.effect_id(), due))
