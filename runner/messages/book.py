"""What conversations by messages need of the store, as Protocols; `runner.ports` has them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from desk.conversations import Conversation, Media, Message, OptOut


class MessageWork(Protocol):
    """Conversations and messages, inside one transaction.

    Lock in this order: the execution, a peer, a sender's pace, the conversation's row, a message.
    """

    def open_with(self, channel: str, address: str, peer: str) -> Conversation | None:
        """Find the open conversation of a contact with an address, without any lock."""

    def enter_peer(self, channel: str, address: str, peer: str) -> Conversation | None:
        """Find the open conversation of a contact with an address; its row is not locked.

        From here to the commit nobody else can enter the same peer: a second message waits.
        """

    def conversation(self, conversation: str) -> Conversation | None:
        """Read a conversation, locked."""

    def keep_conversation(self, conversation: Conversation) -> None:
        """Write a conversation (insert or update).

        Raises:
            Conflict: the contact has another open one with this address.
        """

    def message(self, message: str) -> Message | None:
        """Read a message, locked. Lock its conversation first where it will be changed."""

    def keep_message(self, message: Message) -> None:
        """Write a message (insert or update)."""

    def thread_of(self, message: str) -> str:
        """Find the conversation of a message without any lock, "" for none."""

    def last_heard(self, conversation: str) -> Message | None:
        """Find the contact's last message in a conversation."""

    def message_of(self, channel: str, sid: str) -> str:
        """Find the message that the provider knows under an id, "" for none."""

    def message_keyed(self, conversation: str, key: str) -> Message | None:
        """Find the message that its sender calls so, in one conversation."""

    def known_sids(self, channel: str, sids: Sequence[str]) -> set[str]:
        """Find which of these provider's ids are of messages we know."""

    def untaken(self, conversation: str) -> Sequence[Message]:
        """List the contact's messages that neither walk nor agent has had, the first first."""

    def take_messages(self, conversation: str, upto: int) -> None:
        """Note that the contact's messages up to this number have been had."""

    def opted_out(self, channel: str, address: str, peer: str) -> bool:
        """Say whether a contact wants no messages from this address."""

    def opt_out(self, entry: OptOut) -> None:
        """Note that a contact wants no more messages; a second note changes nothing."""

    def opt_in(self, channel: str, address: str, peer: str) -> bool:
        """Strike off a contact's opt-outs that cover this address, "" for all; false: none."""

    def cancel_queued(self, channel: str, address: str, peer: str, reason: str) -> int:
        """Cancel what waits to leave for a contact; gives how many there were.

        `address` "" means from all of our addresses.
        """

    def cancel_waiting(
        self, channel: str, address: str, least: int, reason: str, limit: int
    ) -> int:
        """Cancel what waits to leave, of at most so many conversations; says how many there were.

        Empty is every channel and every address of ours; `least` is the most urgent priority.
        """

    def expire_hanging(self, channel: str, address: str, least: int, at: datetime) -> int:
        """Let messages of which nobody knows whether they left not leave again after a moment.

        Chosen as by `cancel_waiting`; says how many there are.
        """

    def hurry(self, conversation: str) -> int:
        """Have what waits in a conversation leave before what nobody waits for; says how many."""

    def open_pace(self, sender: str) -> datetime | None:
        """Lock a sender's pace until the commit; give from when on it may send, None: at once."""

    def keep_pace(self, sender: str, free_from: datetime) -> None:
        """Write from when on a sender may send."""

    def next_to_leave(self, channel: str, address: str, at: datetime, most: int) -> Message | None:
        """Find the message whose turn it is: by priority, then the oldest first.

        Of one conversation only the first that is not through yet may leave, and none while one is
        being sent. `most` is the least urgent priority wanted.
        """

    def left_hanging(self, before: datetime, limit: int) -> Sequence[str]:
        """List messages in state sending or unknown that were last tried before this moment."""

    def keep_media(self, media: Media) -> None:
        """Write a file's row (insert or update)."""

    def media(self, media: str) -> Media | None:
        """Read a file's row, locked."""


class MessageStore(Protocol):
    """Reading of conversations, outside of any transaction."""

    def senders_due(self, at: datetime) -> Sequence[tuple[str, str]]:
        """List the channels and addresses of ours from which messages wait to leave now."""

    def messages_since(self, conversation: str, version: int, limit: int) -> Sequence[Message]:
        """List messages that changed after a version of the conversation, by that version."""

    def versions_of(self, conversations: Sequence[str]) -> dict[str, int]:
        """Give the versions that conversations stand at; of unknown ones nothing."""

    def conversations_of(
        self, channel: str, address: str, peer: str, limit: int
    ) -> Sequence[Conversation]:
        """List the conversations of a contact with an address of ours, the newest first."""

    def glance_conversation(self, conversation: str) -> Conversation | None:
        """Read a conversation without locking it."""
