"""The owner's contacts, one by one: looked at, replaced, changed, removed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from flow.ledger import Contact
from store.contacts import Contacts, as_row, merged
from store.database import Database
from store.hot import Hot
from store.schema import contacts
from store.upserts import upsert


class People:
    """The contacts of one installation; every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._hot = Hot(sqlite=database.sqlite)

    def get(self, contact: str) -> Contact | None:
        """Give a contact by its id."""
        with self._database.read() as connection:
            return Contacts(connection, self._hot).contact_by("id", contact)

    def put(self, contact: Contact) -> Contact:
        """Add a contact, or replace the one of its id.

        Raises:
            Conflict: another contact has this number or e-mail address.
        """
        known = {name: getattr(contact, name) for name in ("name", "number", "email")}
        whole = merged(Contact(contact.id), {**contact.fields, **known})
        with self._database.write() as connection:
            statement = upsert(contacts, sqlite=self._database.sqlite)
            Contacts(connection, self._hot).execute(statement, as_row(whole))
        return whole

    def change(
        self, contact: str, known: Mapping[str, str], fields: Mapping[str, Any]
    ) -> Contact | None:
        """Change a contact; a field that becomes None is removed. None: there is no such contact.

        Raises:
            Conflict: another contact has this number or e-mail address.
        """
        with self._database.write() as connection:
            table = Contacts(connection, self._hot)
            changed = table.update_contact(contact, {**fields, **known})
            if changed is None:
                return None
            left = {name: value for name, value in changed.fields.items() if value is not None}
            whole = replace(changed, fields=left)
            table.execute(upsert(contacts, sqlite=self._database.sqlite), as_row(whole))
            return whole

    def remove(self, contact: str) -> bool:
        """Remove a contact; say if there was one."""
        with self._database.write() as connection:
            gone = connection.execute(sa.delete(contacts).where(contacts.c.id == contact))
            return gone.rowcount == 1
