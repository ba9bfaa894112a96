"""Which events mean something to a run as it stands, and when a run is too old for any."""

from datetime import datetime

from flow import limits
from flow.context import parse_time
from flow.events import (
    EffectDone,
    Event,
    HungUp,
    MessageIn,
    News,
    PickedUp,
    Started,
    TimerFired,
)
from flow.execution import Execution
from flow.flow import Flow


def concerns(flow: Flow, execution: Execution, event: Event) -> bool:
    """Say whether a run of the flow that has not ended waits for this event.

    Nobody but a contact on the line presses, says or ends anything. A run that has not begun (the
    flow of an outgoing call before the contact's answer) is begun by `Started` or by that answer,
    and ended by the news that there is none. A message is read where the contact is asked, or waits
    for an agent, in writing.
    """
    match event:
        case Started():
            return not execution.turns
        case EffectDone(effect=name):
            return bool(name) and execution.awaits == name
        case TimerFired(timer=name):
            return bool(name) and name == (execution.awaits or execution.timer)
        case MessageIn():
            talks = bool(execution.conversation) and bool(execution.turns)
            return talks and not execution.awaits and _reads(flow, execution)
        case News(effect=name):
            heard = name in {execution.hears, execution.place}
            return bool(name) and heard and not execution.awaits
        case PickedUp(effect=name):
            listens = bool(name) and execution.hears == name and not execution.awaits
            return listens and not execution.live
        case HungUp(call=call):
            same = call in {"", execution.call.get("sid", "")}
            return execution.live and same and bool(execution.turns)
        case _:
            return execution.live and bool(execution.turns) and not execution.awaits


def _reads(flow: Flow, execution: Execution) -> bool:
    frame = execution.frame
    return not execution.live and flow.module(frame.flow).steps[frame.step].TEXTS


def too_old(execution: Execution, at: datetime) -> bool:
    """Say whether a run has lasted longer than any call or conversation does."""
    # A run without a live call may wait for days, as a conversation does.
    on_call = execution.live and execution.type != "incoming_message"
    lifetime = limits.VOICE_LIFETIME if on_call else limits.MESSAGE_LIFETIME
    began = execution.picked_up if on_call and execution.picked_up else execution.started
    return execution.turns > limits.TURNS_PER_EXECUTION or at - parse_time(began) > lifetime
