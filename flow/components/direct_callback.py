"""`direct_callback`: finds an agent, then calls a contact and joins the two."""

from typing import ClassVar, Literal

from pydantic import Field

from flow.calling_back import CallingBack
from flow.component import Leave, Need, Outcome
from flow.context import Context
from flow.effects import CheckDial
from flow.errors import StepError
from flow.events import EffectDone, Event
from flow.language.templates import is_template
from flow.target import is_target

_EXITS = {"no_match": "no_match", "timeout": "timeout", "no_answer": "agent_rejected"}


class DirectCallback(CallingBack):
    """Call somebody back who asked for it elsewhere: the agent first, then the contact.

    `agent_rejected`: every agent meant was rung in vain, or hung up before the contact was there.
    `call_finished` is the way on when the agent has left and the contact is still on the line.
    """

    TYPES: ClassVar[tuple[str, ...]] = ("api_request",)
    EXITS: ClassVar[tuple[str, ...]] = (
        "call_finished",
        "no_match",
        "timeout",
        "agent_rejected",
        "contact_no_answer",
        "invalid_number",
        "refused",
    )
    OPTIONAL: ClassVar[tuple[str, ...]] = ("call_finished",)
    FALLBACK: ClassVar[str] = "timeout"
    STORES: ClassVar[tuple[str, ...]] = ("agent", "talk_seconds")

    component: Literal["direct_callback"]
    to: str = Field(min_length=1, description="The contact's number (+…); a template.")
    sender: str = Field(
        default="", alias="from", description="The number shown; the server's when empty."
    )

    def problems(self) -> list[tuple[str, str]]:
        """Find a target that is neither a number nor a SIP URI, besides what queues share."""
        found = super().problems()
        if not (is_template(self.to) or is_target(self.to.strip())):
            found.append(("to", f"{self.to!r} is neither a number as +15550100001 nor a SIP URI"))
        return found

    def start(self, context: Context) -> Outcome:
        """Ask whether the number may be called, before an agent is disturbed."""
        if context.live:
            raise StepError("a call exists already; assign_and_dial joins it with an agent")
        to, sender = context.render(self.to).strip(), context.render(self.sender).strip()
        if not to:
            return Leave("invalid_number")
        return Need(CheckDial(context.effect_id(), (to,), sender), {"phase": "checking"})

    def resume(self, context: Context, event: Event) -> Outcome:
        """Queue once the number may be called; then as every callback."""
        match context.state["phase"], event:
            case "checking", EffectDone(outcome="allowed", result=result):
                return self.enter(context, str(result["targets"][0]), str(result["caller_id"]))
            case "checking", EffectDone(outcome="refused" | "invalid_number" as outcome):
                return Leave(outcome)
            case _:
                return self.go_on(context, event)

    def nobody(self, context: Context, word: str) -> Outcome:
        """No agent was found."""
        del context
        return Leave(_EXITS[word])

    def unreached(self, context: Context, word: str) -> Outcome:
        """The contact was not reached; the agent hears so."""
        exit_ = word if word in {"invalid_number", "refused"} else "contact_no_answer"
        return Leave(exit_, orders=(self.drop(context, word),), changes={"place": ""})
