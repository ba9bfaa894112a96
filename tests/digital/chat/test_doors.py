"""Who may come in: origins, tokens, threads of others, paces, sizes; what is never told."""

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from digital.chat.problems import Problem
from digital.chat.tokens import LASTS, SALT, Tokens
from digital.chat.tokens import Visitor as Visitor_
from tests.digital.chat.staff import publish
from tests.digital.chat.visitors import SITE, Agent, Visitor, problem
from tests.support.installation import KEY, installation

EVIL = "https://evil.example"


def test_only_named_origins_get_a_session_and_headers_are_exact(app: Flask) -> None:
    client = app.test_client()
    for origin in (EVIL, "null", "https://shop.example.com.evil.example", f"{SITE}:8443", None):
        answer = Visitor(client, origin=origin).post("sessions")
        assert answer.status_code == 403
        assert "CHAT_ORIGINS" in problem(answer)["detail"]
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Vary"] == "Origin"
    for origin in (SITE, "https://calls.example.com"):
        answer = Visitor(client, origin=origin).post("sessions")
        assert answer.status_code == 201
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_preflight_is_answered_for_known_origins_alone(app: Flask) -> None:
    client, path = app.test_client(), "/digital/chat/website/messages"
    asked = {"Origin": SITE, "Access-Control-Request-Method": "POST"}
    answer = client.options(path, headers=asked)
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST"
    allowed = answer.headers["Access-Control-Allow-Headers"]
    assert allowed == "Authorization, Content-Type, Last-Event-ID"
    assert client.options(path, headers={**asked, "Origin": EVIL}).status_code == 403
    assert client.options(path).status_code == 403


def test_a_token_that_was_taken_to_another_page_is_of_no_use(visitor: Visitor) -> None:
    visitor.say("Hi!")
    stolen = replace(visitor, origin=EVIL)
    for answer in (stolen.get("messages"), stolen.get("events"), stolen.post("typing")):
        assert answer.status_code == 403


def _signed(secret: str, value: Any) -> str:
    return str(URLSafeTimedSerializer(secret, salt=SALT).dumps(value))


def test_without_a_good_token_nothing_is_told(app: Flask, visitor: Visitor) -> None:
    visitor.say("Hi!")
    bad = ["", "x", visitor.token[:-2], visitor.token + "A", _signed(KEY, ["v", "website"])]
    bad += [_signed("", ["v", "website"]), json.dumps(["v", "website"])]
    routes = [("get", "messages"), ("get", "events"), ("get", "files/x")]
    routes += [("post", path) for path in ("messages", "begin", "typing", "read")]
    for token in bad:
        other = replace(visitor, token=token)
        for method, path in routes:
            answer = getattr(other, method)(path)
            assert answer.status_code == 401, (token, path)
            assert problem(answer)["detail"]
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert replace(visitor, token="x").post("sessions").status_code == 401


def test_a_token_is_for_one_chat(visitor: Visitor) -> None:
    visitor.say("Hi!")
    other = replace(visitor, chat="form")
    assert "another chat" in problem(other.get("messages"))["detail"]
    assert replace(visitor, chat="WEBSITE").get("messages").status_code == 200


def test_a_token_ends() -> None:
    class Long(TimestampSigner):
        """Signs as it was done a month ago."""

        def get_timestamp(self) -> int:
            return super().get_timestamp() - LASTS - 60

    old = URLSafeTimedSerializer("secret", salt=SALT, signer=Long)
    with pytest.raises(Problem, match="this session is over"):
        Tokens("secret").read(f"Bearer {old.dumps(['v1', 'website'])}", "website")
    token = Tokens("secret").issue(Visitor_("v1", "website"))
    assert Tokens("secret").read(f"Bearer {token}", "website").id == "v1"


def test_a_visitor_who_comes_back_stays_the_same_one(visitor: Visitor) -> None:
    visitor.say("Hi!")
    known = visitor.sees()
    old = visitor.token
    found = visitor.come()
    assert found["conversation"]["state"] == "flow"
    assert visitor.sees() == known
    assert replace(visitor, token=old).sees() == known


def test_nobody_sees_another_ones_thread(app: Flask, visitor: Visitor, agent: Agent) -> None:
    conversation = visitor.say("Hi!")["conversation"]
    message = agent.say(conversation, "for you alone")
    place = visitor.history()["after"]
    other = Visitor(app.test_client())
    other.come()
    assert other.sees() == []
    assert other.history(place)["messages"] == []
    own = other.say("Hello")["conversation"]
    assert own != conversation
    assert {one["conversation"] for one in other.history(place)["messages"]} == {own}
    body = {"conversation": conversation, "upto": 99}
    assert other.post("read", body).status_code == 404
    assert agent.state_of(message) == "sent"


