"""Visitors of a chat over HTTP, and an agent on the other side."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import Telephony
from desk.conversations import Conversation
from runner.messages.threads import Written
from runner.typing_notes import TypingNotes
from tests.support.installation import Installation

SITE = "https://shop.example.com"


@dataclass
class Visitor:
    """A page of the shop, and the token it has."""

    client: FlaskClient
    chat: str = "website"
    origin: str | None = SITE
    token: str = ""
    count: int = field(default=0)

    def headers(self, **more: str) -> dict[str, str]:
        known = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        origin = {"Origin": self.origin} if self.origin else {}
        return {**known, **origin, **more}

    def get(self, path: str, **headers: str) -> TestResponse:
        address = f"/digital/chat/{self.chat}/{path}"
        buffered = not path.startswith("events")
        return self.client.get(address, headers=self.headers(**headers), buffered=buffered)

    def post(self, path: str, body: Any = None, **given: Any) -> TestResponse:
        address = f"/digital/chat/{self.chat}/{path}"
        if not given:
            given = {"json": {} if body is None else body}
        return self.client.post(address, headers=self.headers(), **given)

    def come(self) -> dict[str, Any]:
        answer = self.post("sessions")
        assert answer.status_code == 201, answer.text
        found = answered(answer)
        self.token = found["token"]
        return found

    def say(self, text: str = "", key: str = "", **more: Any) -> dict[str, Any]:
        self.count += 1
        answer = self.post("messages", {"text": text, "key": key or self.key(), **more})
        assert answer.status_code == 202, answer.text
        return answered(answer)

    def key(self) -> str:
        return f"key-{id(self):x}-{self.count:04}"

    def sees(self) -> list[tuple[str, str]]:
        """Who wrote what, in order, as the widget shows it."""
        return [(one["from"], one["text"]) for one in self.history()["messages"]]

    def history(self, after: str = "") -> dict[str, Any]:
        answer = self.get(f"messages?after={after}")
        assert answer.status_code == 200, answer.text
        return answered(answer)


@dataclass
class Agent:
    """An agent, by what the desk does to conversations."""

    telephony: Telephony
    id: str = "ann"

    def change(self, conversation: str, **changes: Any) -> Conversation:
        with self.telephony.parts.store.work() as work:
            found = work.conversation(conversation)
            assert found is not None
            changed = replace(found, version=found.version + 1, **changes)
            work.keep_conversation(changed)
        self.telephony.parts.messages.changed(conversation)
        return changed

    def join(self, conversation: str) -> None:
        self.change(conversation, state="agent", agent=self.id)

    def writes(self, conversation: str) -> None:
        parts = self.telephony.parts
        notes = TypingNotes(parts.store, parts.clock, parts.messages.changed)
        notes.note(conversation, f"agent:{self.id}")

    def say(self, conversation: str, text: str, **more: Any) -> str:
        with self.telephony.parts.store.work() as work:
            found = work.conversation(conversation)
            assert found is not None
            written = Written(f"agent:{self.id}", text, **more)
            message, _ = self.telephony.messaging.threads.write(work, found, written)
        return message.id

    def state_of(self, message: str) -> str:
        with self.telephony.parts.store.work() as work:
            found = work.message(message)
            assert found is not None
            return found.state


def answered(answer: TestResponse) -> dict[str, Any]:
    """The JSON object an answer has."""
    found = answer.json
    assert isinstance(found, dict)
    return found


def problem(answer: TestResponse) -> Mapping[str, Any]:
    """The problem an answer reports."""
    assert answer.content_type == "application/problem+json"
    found = answered(answer)
    assert found["status"] == answer.status_code
    return found


class Counter:
    """Counts the statements that an installation asks its database."""

    def __init__(self, house: Installation) -> None:
        self._engine = house.house.database.engine
        self.statements = 0

    def __enter__(self) -> None:
        sa.event.listen(self._engine, "before_cursor_execute", self._count)

    def __exit__(self, *_: object) -> None:
        sa.event.remove(self._engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self.statements += 1
