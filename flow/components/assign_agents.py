"""`assign_agents`: gives a conversation to an agent, and goes on when the agent has closed it."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from flow.component import Leave, Need, Outcome, Wait
from flow.context import Context, parse_time
from flow.effects import EnterQueue, SendMessage
from flow.errors import StepError
from flow.events import EffectDone, Event, MessageIn, News
from flow.message import Message
from flow.queueing import InLine
from flow.texting import need_conversation
from flow.writing import written

_EXITS = {"no_match": "no_match", "timeout": "timeout", "no_answer": "timeout"}


class AssignAgents(InLine):
    """Find an agent for this conversation, who writes with the contact until it is closed.

    `assigned` is taken when an agent has it, and walked to its end; the run then waits, and goes on
    at `conversation_closed` when the agent has closed the conversation. What the contact writes
    meanwhile is the agent's.
    """

    TYPES: ClassVar[tuple[str, ...]] = ("incoming_message", "api_request")
    TEXTS: ClassVar[bool] = True
    EXITS: ClassVar[tuple[str, ...]] = ("assigned", "no_match", "timeout", "conversation_closed")
    OPTIONAL: ClassVar[tuple[str, ...]] = ("conversation_closed",)
    FALLBACK: ClassVar[str] = "timeout"
    STORES: ClassVar[tuple[str, ...]] = ("agent", "wait_seconds")
    WAITS: ClassVar[bool] = True

    component: Literal["assign_agents"]
    message: Message | None = Field(default=None, description="Sent when the wait begins.")
    offer: Literal["direct", "inbox"] = Field(
        default="direct",
        description="Give it to the next free agent, or let it lie until an agent takes it.",
    )

    def start(self, context: Context) -> Outcome:
        """Enter the queue."""
        need_conversation(context)
        order = EnterQueue(
            call="",
            caller=str(context.execution.message.get("from", "")),
            line=str(context.execution.message.get("to", "")),
            channel=str(context.execution.channel.get("type", "")),
            conversation=context.execution.conversation,
            offer=self.offer,
            **self.place(context),
        )
        state = {
            "phase": "entering",
            "place": order.id,
            "queue": order.queue,
            "since": context.at.isoformat(),
        }
        return Need(order, state, hears=order.id)

    def resume(self, context: Context, event: Event) -> Outcome:
        """Go on by what the desk says; what is written meanwhile changes nothing."""
        state = context.state
        match event:
            case EffectDone() if state["phase"] == "telling":
                # Whether it left or not: the contact's place in the line stands.
                return self._wait(context)
            case EffectDone(outcome="waiting"):
                return self._tell(context)
            case EffectDone(outcome="no_match"):
                return self._left(context, "no_match")
            case News(word="assigned", result=result):
                return self._assigned(context, result)
            case News(word="agent_left", result=result):
                return self._closed(context, result)
            case News(word=word) if word in _EXITS:
                return self._left(context, _EXITS[word])
            case MessageIn():
                return Wait((), state, hears=state["place"])
            case _:
                raise StepError(f"a wait for an agent is not ended by {type(event).__name__}")

    def _tell(self, context: Context) -> Outcome:
        found = written(context, self.message or [])
        if not (found.text or found.media):
            return self._wait(context)
        effect = SendMessage(
            context.effect_id(),
            found.text,
            found.media,
            conversation=context.execution.conversation,
        )
        return Need(effect, {**context.state, "phase": "telling"}, hears=context.state["place"])

    def _wait(self, context: Context) -> Wait:
        state = {**context.state, "phase": "waiting"}
        return Wait((), state, hears=state["place"])

    def _assigned(self, context: Context, result: Any) -> Outcome:
        state = {
            **context.state,
            "phase": "assigned",
            "agent": str(result.get("agent", "")),
            "wait_seconds": int(result.get("wait_seconds", 0)),
        }
        if context.state["phase"] == "assigned":
            # Another agent has it now; the branch was walked for the first.
            state["wait_seconds"] = context.state["wait_seconds"]
            return Wait((), state, hears=state["place"], changes={"agent": state["agent"]})
        kept = {name: state[name] for name in self.STORES}
        changes = {"agent": state["agent"], "queue": state["queue"]}
        return Leave("assigned", kept, later=state, hears=state["place"], changes=changes)

    def _closed(self, context: Context, result: Any) -> Leave:
        state = context.state
        kept = {
            "agent": result.get("agent") or state.get("agent", ""),
            "wait_seconds": state.get("wait_seconds", 0),
        }
        changes = {"agent": kept["agent"], "queue": state["queue"]}
        return Leave("conversation_closed", kept, changes=changes)

    def _left(self, context: Context, exit_: str) -> Leave:
        """Leave without an agent; how long the contact waited is kept."""
        waited = context.at - parse_time(context.state["since"])
        return Leave(exit_, {"agent": "", "wait_seconds": int(waited.total_seconds())})
