"""Debian's Chromium, a shop's page on another origin that embeds the chat, and the chat."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tests.browser.chat import Chat
from tests.browser.shop import Shop, shop
from tests.digital.chat.serving import ChatServer
from tests.digital.chat.staff import another_process, hire, publish
from tests.support.fixtures import prepared_sqlite, ready_sqlite  # noqa: F401 fixtures of this folder
from tests.support.processes import Programs

CHROMIUM = "chromium"

WIDTHS: dict[str, ViewportSize] = {
    "desktop": {"width": 1180, "height": 760},
    "phone": {"width": 390, "height": 844},
    "sideways": {"width": 720, "height": 360},
}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which(CHROMIUM)
    assert path, "install chromium (Debian: apt-get install chromium)"
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def server(ready_sqlite: str, tmp_path: Path, fork_program: Programs) -> Iterator[ChatServer]:  # noqa: F811 the fixture that is imported
    made = ChatServer(fork_program, ready_sqlite, tmp_path / "data")
    with made.house() as house, another_process(house) as telephony:
        publish(house, "website", "form")
        hire(telephony)
    yield made
    made.stop()


@pytest.fixture
def page_of_shop(server: ChatServer) -> Iterator[Shop]:
    """The shop's page; the chat's server runs and knows its origin."""
    with shop(server.base) as made:
        server.given["CHAT_ORIGINS"] = made.origin
        server.start()
        yield made


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1180, "height": 760}, locale="en-GB")
    yield made
    made.close()


@pytest.fixture(params=list(WIDTHS))
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[tuple[str, Page]]:
    """A window of each kind, and its name."""
    phone = request.param != "desktop"
    context = browser.new_context(
        viewport=WIDTHS[request.param], has_touch=phone, is_mobile=phone, locale="en-GB"
    )
    yield request.param, context.new_page()
    context.close()


@pytest.fixture
def chat(context: BrowserContext, page_of_shop: Shop) -> Chat:
    """The chat on the shop's page, as a visitor has it before him."""
    return opened(context.new_page(), page_of_shop)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go; LINEWALK_PICTURES names another folder."""
    folder = Path(os.environ.get("LINEWALK_PICTURES", tmp_path / "pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def opened(page: Page, on: Shop, **options: str) -> Chat:
    """Load the shop's page; the chat is not open yet."""
    chat = Chat(page, on)
    chat.load(**options)
    return chat
