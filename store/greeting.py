"""What a new call needs to know, in one statement: whose number it is, who calls, what is known."""

from typing import Any

import sqlalchemy as sa

from flow.ledger import Call, Contact, Greeting, Version
from store.addresses import lookup_number
from store.documents import address_key
from store.part import Part
from store.schema import bindings, calls, contacts, versions

_VERSION = tuple(versions.c[name] for name in Version.__dataclass_fields__ if name != "source")
_CONTACT = tuple(contacts.c[name] for name in Contact.__dataclass_fields__)
_CALL = tuple(calls.c[name] for name in Call.__dataclass_fields__)
_ONE = sa.select(sa.literal(1).label("one")).subquery("one")
_GREETING = sa.select(*_VERSION, *_CONTACT, *_CALL).select_from(
    _ONE.outerjoin(bindings, bindings.c.address == sa.bindparam("address"))
    .outerjoin(
        versions, sa.and_(versions.c.flow == bindings.c.flow, versions.c.state == "published")
    )
    .outerjoin(
        contacts, sa.and_(contacts.c.number == sa.bindparam("number"), contacts.c.number != "")
    )
    .outerjoin(calls, calls.c.sid == sa.bindparam("sid"))
)


class Greetings(Part):
    """The beginning of calls inside one transaction."""

    def greet(self, sid: str, recipient: str, sender: str) -> Greeting:
        """Find the flow, the contact and the leg of a call that was entered (`enter_call`)."""
        keys = {"sid": sid, "address": address_key(recipient), "number": lookup_number(sender)}
        row = tuple(self.first(_GREETING, keys))
        first, second = len(_VERSION), len(_VERSION) + len(_CONTACT)
        version, contact, call = row[:first], row[first:second], row[second:]
        return Greeting(
            _version(version) if version[0] else None,
            Contact(*contact) if contact[0] else None,
            Call(*call) if call[0] else None,
        )


def _version(row: tuple[Any, ...]) -> Version:
    identity, flow, kind, number, state, created = row
    return Version(identity, flow, kind, number, state, "", created)
