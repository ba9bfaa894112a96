"""What joins the contact of an outgoing call with the agent who waits, and hears how it ended.

Where something is to be said to the agent first, the contact waits meanwhile: in the waiting room,
out of which one way only leads at a time.
"""

from flow.component import Need, Outcome, Place, Wait
from flow.context import Context
from flow.effects import Brief, HowItEnded
from flow.errors import StepError
from flow.events import Continued, DialEnded, EffectDone, Event, News, QueueLeft
from flow.instructions import Enqueue, Instruction, Join, Music
from flow.waiting_room import LONGEST

_ENDED = frozenset({"finished", "accident", "agent_left"})
_BRIEFED = frozenset({"heard", "unheard"})


def join(context: Context) -> Wait:
    """Bring the contact into the room where the agent waits, who hears the whisper before.

    Raises:
        StepError: no agent waits there any more.
    """
    run = context.execution
    if not run.place:
        raise StepError("no agent waits for this contact")
    if not run.whisper:
        return _joined(run.room, run.place)
    order = Brief(
        context.effect_id(), run.place, run.room, run.whisper, context.language, context.at
    )
    state = {"place": run.place, "room": run.room, "briefs": order.id, "queue": run.agent}
    return Wait((Enqueue(run.agent),), state, orders=(order,), hears=order.id)


def ended(context: Context, event: Event) -> Outcome | int:
    """Go on after an event of the join or of the conversation: its seconds once it is over.

    Raises:
        StepError: the event means nothing to those who speak, or to one who waits.
    """
    state = context.state
    match event:
        case News(effect=order, word=word) if order == state.get("briefs") and word in _BRIEFED:
            return _joined(state["room"], state["place"])
        case QueueLeft(result="leave") if is_briefing(context):
            return Wait((Enqueue(state["queue"]),), state, hears=state["briefs"])
        case DialEnded() | Continued() if not is_briefing(context):
            place = state["place"]
            return Need(HowItEnded(context.effect_id(), place), state, hears=place)
        case EffectDone(outcome=word) | News(word=word) if word in _ENDED:
            return int(event.result.get("talk_seconds", 0))
        case _:
            raise StepError(f"a conversation is not ended by {type(event).__name__}")


def is_briefing(context: Context) -> bool:
    """Say whether the contact waits while something is said to the agent."""
    return "briefs" in context.state


def heard_meanwhile(context: Context, place: Place) -> tuple[Instruction, ...]:
    """Say what the contact hears until the agent is back: the flow's music."""
    del place
    if not is_briefing(context):
        return ()
    return (Music(context.render(context.flow.music or context.root.music).strip(), LONGEST),)


def last_agent(event: Event) -> dict[str, str]:
    """Say what changes of the run when somebody else than its agent spoke with the contact last."""
    told = event.result.get("agent") if isinstance(event, EffectDone | News) else ""
    return {"agent": str(told)} if told else {}


def _joined(room: str, place: str) -> Wait:
    return Wait((Join(room),), {"place": place}, hears=place)
