"""What the steps share that call a contact back: an agent is found first, then the contact.

The agent waits in a room (`Execution.place`, `room`) while the contact is called; the contact's
answer joins the two. An agent who hangs up before that was not there.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from flow.component import Finish, Leave, Need, Outcome, Wait
from flow.context import Context
from flow.effects import Drop, HowItEnded, PlaceCall
from flow.errors import StepError
from flow.events import Continued, DialEnded, EffectDone, Event, HungUp, News, PickedUp
from flow.instructions import Join
from flow.queueing import Queueing

RING = 30
"""Seconds a contact is rung who is called back."""


class CallingBack(Queueing):
    """A step that lets an agent and then a contact be called; the subclass says what follows.

    Its state holds `phase` (entering, waiting, calling, joined), `place`, `queue`, `to` and
    `sender`; once an agent waits `assignment` and `agent`; and `kept`, results of before.
    """

    WAITS: ClassVar[bool] = True
    HEARS_PLACE: ClassVar[bool] = True

    def nobody(self, context: Context, word: str) -> Outcome:
        """Go on when no agent was found: `no_match`, `timeout`, `no_answer`."""
        raise NotImplementedError

    def unreached(self, context: Context, word: str) -> Outcome:
        """Go on when the contact was not reached; `word` is one of the news of `PlaceCall`."""
        raise NotImplementedError

    def entered(self, context: Context) -> Outcome:
        """Go on when the callback has its place in the line."""
        return Wait((), {**context.state, "phase": "waiting"}, hears=context.state["place"])

    def enter(self, context: Context, to: str, sender: str, **callback: Any) -> Need:
        """Take a place in the line for a number; `callback` says from when on it counts."""
        promise = {"number": to, "requested": context.at.isoformat(), **callback}
        order = self.order(context, call="", caller=to, line=sender, callback=promise)
        state = {**context.state, "phase": "entering", "place": order.id, "queue": order.queue}
        return Need(order, {**state, "to": to, "sender": sender}, hears=order.id)

    def go_on(self, context: Context, event: Event) -> Outcome:
        """Go on by what the desk, the call or the channel says.

        Raises:
            StepError: the event means nothing here.
        """
        if "place" not in context.state:
            raise StepError(f"a number is not checked by {type(event).__name__}")
        match event:
            case PickedUp(call=call) if context.state["phase"] == "calling":
                return _join(context, call)
            case News(effect=order, word=word) if order != context.state["place"]:
                return self.unreached(context, word)
            case EffectDone(outcome=word):
                return self._answered(context, word, event.result)
            case News(word=word):
                return self._told(context, word, event.result)
            case DialEnded() | Continued() if _joined(context):
                place = context.state["place"]
                return Need(HowItEnded(context.effect_id(), place), context.state, hears=place)
            case _:
                raise StepError(f"a callback is not ended by {type(event).__name__}")

    def hang_up(self, context: Context, event: HungUp) -> Finish:
        """The contact left: the call is over as it should be once both were joined."""
        del event
        return Finish("completed" if _joined(context) else "hung_up")

    def drop(self, context: Context, word: str) -> Drop:
        """Let the agent go who waits, and tell why."""
        return Drop(context.state["place"], word)

    def _answered(self, context: Context, word: str, result: Mapping[str, Any]) -> Outcome:
        match context.state["phase"], word:
            case "entering", "waiting":
                return self.entered(context)
            case "entering", "no_match":
                return self.nobody(context, word)
            case "joined", "finished" | "accident":
                return _finished(context, result)
            case _:
                raise _odd(word)

    def _told(self, context: Context, word: str, result: Mapping[str, Any]) -> Outcome:
        match context.state["phase"], word:
            case _, "assigned":
                return _call(context, result)
            case "joined", "agent_left":
                return _finished(context, result)
            case "waiting" | "calling", "agent_left":
                return self.nobody(context, "no_answer")
            case "waiting", "no_match" | "timeout" | "no_answer":
                return self.nobody(context, word)
            case _:
                raise _odd(word)


def _odd(word: str) -> StepError:
    return StepError(f"the desk said {word!r}, which means nothing here")


def _joined(context: Context) -> bool:
    return str(context.state["phase"]) == "joined"


def _call(context: Context, result: Mapping[str, Any]) -> Wait:
    """Call the contact: the agent waits in the room now. Told twice it changes nothing."""
    if context.state["phase"] != "waiting":
        return Wait((), context.state, hears=context.execution.hears)
    state = {**context.state, **result, "phase": "calling"}
    until = str(state.get("until", ""))
    order = PlaceCall(context.effect_id(), state["to"], state["sender"], RING, until=until)
    changes = {"place": state["place"], "room": result["assignment"]}
    return Wait((), state, orders=(order,), hears=order.id, changes=changes)


def _join(context: Context, call: Mapping[str, Any]) -> Wait:
    state = {**context.state, "phase": "joined"}
    known = context.execution.contact.get("number")
    changes = {
        "live": True,
        "call": dict(call),
        "channel": {"type": "voice", "address": state["to"]},
        "contact": {} if known else {"number": state["to"]},
    }
    return Wait((Join(state["assignment"]),), state, hears=state["place"], changes=changes)


def _finished(context: Context, result: Mapping[str, Any]) -> Leave:
    state = context.state
    agent = result.get("agent") or state["agent"]
    spoke = {"agent": agent, "talk_seconds": int(result.get("talk_seconds", 0))}
    changes = {"agent": agent, "queue": state["queue"], "place": ""}
    return Leave("call_finished", {**state.get("kept", {}), **spoke}, changes=changes)
