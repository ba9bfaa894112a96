"""What the pages and commands work with, opened when it is first needed."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import cast

from flask import Flask, current_app

from audio.prompts import PromptLibrary
from audio.recordings import RecordingStore
from runner.keys import Keys
from runner.media import MediaShelf
from runner.messages.mailroom import Mailroom
from runner.messages.wishes import Wishes
from runner.secrets import Secrets
from runner.settings import Settings
from runner.switchboard import Switchboard
from runner.vault import Vault, load_key
from runner.webhooks import Webhooks
from store.audit import Audit
from store.conversations import Conversations
from store.database import Database
from store.deliveries import Deliveries
from store.keys import ApiKeys
from store.library import Library
from store.listings import Listings
from store.past import Past
from store.people import People
from store.queues import Queues
from store.sealed import Secrets as SecretTable
from store.served import Hands
from store.shelves import PromptShelf, RecordingShelf
from store.store import SqlStore
from store.subscriptions import Subscriptions
from store.threads import Threads
from store.voicemails import Voicemails

_KEY = "linewalk"


class House:
    """One installation: its settings, its database and what lies on its shelves.

    `settings` is asked when something needs it, so that commands on files alone run without any.
    """

    def __init__(self, settings: Callable[[], Settings]) -> None:
        self._load = settings

    @cached_property
    def settings(self) -> Settings:
        """The settings; raises `BadSettings`."""
        return self._load()

    @cached_property
    def database(self) -> Database:
        """The database, made where SQLite keeps it."""
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        return Database(self.settings.database)

    @cached_property
    def store(self) -> SqlStore:
        """Where turns are kept."""
        return SqlStore(self.database, self.mark)

    def mark(self, text: str) -> str:
        """Give the keyed digest of a text; the key is looked for only now."""
        return self.vault.mark(text)

    @cached_property
    def switchboard(self) -> Switchboard:
        """The kill switch of outgoing calls, the do-not-call list, and what was refused."""
        return Switchboard(self.store, now)

    @cached_property
    def mailroom(self) -> Mailroom:
        """The switch of outgoing messages, and what waits to leave."""
        return Mailroom(self.store, now)

    @cached_property
    def wishes(self) -> Wishes:
        """Who wants no messages."""
        return Wishes(self.store, now)

    @cached_property
    def library(self) -> Library:
        """Flows, versions, bindings and contacts."""
        return Library(self.database)

    @cached_property
    def people(self) -> People:
        """Contacts, one by one."""
        return People(self.database)

    @cached_property
    def past(self) -> Past:
        """What has happened."""
        return Past(self.database)

    @cached_property
    def listings(self) -> Listings:
        """What has happened, in pages."""
        return Listings(self.database)

    @cached_property
    def conversations(self) -> Conversations:
        """The conversations of agents."""
        return Conversations(self.database)

    @cached_property
    def voicemails(self) -> Voicemails:
        """The messages for agents."""
        return Voicemails(self.database)

    @cached_property
    def threads(self) -> Threads:
        """The conversations by messages."""
        return Threads(self.database)

    @cached_property
    def served(self) -> Hands:
        """Which agents had conversations by messages."""
        return Hands(self.database)

    @cached_property
    def media(self) -> MediaShelf:
        """The files of messages."""
        return MediaShelf(self.settings.data_dir / "media", self.threads.files_known)

    @cached_property
    def queues(self) -> Queues:
        """What is kept of queues."""
        return Queues(self.database)

    @cached_property
    def vault(self) -> Vault:
        """What seals and opens."""
        return Vault(load_key(self.settings.secret_key, self.settings.data_dir))

    @cached_property
    def secrets(self) -> Secrets:
        """The owner's secrets."""
        return Secrets(SecretTable(self.database), self.vault, now)

    @cached_property
    def keys(self) -> Keys:
        """The API keys."""
        return Keys(ApiKeys(self.database), now)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Who is told of events."""
        shelf, deliveries = Subscriptions(self.database), Deliveries(self.database)
        return Webhooks(shelf, deliveries, self.vault, now)

    @cached_property
    def audit(self) -> Audit:
        """The audit log."""
        return Audit(self.database)

    @cached_property
    def prompts(self) -> PromptLibrary:
        """The prompt library."""
        return PromptLibrary(self.settings.data_dir / "prompts", PromptShelf(self.database))

    @cached_property
    def recordings(self) -> RecordingStore:
        """Our copies of recordings."""
        folder = self.settings.data_dir / "recordings"
        return RecordingStore(folder, RecordingShelf(self.database))


def move_in(app: Flask, house_: House) -> None:
    """Make a house the application's."""
    app.extensions[_KEY] = house_


def house() -> House:
    """Give the house of the application that runs."""
    return cast("House", current_app.extensions[_KEY])


def now() -> datetime:
    """Read the clock, in UTC."""
    return datetime.now(UTC)
