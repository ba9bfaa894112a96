"""Knows a message that was here before: by the provider's id, the sender's key, or its words."""

from datetime import timedelta

from desk.conversations import Conversation, Message
from runner.messages.channels import Incoming, Taken
from runner.ports import Work

SAME = timedelta(seconds=60)
"""Within this time the same words without any id are the same message, delivered twice."""


def repeated(work: Work, known: Conversation | None, incoming: Incoming) -> Taken | None:
    """Find the same message, if it was here before. One that was erased does not come back."""
    if incoming.sid and work.is_erased(incoming.sid):
        return Taken(repeated=True)
    if incoming.sid and (name := work.message_of(incoming.channel, incoming.sid)):
        return Taken(work.thread_of(name), name, repeated=True)
    earlier = _earlier(work, known, incoming) if known is not None else None
    if known is None or earlier is None:
        return None
    return Taken(known.id, earlier.id, repeated=True)


def _earlier(work: Work, known: Conversation, incoming: Incoming) -> Message | None:
    if incoming.key:
        return work.message_keyed(known.id, incoming.key)
    if incoming.sid or incoming.details.get("begins"):
        return None
    if known.heard is None or incoming.at - known.heard > SAME:
        return None
    last = work.last_heard(known.id)
    return last if last is not None and last.text == incoming.text else None
