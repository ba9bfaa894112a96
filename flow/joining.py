"""What joins the contact of an outgoing call with the agent who waits, and hears how it ended."""

from flow.component import Need, Outcome, Wait
from flow.context import Context
from flow.effects import HowItEnded
from flow.errors import StepError
from flow.events import Continued, DialEnded, EffectDone, Event, News
from flow.instructions import Join

_ENDED = frozenset({"finished", "accident", "agent_left"})


def join(context: Context) -> Wait:
    """Bring the contact into the room where the agent waits.

    Raises:
        StepError: no agent waits there any more.
    """
    run = context.execution
    if not run.place:
        raise StepError("no agent waits for this contact")
    return Wait((Join(run.room),), {"place": run.place}, hears=run.place)


def ended(context: Context, event: Event) -> Outcome | int:
    """Go on after an event of the conversation: its seconds once it is over.

    Raises:
        StepError: the event means nothing to those who speak.
    """
    match event:
        case DialEnded() | Continued():
            place = context.state["place"]
            return Need(HowItEnded(context.effect_id(), place), context.state, hears=place)
        case EffectDone(outcome=word) | News(word=word) if word in _ENDED:
            return int(event.result.get("talk_seconds", 0))
        case _:
            raise StepError(f"a conversation is not ended by {type(event).__name__}")


def last_agent(event: Event) -> dict[str, str]:
    """Say what changes of the run when somebody else than its agent spoke with the contact last."""
    told = event.result.get("agent") if isinstance(event, EffectDone | News) else ""
    return {"agent": str(told)} if told else {}
