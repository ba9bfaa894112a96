"""What all steps share that let a contact wait for an agent: whom, how urgent, how rung."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from flow.context import Context
from flow.effects import EnterQueue
from flow.errors import StepError
from flow.language.durations import Duration
from flow.language.templates import is_template
from flow.who import ForAgents

_PRIORITIES = tuple(str(number) for number in range(1, 11))


class Ring(BaseModel):
    """How agents are rung: so many at once, for so long, once or until all were tried."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at_once: int = Field(default=1, ge=1, le=10, description="Agents rung at once.")
    seconds: int = Field(default=20, ge=5, le=120, description="How long each is rung.")
    attempts: Literal["single", "exhaust"] = Field(
        default="exhaust", description="One attempt, or until every agent meant was tried."
    )


class InLine(ForAgents):
    """A step whose contact stands in a line: for whom, how urgent, how long at the most."""

    priority: int | str = Field(default=5, description="1 (first) to 10 (last); or a template.")
    max_wait: Duration | None = Field(
        default=None, gt=0, description="The longest wait; none: as long as it takes."
    )

    def problems(self) -> list[tuple[str, str]]:
        """Find a choice of nobody, and a priority off the scale."""
        found = super().problems()
        fixed = not isinstance(self.priority, str) or not is_template(self.priority)
        if fixed and str(self.priority).strip() not in _PRIORITIES:
            found.append(("priority", "must be 1 (served first) to 10"))
        return found

    def place(self, context: Context) -> dict[str, Any]:
        """Give the fields of the order that are alike wherever a contact waits.

        Raises:
            StepError: a template does not render, or to nothing that can be used.
        """
        return {
            "id": context.effect_id(),
            "who": self.who(context),
            "queue": self.label(context),
            "name": str(context.execution.contact.get("name") or ""),
            "priority": self._priority(context),
            "max_wait": self.max_wait,
            "language": context.language,
        }

    def _priority(self, context: Context) -> int:
        given = context.number(self.priority, "priority")
        if given not in range(1, 11):
            raise StepError("priority must be 1 to 10")
        return int(given)


class Queueing(InLine):
    """A step whose contact waits for one of the agents it means, who are rung."""

    agent_order: Literal["most_idle", "most_proficient"] = Field(
        default="most_idle", description="Who of the free agents is rung first."
    )
    ring: Ring = Field(default_factory=Ring, description="How agents are rung.")
    status: Literal["available", "any"] = Field(
        default="available", description="Ring available agents only, or whatever their presence."
    )

    def order(self, context: Context, **more: Any) -> EnterQueue:
        """Make the order that lets the contact wait; `more` are further fields of it.

        Raises:
            StepError: a template does not render, or to nothing that can be used.
        """
        call = context.execution.call
        fields: dict[str, Any] = {
            "call": str(call.get("sid", "")),
            "caller": str(call.get("from", "")),
            "line": str(call.get("to", "")),
        }
        return EnterQueue(
            ringing={
                "at_once": self.ring.at_once,
                "seconds": self.ring.seconds,
                "attempts": self.ring.attempts,
                "order": self.agent_order,
                "status": self.status,
            },
            greeting=context.execution.whisper,
            auto_answer=context.execution.auto_answer.get("after"),
            **{**self.place(context), **fields, **more},
        )
