"""The answers that agents have ready, inside one transaction."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from desk.templates import Template
from store.part import Part
from store.schema_templates import templates
from store.upserts import upsert

_ALL: sa.Select[Any] = sa.select(
    *(templates.c[name] for name in Template.__dataclass_fields__)
).order_by(templates.c.id)
_ONE = _ALL.where(templates.c.id == sa.bindparam("key"))
_REMOVE = sa.delete(templates).where(templates.c.id == sa.bindparam("key"))


class Templates(Part):
    """Templates, one row each."""

    def templates(self) -> Sequence[Template]:
        """List the templates by their ids."""
        rows: Sequence[Any] = self.execute(_ALL).all()
        return [Template(*row) for row in rows]

    def template(self, template: str) -> Template | None:
        """Read a template."""
        row = self.first(_ONE, {"key": template})
        return Template(*row) if row else None

    def keep_template(self, template: Template) -> None:
        """Write a template (insert or update)."""
        self.execute(upsert(templates, sqlite=self.hot.sqlite), asdict(template))

    def remove_template(self, template: str) -> bool:
        """Remove a template; false when there is none."""
        return bool(self.execute(_REMOVE, {"key": template}).rowcount)
