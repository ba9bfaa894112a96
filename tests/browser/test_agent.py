"""A visitor and an agent who answers through the API; lines break and servers die between them."""

from base64 import b64encode
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.agent import ApiAgent, agent_of
from tests.browser.chat import Chat
from tests.browser.conftest import opened
from tests.browser.shop import Shop
from tests.digital.chat.serving import ChatServer
from tests.digital.chat.staff import another_process
from tests.support.waiting import wait_until

HELLO = "Hello! What can we do for you?"
ASKED = ["Hi!", HELLO, "Talk to somebody"]


def ask_for_somebody(chat: Chat) -> None:
    """Go through the flow to the agents."""
    chat.open()
    chat.write("Hi!")
    chat.expects("Hi!", HELLO)
    chat.press("Talk to somebody")
    expect(chat.panel.locator(".stand")).to_have_text("Somebody will be with you in a moment")


def gets_a_file(chat: Chat, agent: ApiAgent, thread: str) -> None:
    """The agent sends a file, and the visitor keeps it."""
    slip = {"name": "return-slip.txt", "data": b64encode(b"Coat, 1 piece\n").decode()}
    agent.post(f"/conversations/{thread}/messages", files=[slip])
    with chat.page.expect_download() as coming:
        chat.panel.get_by_role("button", name="return-slip.txt").click()
    assert coming.value.suggested_filename == "return-slip.txt"
    assert Path(coming.value.path()).read_text() == "Coat, 1 piece\n"


@pytest.mark.parametrize("window", ["desktop", "phone"], indirect=True)
def test_a_conversation_with_an_agent_over_a_line_that_breaks(
    window: tuple[str, Page], page_of_shop: Shop, server: ChatServer, pictures: Path
) -> None:
    width, page = window
    chat, ann = opened(page, page_of_shop), agent_of(server)
    ask_for_somebody(chat)
    page.screenshot(path=pictures / f"{width}-agent-1-waiting.png")
    thread = ann.take()
    expect(chat.panel.locator(".stand")).to_have_text("You are talking to Ann")
    ann.types(thread, chat.panel.get_by_text("Ann is writing…"))
    page.screenshot(path=pictures / f"{width}-agent-2-writes.png")
    ann.say(thread, "I am Ann. What is it?")
    chat.expects(*ASKED, "I am Ann. What is it?")
    page.context.set_offline(True)
    chat.write("My coat lets the rain in")
    chat.write("It is a year old")
    expect(chat.messages.last).to_contain_text("Waiting for the connection", timeout=15_000)
    ann.say(thread, "Are you there?")
    page.screenshot(path=pictures / f"{width}-agent-3-offline.png")
    assert server.web is not None
    server.web.kill()
    server.start()
    ann.say(thread, "I will wait for you")
    page.context.set_offline(False)
    told = [*ASKED, "I am Ann. What is it?", "Are you there?", "I will wait for you"]
    told += ["My coat lets the rain in", "It is a year old"]
    chat.expects(*told)
    expect(chat.panel.get_by_text("No connection.")).to_be_hidden()
    page.screenshot(path=pictures / f"{width}-agent-4-back.png")
    wait_until(lambda: len(ann.reads(thread)) == len(told), 30)  # his page shows it sooner
    assert [text for _, text in ann.reads(thread)] == told
    page.reload()
    chat.open()
    chat.expects(*told)
    ann.post(f"/conversations/{thread}/transfer", to_agent="ben", note="A coat")
    expect(chat.panel.locator(".stand")).to_have_text("You are talking to Ben")
    ben = agent_of(server, "ben")
    last = ben.say(thread, "We will send you another one")
    chat.expects(*told, "We will send you another one")
    ben.waits_for(thread, last, "read")
    gets_a_file(chat, ben, thread)
    page.screenshot(path=pictures / f"{width}-agent-5-file.png")
    ben.post(f"/conversations/{thread}/close", disposition="solved")
    expect(chat.panel.locator(".stand")).to_have_text("This chat is over")
    page.screenshot(path=pictures / f"{width}-agent-5-over.png")
    assert chat.troubles == []


def test_servers_that_die_again_and_again_lose_and_double_nothing(
    chat: Chat, server: ChatServer
) -> None:
    ask_for_somebody(chat)
    ann = agent_of(server)
    thread = ann.take()
    for number in range(3):
        chat.write(f"before {number}")
        chat.write(f"at {number}")
        ann.say(thread, f"agent {number}", f"agent-key-{number}")
        assert server.web is not None
        server.web.kill()
        chat.write(f"after {number}")
        server.start()
        ann.say(thread, f"agent {number}", f"agent-key-{number}")
        for text in ("before", "at", "after", "agent"):
            shown = chat.panel.get_by_text(f"{text} {number}", exact=True)
            expect(shown).to_be_visible(timeout=30_000)
    wait_until(lambda: len(ann.reads(thread)) == 15, 30)
    written = [text for _, text in ann.reads(thread)]
    own = [f"{word} {number}" for number in range(3) for word in ("before", "at", "after")]
    assert [text for who, text in ann.reads(thread)[3:] if who == "contact"] == own
    assert sorted(written) == sorted([*ASKED, *own, "agent 0", "agent 1", "agent 2"])
    chat.expects(*written)
    chat.page.reload()
    chat.open()
    chat.expects(*written)


def test_what_an_agent_writes_is_shown_and_its_reading_told(
    chat: Chat, server: ChatServer, pictures: Path
) -> None:
    ask_for_somebody(chat)
    ann = agent_of(server)
    thread = ann.take()
    wild = "I am Ann. <img src=x onerror=alert(1)>"
    ann.waits_for(thread, ann.say(thread, wild), "read")
    chat.expects(*ASKED, wild)
    chat.panel.get_by_role("button", name="Close the chat").click()
    late = ann.say(thread, "Are you there?")
    name = "Open the chat, 1 new message"
    expect(chat.page.get_by_role("button", name=name)).to_be_visible()
    ann.waits_for(thread, late, "delivered")
    chat.page.screenshot(path=pictures / "desktop-badge.png")
    chat.open()
    ann.waits_for(thread, late, "read")
    chat.field.type("I w")
    with server.house() as house:
        store = house.store

        def writes() -> bool:
            known = store.glance_conversation(thread)
            return known is not None and "contact" in known.details.get("typing", {})

        wait_until(writes, 15, what="the visitor's writing to be noted")
    ann.post(f"/conversations/{thread}/close")
    expect(chat.panel.locator(".stand")).to_have_text("This chat is over")
    expect(chat.field).to_have_attribute("placeholder", "Write to begin a new chat")
    assert chat.troubles == []


def test_what_is_told_of_older_messages_does_not_hide_who_writes(
    chat: Chat, server: ChatServer
) -> None:
    ask_for_somebody(chat)
    ann = agent_of(server)
    thread = ann.take()
    expect(chat.panel.locator(".stand")).to_have_text("You are talking to Ann")
    writing = chat.panel.get_by_text("Ann is writing…")
    ann.types(thread, writing)
    with server.house() as house, another_process(house) as telephony, house.store.work() as work:
        older = next(m for m in house.threads.messages(thread, 10) if m.author == "flow")
        telephony.messaging.threads.change(work, older, text="Hello once more!")
    expect(chat.messages.filter(has_text="Hello once more!")).to_have_count(1)
    expect(writing).to_be_visible(timeout=100)
    ann.say(thread, "I am Ann. What is it?")
    expect(writing).to_be_hidden()
