"""The people who call and write, found by number, e-mail address or id."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from flow.ledger import Contact
from store.addresses import lookup_email, lookup_number
from store.part import Part
from store.schema import contacts

_COLUMNS = tuple(contacts.c[name] for name in Contact.__dataclass_fields__)
_KNOWN = ("name", "number", "email")
_BY = {
    name: sa.select(*_COLUMNS).where(contacts.c[name] == sa.bindparam("v"), contacts.c[name] != "")
    for name in ("id", "number", "email")
}
_UPDATE = (
    sa.update(contacts)
    .where(contacts.c.id == sa.bindparam("key"))
    .values(
        {
            name: sa.bindparam(f"to_{name}", type_=contacts.c[name].type)
            for name in (*_KNOWN, "fields")
        }
    )
)


class Contacts(Part):
    """Contacts inside one transaction."""

    def contact_by(self, by: str, value: str) -> Contact | None:
        """Find a contact by `number`, `email` or `id`."""
        row = self.first(_BY[by], {"v": comparable(by, value)})
        return Contact(*row) if row else None

    def update_contact(self, contact: str, fields: Mapping[str, Any]) -> Contact | None:
        """Change fields of a contact (`name`, `number`, `email` among them); None: no such one.

        Raises:
            Conflict: another contact has this number or e-mail address.
        """
        row = self.first(_BY["id"].with_for_update(), {"v": contact})
        if row is None:
            return None
        changed = merged(Contact(*row), fields)
        self._write(changed)
        return changed

    def put_contact(self, contact: Contact) -> Contact:
        """Add a contact, or add to the one of the same id, number or e-mail address."""
        known = self._same(contact)
        given = {name: getattr(contact, name) for name in _KNOWN if getattr(contact, name)}
        fresh = merged(known or Contact(contact.id), {**contact.fields, **given})
        if known:
            self._write(fresh)
        else:
            self.execute(sa.insert(contacts), as_row(fresh))
        return fresh

    def _same(self, contact: Contact) -> Contact | None:
        for by in ("id", "number", "email"):
            value = getattr(contact, by)
            if value and (known := self.contact_by(by, value)):
                return known
        return None

    def _write(self, contact: Contact) -> None:
        values = {f"to_{name}": value for name, value in as_row(contact).items() if name != "id"}
        self.execute(_UPDATE, {"key": contact.id, **values})


def comparable(by: str, value: str) -> str:
    """Write what a contact is looked up by as it is kept."""
    if by == "number":
        return lookup_number(value)
    return lookup_email(value) if by == "email" else value


def merged(contact: Contact, fields: Mapping[str, Any]) -> Contact:
    """Give the contact with these fields changed; its id never changes."""
    known = {n: comparable(n, str(fields.get(n, getattr(contact, n)) or "")) for n in _KNOWN}
    others = {name: value for name, value in fields.items() if name not in {*_KNOWN, "id"}}
    return Contact(contact.id, **known, fields={**contact.fields, **others})


def as_row(contact: Contact) -> dict[str, Any]:
    """Write a contact as its row."""
    known = {name: getattr(contact, name) for name in ("id", *_KNOWN)}
    return {**known, "fields": dict(contact.fields)}
