"""Attacks on the chat: foreign pages, other visitors' ids, floods of streams, lies in headers."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from digital.chat.channel import LONGEST
from runner.hub import Full, Hub
from tests.digital.chat.test_files import HTML, PNG, send
from tests.digital.chat.visitors import SITE, Agent, Counter, Visitor, answered, problem
from tests.support.installation import Installation

# As in test_files.py.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

EVIL = "https://evil.example"


def other(app: Flask) -> Visitor:
    """Another visitor, in a conversation of his own."""
    made = Visitor(app.test_client())
    made.come()
    made.say("I am somebody else")
    return made


def test_a_forged_request_of_another_page_does_nothing(app: Flask, visitor: Visitor) -> None:
    """A browser adds nothing by itself that counts: there is no cookie, and the origin is told."""
    path = "/digital/chat/website/messages"
    plain = {"Origin": EVIL, "Content-Type": "text/plain"}
    body = '{"key": "forged-0001", "text": "forged"}'
    forged = app.test_client().post(path, data=body, headers=plain)
    assert problem(forged)["status"] == 403
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = visitor.post("messages", data=body, content_type=kind)
        assert problem(answer)["status"] == 415
    for answer in (app.test_client().post(path, data=body), visitor.post("sessions")):
        assert "Set-Cookie" not in answer.headers
    assert visitor.sees() == []


def test_ids_of_another_visitor_open_nothing(app: Flask, visitor: Visitor, agent: Agent) -> None:
    said = visitor.say("Hi!", key="the-key-of-one")
    message = agent.say(said["conversation"], "for you alone")
    thief = other(app)
    own = thief.history()["standing"]["conversation"]
    for conversation in (said["conversation"], message, "x" * 64, "..", "%00"):
        body = {"conversation": conversation, "upto": 2**31 - 1}
        assert problem(thief.post("read", body))["status"] in {400, 404}
    for place in (f"{said['conversation']}.0", f"{message}.0", f"{own}.999999999"):
        shown = thief.history(place)
        assert "for you alone" not in str(shown)
        assert shown["standing"]["conversation"] == own
    again = thief.say("mine", key="the-key-of-one")
    assert not again["repeated"]
    assert again["conversation"] == own
    assert agent.state_of(message) == "sent"


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (PNG + HTML, "picture.png", "image/png"),
        (b"GIF89a/*" + HTML + b"*/=1;", "script.gif", "image/gif"),
        (b"%PDF-1.7\n" + HTML, "page.pdf", "application/pdf"),
        (HTML, "page.txt", "text/plain"),
    ],
)
def test_a_file_that_is_two_things_is_only_ever_saved(
    visitor: Visitor, data: bytes, name: str, kind: str
) -> None:
    assert send(visitor, (data, name)).status_code == 202
    (file,) = visitor.history()["messages"][0]["files"]
    assert file["type"] == kind
    got = visitor.get(f"files/{file['id']}")
    assert got.data == data
    assert got.headers["Content-Disposition"].startswith("attachment;")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"].endswith("sandbox")
    assert got.headers["Cache-Control"] == "no-store"
    bare = visitor.client.get(f"/digital/chat/website/files/{file['id']}")
    assert problem(bare)["status"] == 401


@pytest.mark.parametrize(
    "name", ["a%0D%0ASet-Cookie: x=1.png", "a%22.png", "a.html;.png", "ä/../b.png"]
)
def test_names_of_files_cannot_write_headers(visitor: Visitor, name: str) -> None:
    assert send(visitor, (PNG, name)).status_code == 202
    (file,) = visitor.history()["messages"][0]["files"]
    got = visitor.get(f"files/{file['id']}")
    assert "Set-Cookie" not in got.headers
    assert got.headers["Content-Type"] == "image/png"
    assert got.headers["Content-Disposition"].startswith("attachment;")


def test_markup_stays_text_and_is_answered_as_json(visitor: Visitor) -> None:
    wild = '</script><img src=x onerror="alert(1)">\u2028${1}{{ 7 * 7 }}'
    visitor.say(wild, choice=wild)
    answer = visitor.get("messages")
    assert answer.content_type == "application/json"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answered(answer)["messages"][0]["text"] == wild


def test_a_lie_about_where_one_comes_from_does_not_help(app: Flask) -> None:
    """Before a proxy on this host only its own word counts, which stands last."""
    client = app.test_client()

    def status(number: int) -> int:
        lie = {"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.9", "Origin": SITE}
        return client.post("/digital/chat/website/sessions", json={}, headers=lie).status_code

    statuses = [status(number) for number in range(70)]
    assert statuses.count(201) <= 61
    assert statuses[-1] == 429
    honest = {"X-Forwarded-For": "203.0.113.10", "Origin": SITE}
    assert client.post("/digital/chat/website/sessions", json={}, headers=honest).status_code == 201


def test_one_address_cannot_take_all_streams() -> None:
    hub = Hub(lambda _: {}, most=40, every=0.01)
    held = [hub.place(f"v{number}", "a", "203.0.113.9") for number in range(11)]
    for each in held[:10]:
        each.__enter__()
    with pytest.raises(Full) as caught:
        held[10].__enter__()
    assert not caught.value.owner
    with hub.place("v99", "a", "203.0.113.10") as place:
        assert not place.ended
    for each in held[:10]:
        each.__exit__(None, None, None)


def test_who_has_no_conversation_holds_no_stream(app: Flask) -> None:
    """The stream of somebody who wrote nothing ends by itself: places cost a conversation."""
    made = Visitor(app.test_client())
    made.come()
    answer = made.get("events")
    assert answer.status_code == 200
    assert b"".join(answer.response) == b"retry: 2000\n\n"  # type: ignore[arg-type]  # it gives bytes
    answer.close()


def test_a_key_that_is_sent_at_once_from_everywhere_is_one_message(
    app: Flask, visitor: Visitor
) -> None:
    visitor.say("Hi!")

    def sent(_: int) -> Any:
        mine = replace(visitor, client=app.test_client())
        return mine.post("messages", {"key": "key-at-once", "text": "order"})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(sent, range(8)))
    known = {answered(answer)["id"] for answer in answers if answer.status_code == 202}
    assert len(known) == 1
    assert [text for who, text in visitor.sees() if who == "visitor"] == ["Hi!", "order"]


def test_a_text_of_ours_that_is_too_long_is_refused_and_the_chat_goes_on(
    visitor: Visitor, agent: Agent
) -> None:
    conversation = visitor.say("Hi!")["conversation"]
    agent.say(conversation, "x" * (LONGEST + 1))
    agent.say(conversation, "x" * LONGEST)
    assert [len(text) for who, text in visitor.sees() if who == "agent"] == [LONGEST]


def test_a_message_of_many_wide_characters_comes_through_whole(visitor: Visitor) -> None:
    family = "👨‍👩‍👧‍👦" * (4_000 // 7)
    visitor.say(family)
    assert visitor.sees()[0] == ("visitor", family)
    over = visitor.post("messages", {"key": "key-over-it", "text": "👨" * 4_001})
    assert problem(over)["status"] == 400


def test_a_flood_of_files_meets_its_limit(visitor: Visitor) -> None:
    statuses = []
    for number in range(14):
        data = {"key": f"flood-{number:05}", "text": "", "file": [(io.BytesIO(PNG), "a.png")]}
        statuses.append(visitor.post("messages", data=data).status_code)
    assert statuses.count(202) <= 11
    assert statuses[-1] == 429


def test_history_asks_for_each_name_once(
    house: Installation, visitor: Visitor, agent: Agent
) -> None:
    conversation = visitor.say("Hi!")["conversation"]
    agent.join(conversation)
    for number in range(50):
        agent.say(conversation, f"line {number}")
    counted = Counter(house)
    with counted:
        shown = visitor.history()["messages"]
    assert [one["name"] for one in shown if one["from"] == "agent"] == ["Ann"] * 50
    assert counted.statements <= 8
