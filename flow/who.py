"""The field that says which agents are meant: ring groups, agents, or attributes."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from flow.component import Component
from flow.context import Context
from flow.errors import StepError

KINDS = ("ring_groups", "agents", "attributes")


class Attribute(BaseModel):
    """A skill that an agent must have, at this proficiency at least."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, description="The attribute's name; a template.")
    min_proficiency: int = Field(default=0, ge=0, le=100, description="So good at least.")


class ForAgents(Component):
    """A step that says whom of the agents it means: exactly one of three fields."""

    ring_groups: tuple[str, ...] = Field(default=(), description="Ring groups; templates.")
    agents: tuple[str, ...] = Field(default=(), description="Ids of agents; templates.")
    attributes: tuple[Attribute, ...] = Field(default=(), description="What they must be good at.")
    match: Literal["all", "any"] = Field(
        default="all", description="All of the attributes, or any of them."
    )

    def problems(self) -> list[tuple[str, str]]:
        """Find a choice that names nobody, or names them in two ways."""
        return choice_problems(self)

    def who(self, context: Context) -> dict[str, Any]:
        """Render the choice; as the order to the desk takes it.

        Raises:
            StepError: what it renders to is empty.
        """
        return rendered_choice(context, self)

    def label(self, context: Context) -> str:
        """Name the queue for people and reports: the groups, the agents or the skills."""
        who = self.who(context)
        parts = who.get("ring_groups") or who.get("agents")
        return ", ".join(parts or [skill["name"] for skill in who["attributes"]])


def choice_problems(chosen: Any) -> list[tuple[str, str]]:
    """Find a choice (what has `ForAgents`' fields) of nobody, or of agents named in two ways."""
    given = [kind for kind in KINDS if getattr(chosen, kind)]
    if not given:
        return [("", f"say who is meant: give exactly one of {', '.join(KINDS)}")]
    if given[1:]:
        return [(given[1], f"give only one of {' and '.join(given)}")]
    if "match" in chosen.model_fields_set and not chosen.attributes:
        return [("match", "only used with attributes")]
    return []


def rendered_choice(context: Context, chosen: Any) -> dict[str, Any]:
    """Render a choice (what has `ForAgents`' fields), as the order to the desk takes it.

    Raises:
        StepError: what it renders to is empty.
    """
    if chosen.attributes:
        skills = [
            {"name": _one(context, skill.name), "min_proficiency": skill.min_proficiency}
            for skill in chosen.attributes
        ]
        return {"attributes": skills, "match": chosen.match}
    kind = "ring_groups" if chosen.ring_groups else "agents"
    return {kind: list(rendered_names(context, getattr(chosen, kind), kind))}


def rendered_names(context: Context, texts: Iterable[str], field: str) -> tuple[str, ...]:
    """Render the names of a field; one text may give several with commas, twins count once.

    Raises:
        StepError: there is none.
    """
    parts = (name.strip() for text in texts for name in context.render(text).split(","))
    names = tuple(dict.fromkeys(name for name in parts if name))
    if not names:
        raise StepError(f"{field} is empty: nobody is meant")
    return names


def _one(context: Context, name: str) -> str:
    rendered = context.render(name).strip()
    if not rendered:
        raise StepError("the name of an attribute is empty: nobody is meant")
    return rendered
