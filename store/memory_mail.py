"""E-mails and messages for agents in dictionaries, as `store.mails` keeps them."""

from dataclasses import replace

from desk.mails import Mail
from desk.voicemails import Voicemail
from store.memory_desk import Rows
from store.types import clean, kept

MAIL_TABLES = ("mails", "voicemails")


class MemoryMails:
    """E-mails and messages inside one transaction on the dictionaries."""

    def mail(self: Rows, mail: str) -> Mail | None:
        """Read an e-mail that is kept."""
        found: Mail | None = self._rows["mails"].get(clean(mail))
        return found

    def keep_mail(self: Rows, mail: Mail) -> None:
        """Write an e-mail (insert or update)."""
        self._put("mails", clean(mail.id), kept(mail))

    def voicemail(self: Rows, voicemail: str) -> Voicemail | None:
        """Read a message for agents."""
        found: Voicemail | None = self._rows["voicemails"].get(clean(voicemail))
        return found

    def keep_voicemail(self: Rows, voicemail: Voicemail) -> None:
        """Write a message whose recording is known (insert or update)."""
        row: Voicemail = kept(voicemail)
        row = replace(row, emails=tuple(row.emails), inboxes=tuple(row.inboxes))
        self._put("voicemails", row.id, row)
