"""The answers that agents have ready, in dictionaries, as `store.templates` keeps them."""

from collections.abc import Sequence

from desk.templates import Template
from store.memory_desk import Rows
from store.types import clean, kept

TEMPLATE_TABLES = ("message_templates",)


class MemoryTemplates:
    """Templates inside one transaction on the dictionaries."""

    def templates(self: Rows) -> Sequence[Template]:
        """List the templates by their ids."""
        rows = self._rows["message_templates"]
        return [rows[name] for name in sorted(rows)]

    def template(self: Rows, template: str) -> Template | None:
        """Read a template."""
        return self._rows["message_templates"].get(clean(template))

    def keep_template(self: Rows, template: Template) -> None:
        """Write a template (insert or update)."""
        self._put("message_templates", clean(template.id), kept(template))

    def remove_template(self: Rows, template: str) -> bool:
        """Remove a template; false when there is none."""
        return self._take("message_templates", clean(template))
