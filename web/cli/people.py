"""Reads a file of contacts, CSV or YAML, and says for each bad row what is wrong and where."""

import csv
import re
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from flow.language.reader import Unreadable, read
from store.addresses import number

Row = tuple[int, Mapping[str, Any]]
"""The line where a contact begins, and its names and values."""

_KEYS = ("id", "number", "email")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_YAML = {".yaml", ".yml", ".json"}


class BadFile(Exception):
    """A file of contacts is not usable; `lines` say where and why, one problem each."""

    def __init__(self, *lines: str) -> None:
        super().__init__("; ".join(lines))
        self.lines = lines


def read_people(file: Path) -> list[Row]:
    """Read the rows of a CSV file with a head line, or of a YAML list of maps.

    Raises:
        BadFile: naming file and line of everything that is wrong.
        OSError: the file cannot be read.
    """
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile(f"{file}: this is not UTF-8 text") from None
    rows = list(_yaml(file, text) if file.suffix.lower() in _YAML else _csv(file, text))
    wrong = [f"{file}:{line}: {fault}" for line, row in rows for fault in _faults(row)]
    if wrong:
        raise BadFile(*wrong)
    return rows


def _csv(file: Path, text: str) -> Iterator[Row]:
    lines = csv.DictReader(StringIO(text, newline=""), strict=True)
    try:
        if not any(name in _KEYS for name in lines.fieldnames or ()):
            raise BadFile(f"{file}:1: the first line must name the columns: number, name, …")
        for row in lines:
            if None in row:
                fault = "there are more cells than columns; quote a text with commas"
                raise BadFile(f"{file}:{lines.line_num}: {fault}")
            given = {name.strip(): value.strip() for name, value in row.items() if value}
            yield lines.line_num, {name: value for name, value in given.items() if value}
    except csv.Error as error:
        line = lines.reader.line_num
        raise BadFile(f"{file}:{line}: {error}: is a quote missing?") from None


def _yaml(file: Path, text: str) -> Iterator[Row]:
    try:
        document = read(text)
    except Unreadable as error:
        raise BadFile(f"{file}:{error.line}: {error}") from None
    inside = isinstance(document.value, Mapping)
    found = document.value.get("contacts") if inside else document.value
    if not isinstance(found, list):
        raise BadFile(f"{file}:1: give a list of contacts, each with a number, email or id")
    for index, row in enumerate(found):
        line = document.lines.get(("contacts", index) if inside else (index,), 1)
        if not isinstance(row, Mapping):
            raise BadFile(f'{file}:{line}: give names and values, such as number: "+1555…"')
        yield line, row


def _faults(row: Mapping[str, Any]) -> Iterator[str]:
    if not any(row.get(name) for name in _KEYS):
        yield "give a number, an email or an id"
    for name in ("id", "name", *_KEYS[1:]):
        if row.get(name) is not None and not isinstance(row[name], str):
            yield f"{name}: write it in quotes"
    given = row.get("number")
    if isinstance(given, str) and given and not number(given):
        yield f"number: {given[:40]!r} is no telephone number; write +15550100001"
    email = row.get("email")
    if isinstance(email, str) and email and not _EMAIL.fullmatch(email.strip()):
        yield f"email: {email[:80]!r} is no e-mail address"
