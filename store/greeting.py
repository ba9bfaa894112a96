"""What a new call needs to know, in one statement: whose number it is, who calls, what is known."""

import json
from collections.abc import Sequence
from typing import Any

from flow.ledger import Call, Contact, Greeting, Version
from store.addresses import lookup_number
from store.documents import address_key
from store.hot import Hot, sql
from store.libpq import reader
from store.part import Part
from store.schema import calls, contacts, versions
from store.types import clean

_VERSION = ("id", "flow", "type", "number", "state", "created")
_CONTACT = tuple(Contact.__dataclass_fields__)
CALL = tuple(Call.__dataclass_fields__)
"""The columns of a call leg, in the order all statements here use."""


_COLUMNS = ", ".join(
    f"{table}.{column}"
    for table, columns in (("v", _VERSION), ("p", _CONTACT), ("c", CALL))
    for column in columns
)
GREETING = sql(
    "SELECT",
    _COLUMNS,
    "FROM (SELECT 1) one",
    "LEFT JOIN lw_bindings b ON b.address = ?",
    "LEFT JOIN lw_versions v ON v.flow = b.flow AND v.state = 'published'",
    "LEFT JOIN lw_contacts p ON p.number = ? AND p.number <> ''",
    "LEFT JOIN lw_calls c ON c.sid = ?",
)
WELCOME = (
    GREETING.replace("SELECT ", "SELECT x.id, ", 1)
    + " LEFT JOIN lw_executions x ON x.call = ? AND x.call <> ''"
)
"""`GREETING` for a call that nobody has entered: before it, the execution the call has."""

_CHANGES = ", ".join(f"{column} = excluded.{column}" for column in CALL if column != "sid")
_KEEP_CALL = sql(
    "INSERT INTO lw_calls (",
    ", ".join(CALL),
    ") VALUES (",
    ", ".join("?" * len(CALL)),
    ") ON CONFLICT (sid) DO UPDATE SET",
    _CHANGES,
)

READ = (
    *(reader(versions.c[name]) for name in _VERSION),
    *(reader(contacts.c[name]) for name in _CONTACT),
    *(reader(calls.c[name]) for name in CALL),
)
"""How PostgreSQL's text of each column of `GREETING` is read."""


class Greetings(Part):
    """The beginning of calls inside one transaction, on the driver itself as all of `store.hot`."""

    def greet(self, sid: str, recipient: str, sender: str) -> Greeting:
        """Find the flow, the contact and the leg of a call that was entered (`enter_call`)."""
        keys = greeting_keys(sid, recipient, sender)
        return read_greeting(self.plain(self._text(GREETING), *keys).fetchone(), self.hot)

    def keep_call(self, call: Call) -> None:
        """Write what is known of a call leg (insert or update)."""
        self.plain(self._text(_KEEP_CALL), *call_row(call, self.hot))

    def _text(self, text: str) -> str:
        return text if self.hot.sqlite else text.replace("?", "%s")


def greeting_keys(sid: str, recipient: str, sender: str) -> tuple[str, str, str]:
    """Give the parameters of `GREETING`."""
    return address_key(recipient), lookup_number(sender), clean(sid)


def read_greeting(row: Sequence[Any], hot: Hot) -> Greeting:
    """Read the row that `GREETING` gives."""
    first, second = len(_VERSION), len(_VERSION) + len(_CONTACT)
    version, contact, call = row[:first], row[first:second], row[second:]
    return Greeting(
        _version(version, hot) if version[0] else None,
        _contact(contact) if contact[0] else None,
        _call(call, hot) if call[0] else None,
    )


def call_row(call: Call, hot: Hot) -> list[Any]:
    """Write a call leg as the columns of its table."""
    values = [getattr(call, name) for name in CALL]
    kept = [clean(value) if isinstance(value, str) else value for value in values]
    kept[CALL.index("updated")] = hot.moment(call.updated)
    kept[CALL.index("ended")] = hot.moment(call.ended) if call.ended is not None else None
    return kept


def _version(row: Sequence[Any], hot: Hot) -> Version:
    identity, flow, kind, number, state, created = row
    return Version(identity, flow, kind, number, state, "", hot.read_moment(created))


def _contact(row: Sequence[Any]) -> Contact:
    identity, name, number, email, fields = row
    given = json.loads(fields) if isinstance(fields, str) else fields
    return Contact(identity, name, number, email, given)


def _call(row: Sequence[Any], hot: Hot) -> Call:
    given = dict(zip(CALL, row, strict=True))
    given["updated"] = hot.read_moment(given["updated"])
    ended = given["ended"]
    given["ended"] = hot.read_moment(ended) if ended is not None else None
    return Call(**given)
