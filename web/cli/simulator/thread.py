"""The conversation by messages of a simulated walk: what the contact writes becomes an event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flow.effects import SendMessage
from flow.events import MessageIn
from runner.messages.written import apology
from web.cli.simulator.actions import Unsuited, Write

BUTTONS = frozenset({"chat"})
"""The channels where a quick reply is a button; elsewhere it is a line with a number."""

Choices = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Writing:
    """The flow waits for a message; `choices` are the quick replies that were offered last."""

    choices: Choices = ()


@dataclass
class Thread:
    """A conversation with one contact: by which channel, our address and theirs.

    `offered` are the quick replies of our last message, `unread` what the flow has not read yet.
    """

    channel: str
    ours: str
    peer: str
    offered: Choices = ()
    unread: list[MessageIn] = field(default_factory=list, init=False)
    _written: int = field(default=0, init=False)

    def message(self, action: Write, now: datetime) -> MessageIn:
        """Make the event of what the contact writes or taps.

        Raises:
            Unsuited: no such quick reply was offered.
        """
        text, choice = action.text, ""
        if action.choice or self.channel in BUTTONS:
            text, choice = self._tapped(action)
        self._written += 1
        media = [
            {"id": f"file-{self._written}-{place}", "name": name, "type": "", "size": 1}
            for place, name in enumerate(action.media, 1)
        ]
        seen = {
            "id": f"message-{self._written}",
            "text": text,
            "from": self.peer,
            "to": self.ours,
            "subject": action.subject,
            "media": media,
        }
        return MessageIn(now, text, choice, seen)

    def next(self, now: datetime) -> MessageIn:
        """Take the first message that the flow has not read; it is read now."""
        return replace(self.unread.pop(0), at=now)

    def sends(self, message: SendMessage) -> SendMessage:
        """Send a message of the flow's; give it with the channel by which it goes."""
        if message.to and not message.opens:
            return message
        self.offered = message.choices
        return replace(message, channel=self.channel)

    def sorry(self, language: str) -> SendMessage:
        """Give the apology as it is written."""
        return SendMessage("", apology(language), channel=self.channel)

    def _tapped(self, action: Write) -> tuple[str, str]:
        wanted = (action.choice or action.text).strip().casefold()
        for known in self.offered:
            if known["label"].strip().casefold() != wanted:
                continue
            if self.channel in BUTTONS:
                return known["label"], known["value"]
            return known["key"] or known["label"], ""
        if not action.choice:
            return action.text, ""
        offered = ", ".join(known["label"] for known in self.offered) or "none"
        raise Unsuited(f"there is no quick reply {action.choice!r}; offered are: {offered}")
