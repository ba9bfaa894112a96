"""Events over real sockets from a real gunicorn: live, resumed, across processes, at its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.digital.chat.listening import Client, listening
from tests.digital.chat.serving import ChatServer
from tests.digital.chat.staff import another_process, hire, publish
from tests.digital.chat.visitors import Agent
from tests.support.fixtures import ready_postgresql, ready_url  # noqa: F401 fixtures of this file
from tests.support.processes import Programs


@pytest.fixture
def server(ready_url: str, tmp_path: Path, fork_program: Programs) -> Iterator[ChatServer]:  # noqa: F811 the fixture that is imported
    made = ChatServer(fork_program, ready_url, tmp_path / "data")
    with made.house() as house, another_process(house) as telephony:
        publish(house, "website")
        hire(telephony)
    made.start()
    yield made
    made.stop()


@contextmanager
def beside(server: ChatServer) -> Iterator[Agent]:
    """An agent in another process than those that serve."""
    with server.house() as house, another_process(house) as telephony:
        yield Agent(telephony)


def test_events_come_live_from_any_process(server: ChatServer) -> None:
    client = Client(server.base).come()
    conversation = client.post("messages", {"key": "key-000001", "text": "Hi!"})["conversation"]
    with listening(server.base, client.token) as heard, beside(server) as agent:
        heard.wait_for("message", text="Hello! What can we do for you?")
        heard.wait_for("state", state="flow", conversation=conversation)
        agent.join(conversation)
        heard.wait_for("state", state="agent", agent="Ann")
        message = agent.say(conversation, "I am Ann")
        shown = heard.wait_for("message", text="I am Ann", state="sent")
        client.post("read", {"conversation": conversation, "upto": shown["number"]})
        heard.wait_for("message", id=message, state="read")
        client.post("messages", {"key": "key-000002", "text": "Hello Ann"})
        heard.wait_for("message", text="Hello Ann", key="key-000002")
        agent.change(conversation, state="closed")
        heard.wait_for("closed", conversation=conversation)
        heard.wait_for_end()


def test_typing_comes_and_fades(server: ChatServer) -> None:
    client = Client(server.base).come()
    conversation = client.post("messages", {"key": "key-000001", "text": "Hi!"})["conversation"]
    with listening(server.base, client.token) as heard, beside(server) as agent:
        heard.wait_for("state", state="flow")
        agent.writes(conversation)
        heard.wait_for("typing", on=True, name="Ann")
        heard.wait_for("typing", on=False)


def test_who_comes_back_misses_nothing_and_gets_nothing_twice(server: ChatServer) -> None:
    client = Client(server.base).come()
    conversation = client.post("messages", {"key": "key-000001", "text": "Hi!"})["conversation"]
    with beside(server) as agent:
        with listening(server.base, client.token) as heard:
            heard.wait_for("message", text="Hello! What can we do for you?")
            heard.wait_for("state", state="flow")
        for number in range(120):
            agent.say(conversation, f"line {number}")
        with listening(server.base, client.token, after=heard.cursor) as again:
            again.wait_for("message", text="line 119")
    told = [value["text"] for name, value in again.events if name == "message"]
    assert told == [f"line {number}" for number in range(120)]


def test_a_server_that_ends_lets_its_streams_go_at_once(server: ChatServer) -> None:
    client = Client(server.base).come()
    client.post("messages", {"key": "key-000001", "text": "Hi!"})
    with listening(server.base, client.token) as heard:
        heard.wait_for("state", state="flow")
        assert server.stop() == 0
        heard.wait_for_end()
    server.start()
    with listening(server.base, client.token, after=heard.cursor) as again:
        again.wait_for("state", state="flow")
        client.post("messages", {"key": "key-000002", "text": "order"})
        again.wait_for("message", text="Which order is it?")
        assert "Hi!" not in again.texts()


def test_the_same_window_takes_its_place_again(server: ChatServer) -> None:
    client = Client(server.base).come()
    client.post("messages", {"key": "key-000001", "text": "Hi!"})
    server.restart(WEB_CONCURRENCY="1")
    with listening(server.base, client.token, tab="one") as first:
        first.wait_for("state", state="flow")
        with listening(server.base, client.token, tab="one") as second:
            second.wait_for("state", state="flow")
            first.wait_for_end()


def test_more_streams_than_places_are_refused_and_others_are_served(server: ChatServer) -> None:
    client = Client(server.base).come()
    client.post("messages", {"key": "key-000001", "text": "Hi!"})
    other = Client(server.base).come()
    other.post("messages", {"key": "key-000001", "text": "Hi!"})
    server.restart(WEB_CONCURRENCY="1", CHAT_STREAMS="1")
    with listening(server.base, client.token) as heard:
        heard.wait_for("state", state="flow")
        status, wait = server.status("events", other.token)
        assert (status, wait) == (503, "30")
        assert server.status("messages", other.token)[0] == 200


def test_a_place_that_was_never_given_out_is_survived(server: ChatServer) -> None:
    client = Client(server.base).come()
    conversation = client.post("messages", {"key": "key-000001", "text": "Hi!"})["conversation"]
    for version, status in (("999999999", 200), ("9999999999", 400), ("-1", 400), ("1.5", 400)):
        place = f"{conversation}.{version}"
        assert server.status(f"messages?after={place}", client.token)[0] == status
    far = 2**31 - 1
    client.post("read", {"conversation": conversation, "upto": far, "after": far})
    assert server.status(f"messages?after={conversation}.0", client.token)[0] == 200


def test_who_goes_from_page_to_page_is_always_served(server: ChatServer) -> None:
    client = Client(server.base).come()
    client.post("messages", {"key": "key-000001", "text": "Hi!"})
    server.restart(WEB_CONCURRENCY="1", CHAT_STREAMS="2")
    for number in range(9):
        with listening(server.base, client.token, tab=f"page-{number}") as heard:
            heard.wait_for("state", state="flow")
