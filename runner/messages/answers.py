"""The answers that agents have ready: kept by the operator, filled in when an agent sends one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from desk.agents import Agent
from desk.conversations import Conversation
from desk.templates import Template
from flow.errors import TemplateError
from flow.language.templates import names, render, unknown_filters
from runner.ports import Store

SCOPE = ("contact", "agent", "channel", "vars", "now")
"""What an answer may name."""


class BadTemplate(ValueError):
    """The text cannot be used; says why."""


class NotFilled(ValueError):
    """Something that the text needs was not given; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Answers:
    """Keeps the templates and fills them in. One instance serves all threads of a process."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock

    def all(self) -> Sequence[Template]:
        """List the templates by their ids."""
        with self._store.work() as work:
            return work.templates()

    def one(self, template: str) -> Template | None:
        """Find one template."""
        with self._store.work() as work:
            return work.template(template)

    def put(self, template: str, title: str, text: str) -> Template:
        """Add a template, or write it anew.

        Raises:
            BadTemplate: its text does not parse, or names what answers do not know.
        """
        _check(text)
        kept = Template(template, title or template, text, self._clock())
        with self._store.work() as work:
            work.keep_template(kept)
        return kept

    def remove(self, template: str) -> bool:
        """Remove a template; false when there is none."""
        with self._store.work() as work:
            return work.remove_template(template)

    def fill(
        self,
        template: str,
        conversation: Conversation,
        agent: Agent | None,
        given: Mapping[str, str],
    ) -> str:
        """Make the text of an answer to a contact; `given` are its `vars`.

        Raises:
            NotFilled: there is no such template, or a variable is missing.
        """
        with self._store.work() as work:
            found = work.template(template)
            person = work.contact_by("id", conversation.contact) if conversation.contact else None
        if found is None:
            raise NotFilled("template", f"there is no template {template!r}")
        for name in _wanted(found.text):
            if name not in given:
                raise NotFilled(f"variables.{name}", "is required by this template")
        scope: dict[str, Any] = {
            "contact": person.values() if person else {},
            "agent": {"id": agent.id, "name": agent.name} if agent else {},
            "channel": {"type": conversation.channel, "address": conversation.address},
            "vars": dict(given),
            "now": self._clock(),
        }
        try:
            return render(found.text, scope).strip()
        except TemplateError as error:
            raise NotFilled("template", str(error)) from None


def _check(text: str) -> None:
    try:
        unknown = sorted({path[0] for path in names(text) if path and path[0] not in SCOPE})
        filters = unknown_filters(text)
    except TemplateError as error:
        raise BadTemplate(str(error)) from None
    if unknown:
        raise BadTemplate(f"{unknown[0]!r} is unknown here; known are {', '.join(SCOPE)}")
    if filters:
        raise BadTemplate(f"there is no filter {filters[0]!r}")


def _wanted(text: str) -> list[str]:
    return sorted({path[1] for path in names(text) if path[0] == "vars" and path[1:]})
