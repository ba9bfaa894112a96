"""`flask contacts load FILE`: people flows look up by number, e-mail or id."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
from flask.cli import with_appcontext

from flow.ledger import Contact
from web.cli.errors import plainly
from web.cli.people import BadFile, read_people
from web.house import house

_KNOWN = ("id", "name", "number", "email")


@click.group("contacts")
def contacts() -> None:
    """Keep the people that flows look up."""


@contacts.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
@plainly
def load_command(file: Path) -> None:
    """Add people from a CSV or YAML file; those known by id, number or e-mail are changed.

    The columns id, name, number and email have their meaning; every other column is a field that
    flows read as contact.FIELD. A file with a mistake changes nothing.
    """
    try:
        rows = read_people(file)
    except BadFile as error:
        for line in error.lines:
            click.echo(line)
        raise SystemExit(1) from None
    count = house().library.load_contacts(_contact(row, uuid4().hex) for _, row in rows)
    click.echo(f"{count} contact{'s' if count != 1 else ''} loaded")


def _contact(row: Mapping[str, Any], fresh: str) -> Contact:
    """Make a contact of a row; what is not id, name, number or email becomes a field."""
    known = {name: str(row.get(name) or "") for name in _KNOWN}
    fields = {name: value for name, value in row.items() if name not in _KNOWN}
    return Contact(**{**known, "id": known["id"] or fresh}, fields=fields)
