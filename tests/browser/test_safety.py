"""What the widget must never do to the page it is on, nor leave behind in the browser."""

from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from runner.staff import Staff
from tests.browser.agent import agent_of
from tests.browser.chat import Chat
from tests.browser.conftest import opened
from tests.browser.shop import Shop
from tests.digital.chat.serving import ChatServer
from tests.digital.chat.staff import another_process, publish

HELLO = "Hello! What can we do for you?"
WILD = "<img src=x onerror=window.pwned=9>"

STORED = """() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]
  .map(name => name.replace(/^linewalk:.*?\\/chat\\/[^:]*:/, '')).sort()"""


def test_markup_is_text_on_a_page_that_forbids_nothing(
    context: BrowserContext, page_of_shop: Shop, server: ChatServer, tmp_path: Path
) -> None:
    with server.house() as house, another_process(house) as telephony:
        publish(house, "wild")
        assert Staff(telephony.desk).change("ann", {"name": WILD})
    chat = opened(context.new_page(), page_of_shop, chat="wild", policy="none")
    chat.open()
    expect(chat.page.get_by_role("dialog")).to_have_accessible_name(
        "<img src=x onerror=window.pwned=1>"
    )
    chat.press("Start the chat")
    chat.press("<img src=x onerror=window.pwned=5>")
    ann = agent_of(server)
    thread = ann.take()
    expect(chat.panel.locator(".stand")).to_contain_text(WILD)
    typing = chat.panel.locator(".typing")
    ann.types(thread, typing)
    expect(typing).to_contain_text(WILD)
    ann.say(thread, f"{WILD} https://acme.example/?a=<b onclick=window.pwned=6>")
    expect(chat.messages.last).to_contain_text("onclick")
    link = chat.panel.get_by_role("link")
    assert link.get_attribute("href") == "https://acme.example/?a="
    notes = tmp_path / "<img src=x onerror=window.pwned=7>.txt"
    notes.write_text(WILD)
    chat.panel.locator("input[type=file]").set_input_files([notes])
    chat.write(WILD)
    expect(chat.messages.last.locator(".file")).to_be_visible()
    assert chat.panel.locator("img, script, b").count() == 1  # the greeting of an empty chat
    assert chat.page.evaluate("window.pwned") is None
    assert chat.troubles == []


def test_a_page_that_allows_scripts_by_a_nonce(context: BrowserContext, page_of_shop: Shop) -> None:
    chat = opened(context.new_page(), page_of_shop, policy="nonce")
    chat.open()
    chat.write("Hi!")
    chat.expects("Hi!", HELLO)
    assert chat.troubles == []


def test_a_tag_that_is_put_in_twice_is_one_chat(
    context: BrowserContext, page_of_shop: Shop
) -> None:
    chat = opened(context.new_page(), page_of_shop, policy="none")
    expect(chat.launcher).to_be_visible()
    chat.page.evaluate(
        """() => new Promise(done => {
          const again = document.createElement('script');
          again.src = document.querySelector('script[data-chat]').src;
          again.dataset.chat = 'website';
          again.onload = done;
          document.body.append(again);
        })"""
    )
    expect(chat.launcher).to_have_count(1)


def test_what_stays_in_the_browser_and_how_it_is_forgotten(
    chat: Chat, context: BrowserContext
) -> None:
    expect(chat.launcher).to_be_visible()
    assert chat.page.evaluate(STORED) == []
    chat.open()
    chat.write("Hi!")
    chat.expects("Hi!", HELLO)
    chat.field.fill("a draft")
    assert chat.page.evaluate(STORED) == ["active", "draft", "token"]
    assert context.cookies() == []
    assert "Hi!" not in chat.page.evaluate("JSON.stringify(localStorage)")
    chat.page.evaluate("linewalkChat.forget()")
    assert chat.page.evaluate(STORED) == []
    chat.page.reload()
    chat.open()
    expect(chat.panel.get_by_text("How can we help?")).to_be_visible()
    expect(chat.messages).to_have_count(0)
    expect(chat.field).to_have_value("")
