"""What the answers that agents have ready need of the store, as a Protocol."""

from collections.abc import Sequence
from typing import Protocol

from desk.templates import Template


class TemplateWork(Protocol):
    """Templates, inside one transaction."""

    def templates(self) -> Sequence[Template]:
        """List the templates by their ids."""

    def template(self, template: str) -> Template | None:
        """Read a template."""

    def keep_template(self, template: Template) -> None:
        """Write a template (insert or update)."""

    def remove_template(self, template: str) -> bool:
        """Remove a template; false when there is none."""