def test_what_is_asked_badly_is_said_clearly(visitor: Visitor) -> None:
    deep = "[" * 100_000
    for body, word in (
        (b"{", "not JSON"),
        (b"", "not JSON"),
        (b'{"text": "a", "text": "b"}', "twice"),
        (b'{"key": NaN}', "not JSON"),
        (b"\xff", "not JSON"),
        (deep[:60_000].encode(), "not JSON"),
    ):
        answer = visitor.post("messages", data=body, content_type="application/json")
        assert answer.status_code == 400, body[:20]
        assert word in problem(answer)["detail"]
    assert visitor.post("messages", data="a=b").status_code == 415
    for fields in (
        {"text": "Hi!"},
        {"text": "Hi!", "key": "short"},
        {"text": 1, "key": "key-000001"},
        {"text": "x" * 4_001, "key": "key-000001"},
        {"text": "Hi!", "key": "key-000001", "author": "agent:ann"},
    ):
        assert problem(visitor.post("messages", fields))["errors"], fields
    empty = visitor.post("messages", {"text": " \x00\n ", "key": "key-000001"})
    assert problem(empty)["detail"] == "text: a message needs a text or a file"
    assert problem(visitor.get("messages?after=../x"))["status"] == 400
    assert visitor.sees() == []


def test_controls_and_halves_of_characters_are_taken_out(visitor: Visitor) -> None:
    visitor.post(
        "messages",
        data=json.dumps({"key": "key-000001", "text": "a\x00b\u0007\r\nc \ud83d\u202e"}),
        content_type="application/json",
    )
    assert visitor.sees()[0] == ("visitor", "ab\nc \u202e")


def test_what_is_too_large_is_refused(visitor: Visitor) -> None:
    body = json.dumps({"key": "key-000001", "text": "x" * 70_000})
    answer = visitor.post("messages", data=body, content_type="application/json")
    assert answer.status_code == 413
    assert "10 MB" in problem(answer)["detail"]


def test_too_many_messages_are_refused_for_a_moment(visitor: Visitor, app: Flask) -> None:
    answers = [visitor.post("messages", {"key": f"key-{n:06}", "text": "x"}) for n in range(25)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert 3 <= len(refused) <= 6
    assert 1 <= int(refused[0].headers["Retry-After"]) <= 61
    assert refused[0].headers["Access-Control-Expose-Headers"] == "Retry-After"
    assert "too fast" in problem(refused[0])["detail"]
    other = Visitor(app.test_client())
    other.come()
    assert other.say("I have done nothing")["conversation"]


def test_too_many_sessions_from_one_address_are_refused(app: Flask) -> None:
    client = app.test_client()
    statuses = {Visitor(client).post("sessions").status_code for _ in range(70)}
    assert statuses == {201, 429}


def test_there_is_no_chat_that_nobody_bound(app: Flask) -> None:
    answer = Visitor(app.test_client(), "nowhere").post("sessions")
    assert answer.status_code == 404
    assert "bind it to a flow" in problem(answer)["detail"]
    house = app.extensions["linewalk"]
    visitor = Visitor(app.test_client())
    visitor.come()
    house.library.unbind("chat:website")
    answer = visitor.post("messages", {"key": "key-000001", "text": "Hi!"})
    assert problem(answer)["status"] == 404


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_other_methods_and_addresses_get_a_problem_too(app: Flask, method: str) -> None:
    for path in ("website/sessions", "website", "website/nothing/at/all"):
        answer = getattr(app.test_client(), method)(f"/digital/chat/{path}")
        assert problem(answer)["status"] == 404


def test_the_widget_may_be_loaded_by_every_page(app: Flask) -> None:
    answer = app.test_client().get("/widget.js", buffered=True)
    assert answer.content_type.startswith("text/javascript")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = app.test_client().get(
        "/widget.js", headers={"If-None-Match": answer.headers["ETag"]}, buffered=True
    )
    assert again.status_code == 304


def test_the_demo_page_is_there_in_development_alone(
    app: Flask, ready_sqlite: str, tmp_path: Path
) -> None:
    assert app.test_client().get("/digital/chat/demo").status_code == 404
    folder = tmp_path / "development"
    with installation(
        ready_sqlite, folder, twilio_account_sid="", twilio_auth_token=""
    ) as developed:
        publish(developed.house, "website")
        client = developed.app.test_client()
        page = client.get("/digital/chat/demo")
        wild = client.get('/digital/chat/demo?chat="><script>')
    assert 'data-chat="website"' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "<script>" not in wild.text
    assert "No chat is bound" in wild.text


def test_what_visitors_write_is_in_no_log(
    visitor: Visitor, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    visitor.say("my PIN is 424242")
    visitor.post("messages", {"key": "key-000001", "text": "424242" * 1000})
    house = visitor.client.application.extensions["linewalk"]
    house.database.write = None  # what is broken inside
    failed = visitor.post("messages", {"key": "key-000002", "text": "424242"})
    assert problem(failed)["detail"] == "the server failed; its log says more"
    told = "".join(capfd.readouterr()) + caplog.text
    assert "the chat failed" in told
    assert "424242" not in told
