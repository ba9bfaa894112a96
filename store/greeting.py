"""What a new call needs to know, in one statement: whose number it is, who calls, what is known."""

import json
from collections.abc import Sequence
from typing import Any

from flow.ledger import Call, Contact, Greeting, Version
from store.addresses import lookup_number
from store.documents import address_key
from store.hot import Hot
from store.part import Part
from store.types import clean

_VERSION = ("id", "flow", "type", "number", "state", "created")
_CONTACT = tuple(Contact.__dataclass_fields__)
_CALL = tuple(Call.__dataclass_fields__)

_COLUMNS = ", ".join(
    f"{table}.{column}"
    for table, columns in (("v", _VERSION), ("p", _CONTACT), ("c", _CALL))
    for column in columns
)
_GREETING = (
    f"SELECT {_COLUMNS} FROM (SELECT 1) one"  # noqa: S608 names of this file; values are parameters
    " LEFT JOIN lw_bindings b ON b.address = ?"
    " LEFT JOIN lw_versions v ON v.flow = b.flow AND v.state = 'published'"
    " LEFT JOIN lw_contacts p ON p.number = ? AND p.number <> ''"
    " LEFT JOIN lw_calls c ON c.sid = ?"
)
_CHANGES = ", ".join(f"{column} = excluded.{column}" for column in _CALL if column != "sid")
_KEEP_CALL = (
    f"INSERT INTO lw_calls ({', '.join(_CALL)}) VALUES ({', '.join('?' * len(_CALL))})"  # noqa: S608 as above
    f" ON CONFLICT (sid) DO UPDATE SET {_CHANGES}"
)


class Greetings(Part):
    """The beginning of calls inside one transaction, on the driver itself as all of `store.hot`."""

    def greet(self, sid: str, recipient: str, sender: str) -> Greeting:
        """Find the flow, the contact and the leg of a call that was entered (`enter_call`)."""
        keys = (address_key(recipient), lookup_number(sender), clean(sid))
        row = self.plain(self._text(_GREETING), *keys).fetchone()
        first, second = len(_VERSION), len(_VERSION) + len(_CONTACT)
        version, contact, call = row[:first], row[first:second], row[second:]
        return Greeting(
            _version(version, self.hot) if version[0] else None,
            _contact(contact) if contact[0] else None,
            _call(call, self.hot) if call[0] else None,
        )

    def keep_call(self, call: Call) -> None:
        """Write what is known of a call leg (insert or update)."""
        moment = self.hot.moment
        values = [getattr(call, name) for name in _CALL]
        kept = [clean(value) if isinstance(value, str) else value for value in values]
        kept[_CALL.index("updated")] = moment(call.updated)
        kept[_CALL.index("ended")] = moment(call.ended) if call.ended is not None else None
        self.plain(self._text(_KEEP_CALL), *kept)

    def _text(self, text: str) -> str:
        return text if self.hot.sqlite else text.replace("?", "%s")


def _version(row: Sequence[Any], hot: Hot) -> Version:
    identity, flow, kind, number, state, created = row
    return Version(identity, flow, kind, number, state, "", hot.read_moment(created))


def _contact(row: Sequence[Any]) -> Contact:
    identity, name, number, email, fields = row
    given = json.loads(fields) if isinstance(fields, str) else fields
    return Contact(identity, name, number, email, given)


def _call(row: Sequence[Any], hot: Hot) -> Call:
    given = dict(zip(_CALL, row, strict=True))
    given["updated"] = hot.read_moment(given["updated"])
    ended = given["ended"]
    given["ended"] = hot.read_moment(ended) if ended is not None else None
    return Call(**given)
