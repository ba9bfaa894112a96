"""The chat in a browser: what a visitor sees of it and does with it."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from tests.browser.shop import Shop


@dataclass
class Chat:
    """One window with the shop's page; `troubles` are what its console complained of."""

    page: Page
    shop: Shop
    troubles: list[str] = field(default_factory=list)

    def load(self, chat: str = "website", **options: str) -> None:
        """Load the page."""
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.goto(f"{self.shop.origin}/?{urlencode({'chat': chat, **options})}")

    def _hear(self, message: ConsoleMessage) -> None:
        # Answers that failed are told by the browser itself; they are part of some tests.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.troubles.append(message.text)

    @property
    def launcher(self) -> Locator:
        """The round button."""
        return self.page.locator("button[aria-haspopup=dialog]")

    @property
    def panel(self) -> Locator:
        """The open chat."""
        return self.page.get_by_role("dialog")

    @property
    def field(self) -> Locator:
        """Where one writes."""
        return self.panel.locator("textarea")

    @property
    def messages(self) -> Locator:
        """The messages, one element each."""
        return self.panel.locator("[role=log] .msg")

    def open(self) -> None:
        """Click the round button."""
        self.launcher.click()
        expect(self.panel).to_be_visible()

    def write(self, text: str) -> None:
        """Write a message and send it."""
        self.field.fill(text)
        self.field.press("Enter")

    def expects(self, *texts: str) -> None:
        """Wait until exactly these messages are seen, in this order."""
        expect(self.messages.locator(".text")).to_have_text(list(texts), timeout=15_000)

    def press(self, label: str) -> None:
        """Press a button of the chat by its name."""
        self.panel.get_by_role("button", name=label, exact=True).click()

    def focused(self) -> str:
        """What has the focus inside the chat: its name, or its text."""
        found = self.page.evaluate(
            """() => { const host = document.querySelector('[data-linewalk-chat]');
            const one = host && host.shadowRoot.activeElement;
            return one ? one.getAttribute('aria-label') || one.textContent.trim() || one.name
              || one.tagName : document.activeElement.tagName; }"""
        )
        return re.sub(r"\s+", " ", str(found))
