"""Everything the widget shows, by axe-core, at the width of a desktop and of a telephone."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.axe import complaints
from tests.browser.chat import Chat
from tests.browser.conftest import opened
from tests.browser.shop import Shop

HELLO = "Hello! What can we do for you?"


def looked_at(chat: Chat, path: Path) -> list[str]:
    """Take a picture, and give what is wrong with what it shows."""
    found = complaints(chat.page)
    chat.page.screenshot(path=path)
    assert chat.page.evaluate("document.documentElement.scrollWidth") <= chat.page.evaluate(
        "window.innerWidth"
    )
    return found


def test_the_chat(
    window: tuple[str, Page], page_of_shop: Shop, pictures: Path, tmp_path: Path
) -> None:
    width, page = window
    wrong: list[str] = []
    chat = opened(page, page_of_shop)

    def look(name: str) -> None:
        wrong.extend(looked_at(chat, pictures / f"{width}-{name}.png"))

    look("1-closed")
    chat.open()
    look("2-empty")
    chat.write("Hi! See https://acme.example/a")
    chat.expects("Hi! See https://acme.example/a", HELLO)
    expect(chat.panel.get_by_role("group", name="Quick replies")).to_be_visible()
    look("3-replies")
    notes = tmp_path / "the notes that I took down on my way to the shop.txt"
    notes.write_text("my notes\n" * 40)
    chat.panel.locator("input[type=file]").set_input_files([notes])
    look("4-chosen")
    chat.write("A word that does not end: " + "abcdefgh" * 12)
    expect(chat.messages.nth(2).locator(".file")).to_be_visible()
    chat.panel.locator("input[type=file]").set_input_files([fake(tmp_path)])
    chat.write("")
    expect(chat.messages.filter(has_text="Not sent")).to_have_count(1)
    look("5-files")
    page.context.set_offline(True)
    chat.write("Are you there?")
    expect(chat.messages.last).to_contain_text("Waiting for the connection", timeout=15_000)
    expect(chat.panel.get_by_text("No connection.")).to_be_visible(timeout=15_000)
    look("6-offline")
    assert wrong == []
    assert chat.troubles == []


def test_the_form(window: tuple[str, Page], page_of_shop: Shop, pictures: Path) -> None:
    width, page = window
    chat = opened(page, page_of_shop, chat="form")
    chat.open()
    start = chat.panel.get_by_role("button", name="Start the chat")
    start.click()
    expect(chat.panel.get_by_text("Please fill this in.").first).to_be_visible()
    wrong = looked_at(chat, pictures / f"{width}-7-form.png")
    chat.panel.get_by_label("Name (required)").fill("Zoë")
    chat.panel.get_by_label("Email (required)").fill("zoe@example.org")
    start.click()
    chat.expects("Hello Zoë, what is it about?")
    chat.write("my bill")
    expect(chat.panel.get_by_role("button", name="Start a new chat")).to_be_visible()
    wrong += looked_at(chat, pictures / f"{width}-8-over.png")
    assert wrong == []
    assert chat.troubles == []


def fake(folder: Path) -> Path:
    """A file that is not what its name says."""
    path = folder / "picture.png"
    path.write_text("<html><script>alert(1)</script>")
    return path
