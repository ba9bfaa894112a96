"""An agent whose program speaks the API of the server that the chat runs on."""

import json
import urllib.request
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator

from tests.digital.chat.serving import ChatServer
from tests.support.waiting import wait_until


@dataclass
class ApiAgent:
    """One agent; `key` is the program's."""

    base: str
    key: str
    id: str = "ann"

    def get(self, path: str) -> Any:
        """Read."""
        return self._ask("GET", path, None)

    def post(self, path: str, key: str = "", **body: Any) -> Any:
        """Do something as this agent; `key` makes doing it again harmless."""
        return self._ask("POST", path, {"agent": self.id, **body}, key)

    def take(self) -> str:
        """Wait for a conversation in the inbox, and take it; its id."""
        inbox = f"/agents/{self.id}/inbox"
        lying = wait_until(lambda: self.get(inbox)["items"], 15, what="a conversation to take")
        conversation = str(lying[0]["conversation"]["id"])
        assert self.post(f"/conversations/{conversation}/take")["agent"] == self.id
        return conversation

    def types(self, conversation: str, shown: Locator) -> None:
        """Write until the visitor sees it, noting it again and again as agents' programs do."""

        def seen() -> bool:
            self.post(f"/conversations/{conversation}/typing")
            return shown.is_visible()

        wait_until(seen, 15, every=0.5, what="somebody is writing")

    def say(self, conversation: str, text: str, key: str = "") -> str:
        """Write to the visitor; the message's id."""
        return str(self.post(f"/conversations/{conversation}/messages", key, text=text)["id"])

    def reads(self, conversation: str) -> list[tuple[str, str]]:
        """Who wrote what, as the API gives it."""
        found = self.get(f"/conversations/{conversation}/messages?limit=100")["items"]
        return [(each["author"], each["text"]) for each in found]

    def waits_for(self, conversation: str, message: str, state: str) -> None:
        """Wait until a message of ours has been seen, or has come."""

        def states() -> dict[str, str]:
            found = self.get(f"/conversations/{conversation}/messages?limit=100")["items"]
            return {each["id"]: each["state"] for each in found}

        wait_until(lambda: states().get(message) == state, 15, what=f"{message} to be {state}")

    def _ask(self, method: str, path: str, body: Any, key: str = "") -> Any:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(f"{self.base}/api/v1{path}", data, headers, method=method)
        with urllib.request.urlopen(asked, timeout=20) as answer:
            text = answer.read()
        return json.loads(text) if text else None


def agent_of(server: ChatServer, agent: str = "ann") -> ApiAgent:
    """Give an agent's program a key, as the operator does."""
    with server.house() as house:
        key = house.keys.create(f"program of {agent}", ["calls:create", "read"])[1]
    return ApiAgent(server.base, key, agent)
