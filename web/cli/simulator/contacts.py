"""The contacts of a simulated world: from a file, or from the script."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from flow.language.reader import Unreadable, read
from flow.ledger import Contact
from web.cli.simulator.errors import CannotWalk

_KNOWN = ("id", "name", "number", "email")
_SEPARATORS = re.compile(r"[\s().\-/]")


class ContactBook:
    """Finds and changes contacts, as the built-in contacts of the server do."""

    def __init__(self, contacts: Iterable[Mapping[str, Any]] = ()) -> None:
        self._kept: dict[str, Contact] = {}
        for given in contacts:
            self.add(given)

    def add(self, given: Mapping[str, Any]) -> Contact:
        """Take in a contact; without an id it gets one."""
        texts = {name: _text(given.get(name)) for name in _KNOWN}
        texts["id"] = texts["id"] or f"contact-{len(self._kept) + 1}"
        fields = {name: value for name, value in given.items() if name not in _KNOWN}
        contact = Contact(**texts, fields=fields)
        self._kept[contact.id] = contact
        return contact

    def find(self, by: str, value: str) -> Contact | None:
        """Find a contact by `number`, `email` or `id`."""
        wanted = _comparable(by, value)
        found = (c for c in self._kept.values() if _comparable(by, getattr(c, by)) == wanted)
        return next(found, None) if wanted else None

    def update(self, contact: str, fields: Mapping[str, Any]) -> Contact | None:
        """Change fields of a contact; None when there is none with this id."""
        known = self._kept.get(contact)
        return self.add({**known.values(), **fields, "id": contact}) if known else None


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _comparable(by: str, value: str) -> str:
    if by == "number":
        return _SEPARATORS.sub("", value)
    return value.strip().casefold() if by == "email" else value.strip()


def load_contacts(path: Path) -> ContactBook:
    """Read a file of contacts: CSV with a header line, or YAML (a list, or `contacts:` and it).

    Raises:
        CannotWalk: the file cannot be read, or is neither.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise CannotWalk(f"{path}: cannot be read as text") from None
    if path.suffix.lower() == ".csv":
        rows = csv.DictReader(io.StringIO(text))
        return ContactBook({k: v for k, v in row.items() if k and v} for row in rows)
    try:
        found = read(text).value
    except Unreadable as error:
        raise CannotWalk(f"{path}:{error.line}: {error}") from None
    listed = found.get("contacts") if isinstance(found, dict) else found
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise CannotWalk(f"{path}:1: give a list of contacts, each with a name and a number")
    return ContactBook(listed)
