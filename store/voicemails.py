"""Lists the messages for agents, and marks those that were heard."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from desk.voicemails import Voicemail
from store.database import Database
from store.mails import VOICEMAIL, read_voicemail
from store.schema_mail import voicemails


class Voicemails:
    """The messages of one installation, the newest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(
        self,
        limit: int,
        *,
        inbox: str = "",
        heard: bool | None = None,
        behind: tuple[datetime, str] | None = None,
    ) -> Sequence[Voicemail]:
        """List messages: those of an inbox, those heard or not, those older than one."""
        query = sa.select(*VOICEMAIL)
        if inbox:
            lies = sa.cast(voicemails.c.inboxes, sa.Text).contains(f'"{inbox}"', autoescape=True)
            query = query.where(lies)
        if heard is not None:
            query = query.where(voicemails.c.heard.is_not(None) == sa.literal(heard))
        if behind is not None:
            place = sa.tuple_(voicemails.c.at, voicemails.c.id)
            query = query.where(place < sa.tuple_(*map(sa.literal, behind)))
        query = query.order_by(voicemails.c.at.desc(), voicemails.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return [read_voicemail(row) for row in connection.execute(query)]

    def one(self, voicemail: str) -> Voicemail | None:
        """Read one message."""
        query = sa.select(*VOICEMAIL).where(voicemails.c.id == voicemail)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return read_voicemail(row) if row else None

    def hear(self, voicemail: str, by: str, at: datetime) -> bool:
        """Mark a message as heard, the first time; false: there is no such message."""
        is_it = voicemails.c.id == voicemail
        change = sa.update(voicemails).where(is_it, voicemails.c.heard.is_(None))
        with self._database.write() as connection:
            connection.execute(change.values(heard_by=by, heard=at))
            return connection.execute(sa.select(voicemails.c.id).where(is_it)).first() is not None
