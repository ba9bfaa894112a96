"""E-mails and messages for agents inside one transaction."""

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from desk.mails import Mail
from desk.voicemails import Voicemail
from store.part import Part
from store.schema_mail import mails, voicemails
from store.upserts import upsert

_MAIL = (
    sa.select(*(mails.c[name] for name in Mail.__dataclass_fields__))
    .where(mails.c.id == sa.bindparam("key"))
    .with_for_update()
)
VOICEMAIL = tuple(voicemails.c[name] for name in Voicemail.__dataclass_fields__)
_VOICEMAIL = sa.select(*VOICEMAIL).where(voicemails.c.id == sa.bindparam("key")).with_for_update()


class Mails(Part):
    """E-mails and messages, one row for each."""

    def mail(self, mail: str) -> Mail | None:
        """Read an e-mail that is kept, locked."""
        row = self.locked(_MAIL, mail)
        return Mail(*row) if row else None

    def keep_mail(self, mail: Mail) -> None:
        """Write an e-mail (insert or update)."""
        self.execute(upsert(mails, sqlite=self.hot.sqlite), asdict(mail))

    def voicemail(self, voicemail: str) -> Voicemail | None:
        """Read a message for agents, locked."""
        row = self.locked(_VOICEMAIL, voicemail)
        return read_voicemail(row) if row else None

    def keep_voicemail(self, voicemail: Voicemail) -> None:
        """Write a message whose recording is known (insert or update)."""
        self.execute(upsert(voicemails, sqlite=self.hot.sqlite), asdict(voicemail))


def read_voicemail(row: Any) -> Voicemail:
    """Make a message of its row, the columns in the order of `VOICEMAIL`."""
    values = dict(zip(Voicemail.__dataclass_fields__, row, strict=True))
    lists = {name: tuple(values[name]) for name in ("emails", "inboxes")}
    return Voicemail(**{**values, **lists})
