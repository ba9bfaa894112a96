"""What the steps share that call a contact back: an agent is found first, then the contact.

The agent waits in a room (`Execution.place`, `room`) while the contact is called; the contact's
answer joins the two. An agent who hangs up before that was not there.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from flow.component import Leave, Need, Outcome, Wait
from flow.context import Context
from flow.effects import Drop, HowItEnded, PlaceCall
from flow.errors import StepError
from flow.events import Continued, DialEnded, EffectDone, Event, News, PickedUp
from flow.instructions import Join
from flow.queueing import Queueing

RING = 30
"""Seconds a contact is rung who is called back."""

_OVER = frozenset({"finished", "accident"})
_NOBODY = frozenset({"no_match", "timeout", "no_answer"})


class CallingBack(Queueing):
    """A step that lets an agent and then a contact be called; the subclass says what follows.

    Its state holds `phase` (entering, waiting, calling, joined), `place`, `queue`, `to` and
    `sender`.
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
        match event:
            case PickedUp(call=call):
                return _join(context, call)
            case News(effect=order, word=word) if order != context.state["place"]:
                return self.unreached(context, word)
            case EffectDone(outcome=word) | News(word=word):
                return self._told(context, word, event.result)
            case DialEnded() | Continued() if context.state["phase"] == "joined":
                place = context.state["place"]
                return Need(HowItEnded(context.effect_id(), place), context.state, hears=place)
            case _:
                raise StepError(f"a callback is not ended by {type(event).__name__}")

    def drop(self, context: Context, word: str) -> Drop:
        """Let the agent go who waits, and tell why."""
        return Drop(context.state["place"], word)

    def _told(self, context: Context, word: str, result: Mapping[str, Any]) -> Outcome:
        joined = context.state["phase"] == "joined"
        if word == "waiting":
            return self.entered(context)
        if word == "assigned":
            return _call(context, result)
        if word in _NOBODY:
            return self.nobody(context, word)
        if joined and (word in _OVER or word == "agent_left"):
            return _finished(context, result)
        if word == "agent_left":
            return self.nobody(context, "no_answer")
        raise StepError(f"the desk said {word!r}, which means nothing here")


def _call(context: Context, result: Mapping[str, Any]) -> Wait:
    """Call the contact: the agent waits in the room now."""
    state = {**context.state, **result, "phase": "calling"}
    order = PlaceCall(context.effect_id(), state["to"], state["sender"], RING)
    changes = {"place": state["place"], "room": result["assignment"]}
    return Wait((), state, orders=(order,), hears=order.id, changes=changes)


def _join(context: Context, call: Mapping[str, Any]) -> Wait:
    state = {**context.state, "phase": "joined"}
    channel = {"type": "voice", "address": state["to"]}
    changes = {"live": True, "call": dict(call), "channel": channel}
    return Wait((Join(state["assignment"]),), state, hears=state["place"], changes=changes)


def _finished(context: Context, result: Mapping[str, Any]) -> Leave:
    state = context.state
    kept = {"agent": state["agent"], "talk_seconds": int(result.get("talk_seconds", 0))}
    changes = {"agent": state["agent"], "queue": state["queue"], "place": ""}
    return Leave("call_finished", kept, changes=changes)
