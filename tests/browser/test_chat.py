"""The widget on a strict page of another origin: chatting, breaking off, coming back."""

from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Route, expect

from tests.browser.chat import Chat
from tests.browser.conftest import opened
from tests.browser.shop import Shop
from tests.digital.chat.serving import ChatServer

HELLO = "Hello! What can we do for you?"


def test_a_visitor_chats_on_a_strict_page(chat: Chat, pictures: Path) -> None:
    chat.page.screenshot(path=pictures / "desktop-closed.png")
    chat.open()
    chat.page.wait_for_timeout(300)
    chat.page.screenshot(path=pictures / "desktop-empty.png")
    chat.write("Hi!")
    chat.expects("Hi!", HELLO)
    chat.press("Where is my order?")
    chat.expects("Hi!", HELLO, "Where is my order?", "Which order is it?")
    chat.write("AB12")
    expect(chat.messages.last).to_contain_text(HELLO)
    link = chat.panel.get_by_role("link", name="https://acme.example/track?order=1", exact=True)
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    chat.page.wait_for_timeout(300)
    chat.page.screenshot(path=pictures / "desktop-chat.png")
    assert chat.troubles == []


def test_history_is_there_after_the_page_is_loaded_again(chat: Chat) -> None:
    chat.open()
    chat.write("Hi!")
    chat.expects("Hi!", HELLO)
    chat.field.fill("a draft")
    chat.page.reload()
    chat.open()
    chat.expects("Hi!", HELLO)
    expect(chat.field).to_have_value("a draft")
    chat.write("order")
    chat.expects("Hi!", HELLO, "order", "Which order is it?")
    assert chat.troubles == []


def test_the_server_goes_and_comes_back_and_nothing_is_lost_or_doubled(
    chat: Chat, server: ChatServer, pictures: Path
) -> None:
    chat.open()
    chat.write("Hi!")
    chat.expects("Hi!", HELLO)
    server.stop()
    chat.write("order")
    chat.write("AB12")
    expect(chat.messages.last).to_contain_text("Waiting for the connection", timeout=15_000)
    expect(chat.panel.get_by_text("No connection.")).to_be_visible(timeout=15_000)
    chat.page.screenshot(path=pictures / "desktop-offline.png")
    server.start()
    expected = ["Hi!", HELLO, "order", "Which order is it?", "AB12"]
    sent = "Order AB12 is on its way. Follow it at https://acme.example/track?order=1."
    chat.expects(*expected, sent, HELLO)
    expect(chat.panel.get_by_text("No connection.")).to_be_hidden()
    chat.page.reload()
    chat.open()
    chat.expects(*expected, sent, HELLO)
    assert kept(server) == [*expected, sent, HELLO]


def test_what_was_not_sent_is_sent_by_the_next_page(
    chat: Chat, context: BrowserContext, server: ChatServer
) -> None:
    chat.open()
    chat.write("Hi!")
    chat.expects("Hi!", HELLO)
    context.set_offline(True)
    chat.write("order")
    expect(chat.messages.last).to_contain_text("Waiting for the connection", timeout=15_000)
    context.set_offline(False)
    chat.page.reload()
    expect(chat.launcher).to_be_visible()
    chat.open()
    chat.expects("Hi!", HELLO, "order", "Which order is it?")
    assert kept(server) == ["Hi!", HELLO, "order", "Which order is it?"]


def test_an_answer_that_was_lost_on_the_way_does_not_double_the_message(
    chat: Chat, server: ChatServer
) -> None:
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().text())
            route.abort("connectionreset")
        else:
            route.continue_()

    chat.open()
    chat.page.route("**/messages", lose)
    chat.write("Hi!")
    chat.expects("Hi!", HELLO)
    expect(chat.messages.first).not_to_contain_text("Waiting")
    assert '"repeated":false' in lost[0].replace(" ", "")
    assert kept(server) == ["Hi!", HELLO]


def test_another_window_shows_the_same(chat: Chat, context: BrowserContext) -> None:
    other = opened(context.new_page(), chat.shop)
    other.open()
    chat.open()
    chat.write("Hi!")
    other.expects("Hi!", HELLO)
    other.write("order")
    chat.expects("Hi!", HELLO, "order", "Which order is it?")
    other.expects("Hi!", HELLO, "order", "Which order is it?")


def test_a_chat_that_ended_begins_anew(chat: Chat) -> None:
    chat.open()
    chat.write("Hi!")
    chat.expects("Hi!", HELLO)
    chat.press("Nothing")
    chat.expects("Hi!", HELLO, "Nothing", "Goodbye!")
    expect(chat.panel.get_by_role("group", name="Quick replies")).to_be_hidden()
    chat.write("One more thing")
    chat.expects("Hi!", HELLO, "Nothing", "Goodbye!", "One more thing", HELLO)
    expect(chat.panel.get_by_role("separator")).to_have_count(1)


def test_files_go_and_come_back(chat: Chat, tmp_path: Path, pictures: Path) -> None:
    notes, page = tmp_path / "notes.txt", tmp_path / "page.html"
    notes.write_text("my notes\n" * 40)
    page.write_text("<script>alert(1)</script>")
    chat.open()
    chat.panel.locator("input[type=file]").set_input_files([page])
    expect(chat.panel.get_by_role("alert")).to_have_text("Files of this kind cannot be sent.")
    chat.panel.locator("input[type=file]").set_input_files([notes])
    expect(chat.panel.get_by_role("button", name="Remove: notes.txt")).to_be_visible()
    chat.write("See this")
    chat.expects("See this", HELLO)
    chat.page.screenshot(path=pictures / "desktop-file.png")
    with chat.page.expect_download() as coming:
        chat.panel.get_by_role("button", name="notes.txt").click()
    assert coming.value.suggested_filename == "notes.txt"
    assert Path(coming.value.path()).read_text() == notes.read_text()
    assert chat.troubles == []


def test_a_file_that_is_not_what_its_name_says_is_refused_with_the_reason(
    chat: Chat, tmp_path: Path
) -> None:
    picture = tmp_path / "picture.png"
    picture.write_text("<html><script>alert(1)</script>")
    chat.open()
    chat.panel.locator("input[type=file]").set_input_files([picture])
    chat.write("")
    expect(chat.messages.last).to_contain_text("Not sent")
    expect(chat.messages.last).to_contain_text("Files of this kind cannot be sent.")
    expect(chat.messages.last.get_by_role("button", name="Try again")).to_have_count(0)


def test_without_streams_the_widget_asks_for_messages(chat: Chat, server: ChatServer) -> None:
    chat.page.route("**/events?*", lambda route: route.fulfill(status=503, body="{}"))
    chat.open()
    chat.write("Hi!")
    chat.expects("Hi!", HELLO)
    chat.write("order")
    chat.expects("Hi!", HELLO, "order", "Which order is it?")


def test_a_chat_that_is_not_there_says_so(browser: Browser, page_of_shop: Shop) -> None:
    context = browser.new_context()
    chat = Chat(context.new_page(), page_of_shop)
    chat.load("nowhere")
    chat.open()
    expect(chat.panel.get_by_text("This chat is not available now.")).to_be_visible()
    context.close()


def kept(server: ChatServer) -> list[str]:
    """The texts of the only conversation, in order, as they are kept."""
    with server.house() as house:
        (conversation,) = house.threads.find(9)
        return [one.text for one in house.threads.messages(conversation.id, 99)]
