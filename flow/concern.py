"""Which events mean something to a run as it stands; all others change nothing."""

from flow.events import EffectDone, Event, HungUp, News, PickedUp, Started, TimerFired
from flow.execution import Execution


def concerns(execution: Execution, event: Event) -> bool:
    """Say whether a run that has not ended waits for this event.

    Nobody but a contact on the line presses, says or ends anything. A run that has not begun (the
    flow of an outgoing call before the contact's answer) is begun by `Started` or by that answer,
    and ended by the news that there is none.
    """
    match event:
        case Started():
            return not execution.turns
        case EffectDone(effect=name) | TimerFired(timer=name):
            return bool(name) and execution.awaits == name
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
            there = execution.live or execution.type == "incoming_message"
            return there and bool(execution.turns) and not execution.awaits
