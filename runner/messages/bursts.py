"""Counts how fast a contact writes: beyond a limit it is a machine, and is answered no more."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from desk.conversations import ChannelName, Conversation
from runner.messages.channels import Incoming

_log = structlog.get_logger(__name__)

BURSTS: Mapping[ChannelName, tuple[int, timedelta]] = {
    "sms": (15, timedelta(seconds=30)),
    "whatsapp": (15, timedelta(seconds=30)),
    "chat": (30, timedelta(seconds=30)),
    "email": (20, timedelta(hours=1)),
}
"""More messages than this in this time are a machine's: they are kept, and answered no more
(provider, error 14107; threats 19 and 31)."""


def counted(known: Conversation | None, incoming: Incoming) -> tuple[dict[str, Any], bool]:
    """Count a message of a contact whose last conversation is `known`, be it open or closed.

    Give what the conversation is to remember, and whether it is too much.
    """
    most, window = BURSTS[incoming.channel]
    burst: Mapping[str, Any] = known.details.get("burst") or {} if known else {}
    since = datetime.fromisoformat(burst["since"]) if burst else incoming.at
    fresh = not burst or incoming.at - since > window
    count = 1 if fresh else int(burst["count"]) + 1
    if known and count == most + 1:
        _log.warning("too many messages at once: no more answers", conversation=known.id)
    kept = {"since": (incoming.at if fresh else since).isoformat(), "count": count}
    return {"burst": kept}, count > most
