"""Puts the message channels together, for one process: a new one is its folder and its lines here.

`app.py` gives what other rooms have (`Given`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint

from desk.conversations import ChannelName
from digital.carrier.channel import Outbox
from digital.carrier.messages import Messages
from digital.chat.channel import ChatChannel
from digital.chat.chats import BoundChats
from digital.chat.ports import Doors, Rules
from digital.chat.webhook import chat_blueprint
from digital.email.channel import EmailChannel, Post
from digital.email.intake import Intake
from digital.email.limits import MEGABYTE, Limits
from digital.email.mailboxes import Mailboxes
from digital.email.marks import Marks
from digital.email.webhooks import Keys, inbound_blueprint
from digital.sms.channel import SmsChannel
from digital.sms.webhook import messages_blueprint
from digital.whatsapp.channel import WhatsappChannel
from flow.flow import Flow
from flow.ledger import Version
from runner.carrier.account import account_of
from runner.carrier.door import WebhookSettings
from runner.hub import Hub
from runner.mail import File, MailDoor
from runner.messages.channels import Channel
from runner.messages.inbox import Inbox
from runner.messages.senders import PREFIXES
from runner.once import Tokens
from runner.ports import Store
from runner.settings import Settings
from runner.typing_notes import TypingNotes

if TYPE_CHECKING:
    from digital.email.listener import Listener
    from digital.sms.missed import Missed


@dataclass(frozen=True, slots=True)
class Given:
    """What the channels need of other rooms.

    `path` finds a kept file by its media id, `load` reads one of a message (by id or prompt) to be
    attached to a mail, `link` gives the address under which others may fetch it, `prompt` that of a
    sound by its name. `name_of` gives the name of an agent, `addresses` lists what is bound,
    `refused` counts the reason of every request that was turned away.
    """

    settings: Settings
    store: Store
    mark: Callable[[str], str]
    path: Callable[[str], Path | None]
    load: Callable[[Mapping[str, Any]], File | None]
    link: Callable[[Mapping[str, Any]], str]
    prompt: Callable[[str], str | None]
    name_of: Callable[[str], str]
    addresses: Callable[[], Mapping[str, datetime]]
    refused: Callable[[str], None]
    clock: Callable[[], datetime]


class Digital:
    """The message channels of one process, and their doors. Each part is made when first needed."""

    def __init__(self, given: Given) -> None:
        self._given, self._settings = given, given.settings

    @cached_property
    def hub(self) -> Hub:
        """Who is woken when something happens in a conversation."""
        return Hub(self._given.store.versions_of, most=self._settings.chat_streams)

    @cached_property
    def marks(self) -> Marks:
        """What signs the Message-IDs of our mails."""
        return Marks(self._given.mark)

    @cached_property
    def messages(self) -> Messages:
        """The carrier's messages."""
        return Messages(account_of(self._settings))

    @cached_property
    def channels(self) -> Mapping[ChannelName, Channel]:
        """Every channel that can send."""
        given, settings = self._given, self._settings
        rates, base = settings.message_rates, settings.base_url
        outbox = Outbox(self.messages, base, rates, given.link)
        server = settings.mail_server
        door = MailDoor(server) if server else None
        post = Post(door, settings.mail_sender, settings.mails_per_second)
        return {
            "sms": SmsChannel(outbox, settings.messaging_service_sid),
            "whatsapp": WhatsappChannel(outbox),
            "chat": ChatChannel(),
            "email": EmailChannel(post, self.marks, given.load),
        }

    def blueprints(self, inbox: Inbox, document: Callable[[Version], Flow]) -> list[Blueprint]:
        """Build the doors of all channels; `document` gives the flow of a version."""
        return [self._of_carrier(inbox), self._of_mail(inbox), self._of_chat(inbox, document)]

    def missed(self, inbox: Inbox) -> "Missed | None":
        """Build what finds the carrier's messages that never came in; None without a carrier."""
        from digital.sms.missed import Here, Missed  # noqa: PLC0415  only the worker's

        settings, given = self._settings, self._given
        if settings.development:
            return None
        confirms, clock = settings.carrier_confirms, given.clock
        here = Here(self._numbers, self._known)
        return Missed(self.messages, here, inbox.take, confirms, clock)

    def mail_server(self, inbox: Inbox) -> "Listener | None":
        """Build the mail server; None where `SMTP_LISTEN` is off.

        Raises:
            BadSettings: its certificate is not to be read.
        """
        from digital.email.listener import Listener, Listening, certificate  # noqa: PLC0415  as above

        settings = self._settings
        if settings.smtp_address is None:
            return None
        chain, key = settings.smtp_tls_cert, settings.smtp_tls_key
        tls = certificate(str(chain), str(key)) if chain and key else None
        name = urlsplit(settings.base_url).hostname or "linewalk"
        return Listener(self._intake(inbox), Listening(*settings.smtp_address, name=name, tls=tls))

    def _of_carrier(self, inbox: Inbox) -> Blueprint:
        settings, given = self._settings, self._given
        known = (settings.base_url, settings.twilio_auth_token, settings.twilio_account_sid)
        keys, confirms = WebhookSettings(*known), settings.carrier_confirms
        doors = (inbox.take, inbox.report)
        return messages_blueprint(*doors, keys, confirms, given.refused, given.clock)

    def _of_mail(self, inbox: Inbox) -> Blueprint:
        settings, given = self._settings, self._given
        development = settings.development
        keys = Keys(settings.mailgun_signing_key, settings.sendgrid_public_key, development)
        claim = Tokens(given.store, given.clock).claim
        return inbound_blueprint(self._intake(inbox), keys, claim, given.clock, given.refused)

    def _of_chat(self, inbox: Inbox, document: Callable[[Version], Flow]) -> Blueprint:
        settings, given = self._settings, self._given
        doors = Doors(
            take=inbox.take,
            report=inbox.report,
            reads=given.store,
            chats=BoundChats(given.store.work, document),
            typing=TypingNotes(given.store, given.clock, self.hub.wake),
            hub=self.hub,
            file=given.path,
            prompt=given.prompt,
            name_of=given.name_of,
            clock=given.clock,
        )
        rules = Rules(
            frozenset(settings.chat_origins),
            settings.base_url,
            given.mark("chat visitors"),
            settings.chat_proxies,
            settings.development,
        )
        return chat_blueprint(doors, rules)

    def _intake(self, inbox: Inbox) -> Intake:
        settings, given = self._settings, self._given
        size = settings.mail_max_mb * MEGABYTE
        limits = Limits(size, settings.mail_max_files, size)
        return Intake(Mailboxes(inbox, given.addresses), self.marks, limits, given.clock)

    def _numbers(self) -> dict[str, datetime]:
        """List our senders as the carrier writes them, and since when they are bound."""
        sms, whatsapp = PREFIXES["sms"], PREFIXES["whatsapp"]
        bound = self._given.addresses().items()
        ours = ((each, at) for each, at in bound if each.startswith((sms, whatsapp)))
        return {each.removeprefix(sms): at for each, at in ours}

    def _known(self, sids: Sequence[str]) -> set[str]:
        """Find which of the carrier's ids are of messages we have."""
        with self._given.store.work() as work:
            return {*work.known_sids("sms", sids), *work.known_sids("whatsapp", sids)}
