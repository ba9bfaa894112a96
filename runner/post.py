"""Puts together what sends e-mails and delivers messages, for one process."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from flow.effects import DeliverVoicemail, SendEmail
from flow.ledger import Recording
from runner.desk import Desk
from runner.mail import MailDoor
from runner.mailer import Mailer, PostOffice, SoundShelf
from runner.messages.limits import Reach
from runner.ports import Jobs, Store, Work
from runner.settings import Settings
from runner.vault import Vault
from runner.voicemails import Voicemails, wake


class Post:
    """The mailer, the messages, and which effects, orders and news are theirs."""

    def __init__(  # noqa: PLR0913, PLR0917  the places mail touches; composed once, in app.py
        self,
        store: Store,
        jobs: Jobs,
        vault: Vault,
        shelf: SoundShelf,
        desk: Desk,
        clock: Callable[[], datetime],
        settings: Settings,
        reach: Reach,
    ) -> None:
        self._store, self._jobs, self._vault, self._shelf = store, jobs, vault, shelf
        self._desk, self._clock, self._settings = desk, clock, settings
        self._reach = reach

    @cached_property
    def mailer(self) -> Mailer:
        """What sends e-mails."""
        server, sender = self._settings.mail_server, self._settings.mail_sender
        office = PostOffice(MailDoor(server), sender) if server and sender else None
        parts = (self._store, self._jobs, self._vault, self._shelf)
        return Mailer(*parts, self._clock, office, self._reach.ask_mails)

    @cached_property
    def voicemails(self) -> Voicemails:
        """What delivers messages to agents."""
        parts = (self._store, self._jobs, self._desk, self.mailer)
        return Voicemails(*parts, self._clock, self._settings.timezone)

    @property
    def performers(self) -> Mapping[type[Any], Any]:
        """Who does which effect."""
        return {SendEmail: self.mailer}

    @property
    def orders(self) -> Mapping[type[Any], Any]:
        """Who carries out which order."""
        return {DeliverVoicemail: self.voicemails.take}

    def settled(self, work: Work, recording: Recording) -> None:
        """Have the message of a recording delivered that was settled in this transaction."""
        wake(self._jobs, work, recording)
