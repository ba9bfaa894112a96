"""What a visitor sees of conversations and messages; nothing else of them leaves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from desk.conversations import Conversation, Message
from runner.typing_notes import writers

_SHOWN = {"received", "sent", "delivered", "read", "undelivered"}

_AGENT = "agent:"


@dataclass(frozen=True, slots=True)
class Views:
    """Makes views; `name_of` gives an agent's name, `prompt` the address of a sound."""

    name_of: Callable[[str], str]
    prompt: Callable[[str], str | None]

    def of_one_answer(self) -> "Views":
        """Give views that ask for each agent's name once: for one answer, as names may change."""
        return replace(self, name_of=cache(self.name_of))

    def message(self, message: Message) -> dict[str, Any] | None:
        """Give what is shown of a message; None: nothing. What was taken back has only its id."""
        if message.state == "canceled":
            return {"id": message.id, "gone": True}
        if message.state not in _SHOWN or not (message.text or message.media):
            return None
        ours = message.direction == "out"
        shown: dict[str, Any] = {
            "id": message.id,
            "conversation": message.conversation,
            "number": message.number,
            "version": message.version,
            "from": self._author(message) if ours else "visitor",
            "text": message.text,
            "at": message.at.isoformat(),
            "state": message.state,
            "files": [found for item in message.media if (found := self._file(item))],
        }
        if ours:
            shown["name"] = self._name(message.author)
            shown["choices"] = [_choice(choice) for choice in message.choices]
        else:
            shown["key"] = message.key
        return shown

    def standing(self, conversation: Conversation) -> dict[str, Any]:
        """Give where a conversation stands."""
        return {
            "conversation": conversation.id,
            "state": conversation.state,
            "agent": self.name_of(conversation.agent) if conversation.agent else "",
        }

    def typing(self, conversation: Conversation, at: datetime) -> tuple[dict[str, Any], datetime]:
        """Give who of us is writing, and until when to believe it."""
        found = {who: end for who, end in writers(conversation, at).items() if who != "contact"}
        if not found:
            return {"on": False}, at
        who = min(found)
        return {"on": True, "name": self._name(who)}, max(found.values())

    def _author(self, message: Message) -> str:
        return "agent" if message.author.startswith(_AGENT) else message.author

    def _name(self, author: str) -> str:
        agent = author.startswith(_AGENT)
        return self.name_of(author.removeprefix(_AGENT)) if agent else ""

    def _file(self, item: Mapping[str, Any]) -> dict[str, Any] | None:
        if item.get("id"):
            return {name: item.get(name) for name in ("id", "name", "type", "size")}
        url = item.get("url") or (self.prompt(item["audio"]) if item.get("audio") else None)
        if not url or urlsplit(url).scheme not in {"http", "https"}:
            return None
        plain = item.get("name") or item.get("audio") or urlsplit(url).path.rpartition("/")[2]
        return {"url": url, "name": plain or urlsplit(url).netloc}


def _choice(choice: Mapping[str, Any]) -> dict[str, str]:
    label = str(choice.get("label") or choice.get("value") or "")
    return {"label": label, "value": str(choice.get("value") or label)}
