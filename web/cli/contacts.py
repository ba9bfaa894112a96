"""`flask contacts load FILE`: people flows look up by number, e-mail or id."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
import yaml
from flask.cli import with_appcontext

from flow.ledger import Contact
from web.cli.errors import plainly
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
    """Add people from a CSV or YAML file; those known by id, number or e-mail are changed."""
    rows = read_people(file)
    count = house().library.load_contacts(contact(row, uuid4().hex) for row in rows)
    click.echo(f"{count} contact{'s' if count != 1 else ''} loaded")


def read_people(file: Path) -> list[Mapping[str, Any]]:
    """Read the rows of a CSV file with a head line, or of a YAML list of maps.

    Raises:
        click.ClickException: naming file and line of what is wrong.
    """
    try:
        text = file.read_text("utf-8-sig")
        found: Any = yaml.safe_load(text) if file.suffix in {".yaml", ".yml", ".json"} else _csv(text)
    except UnicodeDecodeError:
        raise click.ClickException(f"{file}: this is not UTF-8 text") from None
    except (yaml.YAMLError, csv.Error) as error:
        raise click.ClickException(f"{file}: {' '.join(str(error).split())}") from None
    if isinstance(found, Mapping):
        found = found.get("contacts")
    if not isinstance(found, list):
        raise click.ClickException(f"{file}: give a list of contacts")
    for index, row in enumerate(found, start=1):
        _check(file, index, row)
    return found


def _csv(text: str) -> list[dict[str, Any]]:
    lines = csv.DictReader(text.splitlines(), strict=True)
    return [{key: value for key, value in row.items() if value not in {None, ""}} for row in lines]


def _check(file: Path, index: int, row: Any) -> None:
    if not isinstance(row, Mapping) or not all(isinstance(name, str) for name in row):
        raise click.ClickException(f"{file}: contact {index}: give names and values")
    if not any(row.get(name) for name in ("id", "number", "email")):
        raise click.ClickException(f"{file}: contact {index}: give a number, an email or an id")


def contact(row: Mapping[str, Any], fresh: str) -> Contact:
    """Make a contact of a row; what is not id, name, number or email becomes a field."""
    known = {name: str(row.get(name) or "") for name in _KNOWN}
    fields = {name: _json(value) for name, value in row.items() if name not in _KNOWN}
    return Contact(**{**known, "id": known["id"] or fresh}, fields=fields)


def _json(value: Any) -> Any:
    plain = value is None or isinstance(value, str | int | float | bool | list | dict)
    return value if plain else str(value)
