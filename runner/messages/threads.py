"""Writes messages into conversations, inside an open transaction: of walks, agents, the system.

The rows that go out are the queue: what is written here leaves by `runner.messages.sending`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from desk.conversations import (
    BULK,
    CHANNELS,
    URGENT,
    ChannelName,
    Conversation,
    Delivery,
    Message,
)
from flow.effects import SendMessage
from runner.ids import new_id
from runner.messages.channels import Channel
from runner.messages.limits import Reach
from runner.messages.senders import Senders
from runner.messages.splitting import split
from runner.ports import Work

Result = tuple[str, Mapping[str, Any]]

OVER = "the conversation is over"
OPTED_OUT = "the contact wants no messages"


@dataclass(frozen=True, slots=True)
class Written:
    """What shall be sent: who writes it (`author`), and all of it. `key` is the writer's own name.

    `confirms` an opt-out: it leaves although the contact wants no more messages. `valid_for`:
    seconds after which it is not sent any more.
    """

    author: str
    text: str
    subject: str = ""
    html: str = ""
    media: tuple[Mapping[str, Any], ...] = ()
    choices: tuple[Mapping[str, Any], ...] = ()
    key: str = ""
    bulk: bool = False
    confirms: bool = False
    valid_for: float | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


class Threads:
    """Writes messages that go out. `soon` hears the channel and our address when some wait.

    `changed` hears the id of every conversation in which something happened. Both are called after
    the commit.
    """

    def __init__(
        self,
        channels: Mapping[ChannelName, Channel],
        senders: Senders,
        reach: Reach,
        clock: Callable[[], datetime],
        soon: Callable[[str, str], object],
        changed: Callable[[str], object],
    ) -> None:
        self._channels, self._senders, self._reach = channels, senders, reach
        self.clock = clock
        self._soon, self._changed = soon, changed

    def perform(self, work: Work, effect: SendMessage) -> Result:
        """Do a walk's `SendMessage`: `sent` once it is written down to leave."""
        execution = effect.id.rpartition(".")[0]
        if work.thread_of(effect.id):  # written by the turn that asked before
            return "sent", {"message_id": effect.id}
        if effect.to:
            return self._to_somebody(work, effect, execution)
        conversation = work.conversation(effect.conversation) if effect.conversation else None
        if conversation is None or conversation.state == "closed":
            return "failed", {"reason": OVER}
        return self._told(work, conversation, effect)

    def write(
        self, work: Work, conversation: Conversation, written: Written, message: str = ""
    ) -> tuple[Message, Conversation]:
        """Write a message into a locked conversation; `failed` or `canceled` when it cannot leave.

        `message` is its id, a new one where it is empty. What is too long for its channel becomes
        several messages; the first of them is given back.
        """
        at = self.clock()
        whole = self._row(conversation, written, message or new_id(), at)
        channel = self.known(conversation.channel)
        first, *more = split(whole, channel.split(whole) if channel else [whole.text])
        first = self._judged(work, first, conversation, at)
        if first.state in ("failed", "canceled"):
            first, more = replace(whole, state=first.state, reason=first.reason), []
        conversation = self.add(work, conversation, first)
        for row in more:
            judged = self._judged(work, row, conversation, at)
            conversation = self.add(work, conversation, judged)
        return first, conversation

    def add(self, work: Work, conversation: Conversation, message: Message) -> Conversation:
        """Add a message to a locked conversation, as its next; gives the conversation after it."""
        number, version = conversation.messages + 1, conversation.version + 1
        updated = max(conversation.updated, message.at)  # what was missed comes in late
        after = replace(conversation, messages=number, version=version, updated=updated)
        work.keep_conversation(after)
        numbered = replace(message, number=number, version=version)
        work.keep_message(numbered)
        work.afterwards(lambda: self._changed(after.id))
        if numbered.may_leave:
            work.afterwards(lambda: self._soon(after.channel, after.address))
        return after

    def change(self, work: Work, message: Message, **changes: Any) -> Message:
        """Write what changed of a message, whose conversation is locked first.

        One that is gone meanwhile (an erasure) stays gone.
        """
        conversation = work.conversation(message.conversation)
        now = work.message(message.id)
        if now is None:
            return message
        version = conversation.version + 1 if conversation else now.version
        if conversation is not None:
            work.keep_conversation(replace(conversation, version=version))
        changed = replace(now, version=version, **changes)
        work.keep_message(changed)
        work.afterwards(lambda: self._changed(changed.conversation))
        return changed

    def close(self, work: Work, conversation: Conversation) -> Conversation:
        """Close a locked conversation; what the contact writes next begins another.

        What nobody has had by now is had by nobody.
        """
        at, version = max(self.clock(), conversation.updated), conversation.version + 1
        over = replace(conversation, state="closed", closed=at, updated=at, version=version)
        over = replace(over, agent="", assignment="")
        work.take_messages(over.id, over.messages)
        work.keep_conversation(over)
        work.afterwards(lambda: self._changed(over.id))
        return over

    def known(self, name: ChannelName) -> Channel | None:
        """Find a channel by its name; None where it is not set up."""
        return self._channels.get(name)

    def _to_somebody(self, work: Work, effect: SendMessage, execution: str) -> Result:
        """Write to an address: into the open conversation with it, or into one of its own."""
        channel = _channel_of(effect)
        if channel is None or channel not in self._channels:
            return "failed", {"reason": f"messages by {effect.channel} are not set up"}
        try:
            peer = self._senders.peer(channel, effect.to)
            address = self._senders.own(work, channel, effect.sender)
        except ValueError as error:
            return "failed", {"reason": str(error)}
        found = work.enter_peer(channel, address, peer)
        conversation = work.conversation(found.id) if found is not None else None
        if reason := self._reach.ask(work, effect.id, channel, peer):
            return "failed", {"reason": reason}
        if conversation is None:
            conversation = self._opened(work, channel, address, peer)
            if effect.bulk:
                conversation = replace(conversation, details={"bulk": True})
            if effect.opens:
                conversation = replace(conversation, execution=execution)
            else:
                closed = conversation.opened
                conversation = replace(conversation, state="closed", closed=closed)
            work.keep_conversation(conversation)
        elif effect.bulk:
            effect = replace(effect, bulk=False)  # what follows there would have to wait for it
        word, result = self._told(work, conversation, effect)
        ours = effect.opens and conversation.execution == execution
        return word, {**result, **({"conversation": conversation.id} if ours else {})}

    def _opened(self, work: Work, channel: ChannelName, address: str, peer: str) -> Conversation:
        at = self.clock()
        by = "email" if channel == "email" else "number"
        contact = work.contact_by(by, peer) if channel != "chat" else None
        return Conversation(
            *(new_id(), channel, address, peer, at, at), contact=contact.id if contact else ""
        )

    def _told(self, work: Work, conversation: Conversation, effect: SendMessage) -> Result:
        details = {"template": dict(effect.template)} if effect.template else {}
        written = Written(
            *("flow", effect.text, effect.subject),
            media=effect.media,
            choices=effect.choices,
            bulk=effect.bulk,
            valid_for=effect.valid_for,
            details=details,
        )
        row, _ = self.write(work, conversation, written, effect.id)
        told = {"message_id": row.id}
        if row.state == "canceled":
            return "opted_out", told | {"reason": row.reason}
        if row.state == "failed":
            return "failed", told | {"reason": row.reason}
        return "sent", told

    def _row(
        self, conversation: Conversation, written: Written, name: str, at: datetime
    ) -> Message:
        details = {**written.details, **({"confirms": True} if written.confirms else {})}
        seconds = written.valid_for
        until = at + timedelta(seconds=seconds) if seconds is not None else None
        return Message(
            id=name,
            conversation=conversation.id,
            channel=conversation.channel,
            address=conversation.address,
            peer=conversation.peer,
            direction="out",
            author=written.author,
            text=written.text,
            at=at,
            state="queued",
            subject=written.subject or conversation.subject,
            html=written.html,
            media=written.media,
            choices=written.choices,
            key=written.key,
            priority=BULK if written.bulk else URGENT,
            not_after=until,
            details=details,
        )

    def _judged(
        self, work: Work, row: Message, conversation: Conversation, at: datetime
    ) -> Message:
        """Say at once what can never leave; a channel that sends nothing is through with it."""
        channel = self.known(conversation.channel)
        if channel is None:
            return _ended(row, "failed", f"messages by {conversation.channel} are not set up")
        place = (conversation.channel, conversation.address, conversation.peer)
        if not row.details.get("confirms") and work.opted_out(*place):
            return _ended(row, "canceled", OPTED_OUT)
        if reason := channel.fits(row, conversation, at):
            return _ended(row, "failed", reason)
        return replace(row, state="sent") if channel.at_once else row


def _channel_of(effect: SendMessage) -> ChannelName | None:
    name = effect.channel or ("email" if "@" in effect.to else "sms")
    return next((known for known in CHANNELS if known == name), None)


def _ended(row: Message, state: Delivery, reason: str) -> Message:
    return replace(row, state=state, reason=reason)
