"""`assign_and_dial`: lets the caller wait for an agent and joins the two."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from flow import waiting_room
from flow.component import Finish, Leave, Need, Outcome, Place, Wait
from flow.context import Context, parse_time
from flow.effects import HowItEnded
from flow.errors import StepError
from flow.events import Continued, DialEnded, Digits, EffectDone, Event, HungUp, News, QueueLeft
from flow.instructions import Enqueue, Instruction, Join
from flow.language.templates import is_template
from flow.queueing import Queueing
from flow.waiting_room import Repeated


class AssignAndDial(Queueing):
    """Find an agent: the caller waits with music and messages, and is joined with who accepts.

    `call_finished` is the way on when the agent has left and the caller is still there. A key
    while waiting takes its exit; the place in the line is kept until then. An agent whose line
    breaks brings the caller back to the head of the line. While the caller waits, `messages` see
    `position` and `wait_seconds` under `steps.<id>`; the position is empty where it is unknown.
    """

    TYPES: ClassVar[tuple[str, ...]] = ("incoming_call", "api_request", "module")
    NEEDS_CALL: ClassVar[bool] = True
    EXITS: ClassVar[tuple[str, ...]] = ("call_finished", "no_match", "timeout", "no_answer")
    OPTIONAL: ClassVar[tuple[str, ...]] = ("call_finished",)
    FALLBACK: ClassVar[str] = "timeout"
    STORES: ClassVar[tuple[str, ...]] = ("agent", "wait_seconds", "talk_seconds", "position")
    WAITS: ClassVar[bool] = True

    component: Literal["assign_and_dial"]
    music: str = Field(default="", description="A prompt's name; the flow's music when empty.")
    messages: tuple[Repeated, ...] = Field(
        default=(), description="Said while waiting: the first at once, each again after its time."
    )
    announce: Literal["position", "estimated_wait"] | None = Field(
        default=None, description="Tell the place in the line or the likely wait, every minute."
    )
    keys: dict[str, str] = Field(
        default_factory=dict, description="A key pressed while waiting, and the exit it takes."
    )

    def exit_names(self) -> tuple[str, ...]:
        """Give the fixed exits and one per waiting key."""
        return tuple(dict.fromkeys((*self.EXITS, *self.keys.values())))

    def problems(self) -> list[tuple[str, str]]:
        """Find keys that are none and exits that are taken, besides what all queues share."""
        return super().problems() + waiting_room.key_problems(self.keys, self.EXITS)

    def audio_names(self) -> set[str]:
        """List the prompts of the messages, and the step's own music."""
        own = {self.music} if self.music and not is_template(self.music) else set()
        return super().audio_names() | own

    def start(self, context: Context) -> Outcome:
        """Enter the queue."""
        return self._enter(context, returned=False)

    def resume(self, context: Context, event: Event) -> Outcome:
        """Go on by what the desk, the caller or the channel says."""
        match event:
            case EffectDone() | News():
                return self._told(context, event)
            case Digits() | QueueLeft() if not self._waits(context):
                # It was pressed, or said, before the caller was on the way to the agent.
                return self._join(context, {})
            case Digits(digits=key):
                return self._pressed(context, key)
            case QueueLeft(result=result):
                return self._thrown_out(context, result)
            case DialEnded() | Continued() if not self._waits(context):
                return Need(
                    HowItEnded(context.effect_id(), context.state["place"]),
                    context.state,
                    hears=context.state["place"],
                )
            case Continued():
                return self._queue(context, context.state)
            case _:
                raise StepError(f"a wait for an agent is not ended by {type(event).__name__}")

    def waiting(self, context: Context, place: Place) -> tuple[Instruction, ...]:
        """Say the messages that are due, the place in the line, then play music."""
        if not self._waits(context):
            return ()
        sounds = waiting_room.Sounds(self.messages, self.announce, self._music(context))
        return sounds.at(context, place, keys=bool(self.keys))

    def hang_up(self, context: Context, event: HungUp) -> Finish:
        """Tell one who gave up waiting from one who had spoken with an agent."""
        del event
        joined = context.state["phase"] == "joined"
        return Finish("completed" if joined else "abandoned")

    def _music(self, context: Context) -> str:
        return context.render(self.music or context.flow.music or context.root.music).strip()

    def _waits(self, context: Context) -> bool:
        return str(context.state["phase"]) == "waiting"

    def _enter(self, context: Context, *, returned: bool) -> Need:
        order = self.order(context, returned=returned)
        sorry = waiting_room.sorry(context) if returned else ()
        since = context.at.isoformat()
        state = {"phase": "entering", "place": order.id, "queue": order.queue, "since": since}
        return Need(order, state, sorry, hears=order.id)

    def _told(self, context: Context, event: EffectDone | News) -> Outcome:
        word = event.outcome if isinstance(event, EffectDone) else event.word
        state, result = context.state, event.result
        match word:
            case "waiting":
                return self._queue(context, {**state, "phase": "waiting"})
            case "assigned":
                return self._join(context, result)
            case "no_match" | "timeout" | "no_answer":
                return self._left(context, word)
            case "accident":
                return self._enter(context, returned=True)
            case "finished":
                return self._finished(context, result)
            case "agent_left" if result.get("how") == "accident":
                return self._enter(context, returned=True)
            case "agent_left":
                return self._finished(context, result)
            case _:
                raise StepError(f"the desk said {word!r}, which means nothing here")

    def _queue(self, context: Context, state: Mapping[str, Any]) -> Wait:
        changes = {"queued": context.execution.queued or state["since"]}
        return Wait((Enqueue(state["queue"]),), state, hears=state["place"], changes=changes)

    def _join(self, context: Context, result: Mapping[str, Any]) -> Wait:
        state = {**context.state, "phase": "joined", **result}
        room = Join(state["assignment"], self._music(context))
        return Wait((room,), state, hears=state["place"])

    def _pressed(self, context: Context, key: str) -> Outcome:
        exit_ = self.keys.get(key[:1])
        if exit_:
            return self._left(context, exit_)
        return Wait((), context.state, hears=context.state["place"])

    def _left(self, context: Context, exit_: str) -> Leave:
        """Leave without an agent; how long the caller waited is kept."""
        waited = context.at - parse_time(context.state["since"])
        return Leave(exit_, {"wait_seconds": int(waited.total_seconds())})

    def _finished(self, context: Context, result: Mapping[str, Any]) -> Leave:
        state = context.state
        kept = {
            "agent": result.get("agent") or state.get("agent", ""),
            "wait_seconds": state.get("wait_seconds", 0),
            "talk_seconds": result.get("talk_seconds", 0),
        }
        changes = {"agent": kept["agent"], "queue": state["queue"]}
        return Leave("call_finished", kept, changes=changes)

    def _thrown_out(self, context: Context, result: str) -> Outcome:
        if result == "leave":
            return self._queue(context, context.state)
        raise StepError(f"the waiting room let the caller go: {result}")
