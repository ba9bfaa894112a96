"""The field that says to whom a recorded message is given: agents' inboxes, and by e-mail."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from flow.context import Context
from flow.effects import DeliverVoicemail
from flow.errors import StepError
from flow.events import Recorded
from flow.language.templates import is_template
from flow.limits import MAIL_RECIPIENTS
from flow.mailbox import mailbox
from flow.who import KINDS, Attribute, choice_problems, rendered_choice


class Delivery(BaseModel):
    """Whom a message is for: agents, e-mail addresses, or both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ring_groups: tuple[str, ...] = Field(default=(), description="Ring groups; templates.")
    agents: tuple[str, ...] = Field(default=(), description="Ids of agents; templates.")
    attributes: tuple[Attribute, ...] = Field(default=(), description="What they must be good at.")
    match: Literal["all", "any"] = Field(
        default="all", description="All of the attributes, or any of them."
    )
    email: tuple[str, ...] = Field(
        default=(), max_length=MAIL_RECIPIENTS, description="Addresses besides; templates."
    )

    @field_validator("email", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @property
    def is_for_agents(self) -> bool:
        """Whether agents are meant."""
        return any(getattr(self, kind) for kind in KINDS)

    def problems(self) -> list[tuple[str, str]]:
        """Find a delivery to nobody, agents named in two ways, addresses that are none."""
        if not self.is_for_agents and not self.email:
            return [("", f"say for whom it is: give {', '.join(KINDS)} or email")]
        found = choice_problems(self) if self.is_for_agents or self.match != "all" else []
        for place, text in enumerate(self.email):
            try:
                mailbox("x@example.com" if is_template(text) else text)
            except ValueError as error:
                found.append((f"email.{place}", str(error)))
        return found

    def order(self, context: Context, recorded: Recorded) -> tuple[DeliverVoicemail | None, str]:
        """Make the order that delivers what was recorded, and say what of it cannot be.

        What is wrong with one address keeps the message from nobody else.
        """
        run, wrong = context.execution, []
        who: dict[str, Any] = {}
        emails: list[str] = []
        try:
            who = rendered_choice(context, self) if self.is_for_agents else {}
        except StepError as error:
            wrong.append(str(error))
        for text in self.email:
            try:
                emails.append(_address(context, text))
            except StepError as error:
                wrong.append(f"email: {error}")
        number = str(run.contact.get("number") or run.call.get("from", ""))
        name = str(run.contact.get("name") or "")
        order = DeliverVoicemail(
            recorded.recording, run.id, who, tuple(emails), number, name, recorded.seconds
        )
        return order if who or emails else None, "; ".join(wrong)


def _address(context: Context, text: str) -> str:
    rendered = context.render(text).strip()
    try:
        mailbox(rendered)
    except ValueError as error:
        raise StepError(str(error)) from None
    return rendered
