"""HTTP effects: secrets, repeats, what is passed on and what is never logged."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
import structlog

from flow.effects import ControlRecording, HttpRequest, RunFunction
from runner.egress import Guard, HttpClient
from runner.egress.values import HttpResult, OutboundRequest
from runner.errors import CarrierError
from runner.pauses import longest_pauses
from runner.performers import HttpPerformer, RecordingControl, run_function
from tests.support.egress_server import Handler, reply, serve

SECRETS = {"crm": "s3cret", "empty": ""}


class Client:
    """An HTTP client that answers by script; the last answer stays."""

    def __init__(self, *answers: HttpResult) -> None:
        self.answers = list(answers)
        self.sent: list[OutboundRequest] = []

    def send(self, request: OutboundRequest) -> HttpResult:
        self.sent.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


OK = HttpResult("response", 200, {"a": "b"}, "yes", {"n": 1})
DOWN = HttpResult("response", 503)
BROKEN = HttpResult("failed", reason="the connection broke off")
LATE = HttpResult("timeout", reason="no full answer in time")
REFUSED = HttpResult("refused", reason="a private address")


def performer(client: Client, slept: list[float] | None = None) -> HttpPerformer:
    pauses = slept if slept is not None else []
    return HttpPerformer(client, SECRETS.get, pauses.append)  # type: ignore[arg-type]  # a scripted client


def request(**changes: Any) -> HttpRequest:
    given = {"id": "e1.1", "method": "GET", "url": "https://api.example/", **changes}
    return HttpRequest(**given)


def test_secrets_are_filled_in_everywhere_by_their_marker() -> None:
    client = Client(OK)
    performer(client)(
        request(
            method="POST",
            url="https://api.example/[[secret:e1.1:crm]]",
            headers={"Authorization": "Bearer [[secret:e1.1:crm]]"},
            body='{"key": "[[secret:e1.1:crm]]"}',
        )
    )
    sent = client.sent[0]
    assert sent.url == "https://api.example/s3cret"
    assert sent.headers == {"Authorization": "Bearer s3cret"}
    assert sent.body == b'{"key": "s3cret"}'
    assert sent.carries_secrets


@pytest.mark.parametrize(
    "text",
    [
        "[[secret:e1.2:crm]]",
        "[[secret::crm]]",
        "[[secret:e1x1:crm]]",
        "[[secret:.*:crm]]",
        "[[secret:e1.1:]]",
        "[[ secret:e1.1:crm]]",
        "[[SECRET:e1.1:crm]]",
    ],
)
def test_what_a_caller_wrote_is_no_marker(text: str) -> None:
    """A marker holds the effect's own id, which no caller's earlier words can hold."""
    client = Client(OK)
    performer(client)(request(method="POST", body=text, url=f"https://api.example/{text}"))
    assert client.sent[0].body == text.encode()
    assert "s3cret" not in client.sent[0].url
    assert not client.sent[0].carries_secrets


def test_a_value_that_looks_like_a_marker_is_not_filled_again() -> None:
    client = Client(OK)
    values = {"a": "[[secret:e1.1:b]]", "b": "inner"}
    HttpPerformer(client, values.get)(request(method="POST", body="[[secret:e1.1:a]]"))  # type: ignore[arg-type]  # a scripted client
    assert client.sent[0].body == b"[[secret:e1.1:b]]"


def test_a_missing_secret_is_refused_and_nothing_is_sent() -> None:
    client = Client(OK)
    outcome, result = performer(client)(request(headers={"A": "[[secret:e1.1:none]]"}))
    assert outcome == "refused"
    assert "not set" in result["reason"]
    assert client.sent == []


@pytest.mark.parametrize(
    ("answer", "outcome", "result"),
    [
        (OK, "success", {"status": 200, "headers": {"a": "b"}, "body": "yes", "json": {"n": 1}}),
        (HttpResult("response", 204), "success", {"status": 204}),
        (HttpResult("response", 302), "failed", {"status": 302}),
        (HttpResult("response", 404, body="no"), "failed", {"status": 404, "body": "no"}),
        (BROKEN, "failed", {"status": 0, "reason": "the connection broke off"}),
        (LATE, "timeout", {"status": 0}),
        (REFUSED, "refused", {"status": 0, "reason": "a private address"}),
    ],
)
def test_every_end_has_its_word(
    answer: HttpResult, outcome: str, result: Mapping[str, Any]
) -> None:
    word, found = performer(Client(answer))(request())
    assert word == outcome
    assert {name: found[name] for name in result} == result


@pytest.mark.parametrize(
    ("method", "headers", "answers", "retries", "tries"),
    [
        ("GET", {}, [DOWN, BROKEN, LATE, OK], 3, 4),
        ("GET", {}, [DOWN], 2, 3),
        ("GET", {}, [DOWN], 0, 1),
        ("GET", {}, [HttpResult("response", 404)], 3, 1),
        ("GET", {}, [REFUSED], 3, 1),
        ("PUT", {}, [BROKEN, OK], 3, 2),
        ("POST", {}, [DOWN], 3, 1),
        ("POST", {}, [BROKEN], 3, 1),
        ("PATCH", {}, [LATE], 3, 1),
        ("POST", {"idempotency-KEY": "x"}, [DOWN, OK], 3, 2),
    ],
)
def test_only_what_may_be_repeated_is(
    method: str, headers: dict[str, str], answers: Sequence[HttpResult], retries: int, tries: int
) -> None:
    client, slept = Client(*answers), list[float]()
    performer(client, slept)(request(method=method, headers=headers, retries=retries))
    assert len(client.sent) == tries
    assert len(slept) == tries - 1
    assert sum(slept) <= longest_pauses(retries)
    assert all(0.1 * 2**n <= pause <= 0.3 * 2**n for n, pause in enumerate(slept))


def test_the_idempotency_key_is_the_effects_id_in_every_try() -> None:
    client = Client(DOWN, OK)
    performer(client)(request(method="POST", headers={"Idempotency-Key": "mine"}, retries=1))
    assert [sent.idempotency_key for sent in client.sent] == ["e1.1", "e1.1"]
    assert all("Idempotency-Key" not in sent.headers for sent in client.sent)


def test_without_a_key_none_is_sent() -> None:
    client = Client(OK)
    performer(client)(request(method="POST"))
    assert client.sent[0].idempotency_key is None


def elsewhere(target: str) -> Handler:
    """Answer every request with a redirect that keeps method and body."""
    return lambda sock, _: sock.sendall(
        reply(status="307 Temporary Redirect", headers=(f"Location: {target}",))
    )


@pytest.mark.parametrize(("body", "bodies"), [("plain", 1), ("[[secret:e1.1:crm]]", 0)])
def test_a_body_with_a_secret_is_not_sent_on_to_another_origin(body: str, bodies: int) -> None:
    """Through the real client: the flag tells it whether the body may follow a redirect."""
    with serve(lambda sock, _: sock.sendall(reply(b"there"))) as there:
        target = f"http://localhost:{there.port}/there"
        with serve(elsewhere(target)) as here:
            allowed = (f"127.0.0.1:{here.port}", f"localhost:{there.port}")
            client = HttpClient(Guard(allowed))
            url = f"http://127.0.0.1:{here.port}/here"
            HttpPerformer(client, SECRETS.get)(request(method="POST", url=url, body=body))
            assert len(here.requests) == 1
        assert len([text for text in there.requests if text.endswith("plain")]) == bodies
        assert not [text for text in there.requests if "s3cret" in text]


def test_nothing_of_a_request_is_logged() -> None:
    with structlog.testing.capture_logs() as logs:
        performer(Client(BROKEN))(
            request(url="https://api.example/private", body="spoken", retries=1)
        )
        performer(Client(OK))(request(body="spoken", headers={"A": "[[secret:e1.1:none]]"}))
    assert "none" in str(logs)
    assert not [word for word in ("private", "spoken", "api.example") if word in str(logs)]


def test_a_function_of_the_flow_runs_in_the_sandbox() -> None:
    done = run_function(RunFunction("f", "(args) => args.a + 1", {"a": 2}))
    assert done == ("success", {"result": 3})
    outcome, result = run_function(RunFunction("f", "() => { throw new Error('no') }"))
    assert outcome == "failed"
    assert result["reason"]


class Carrier:
    """The carrier's REST API by script."""

    def __init__(self, error: CarrierError | None = None) -> None:
        self.error = error
        self.asked: list[tuple[str, str]] = []

    def control_recording(self, call: str, action: str) -> None:
        self.asked.append((call, action))
        if self.error:
            raise self.error

    def call_status(self, call: str) -> tuple[str, int | None] | None:
        raise AssertionError("nobody asked for that")


@pytest.mark.parametrize(
    ("action", "state"), [("pause", "paused"), ("resume", "on"), ("stop", "off")]
)
def test_a_recording_is_changed_when_the_carrier_says_so(action: Any, state: str) -> None:
    carrier = Carrier()
    done = RecordingControl(carrier)(ControlRecording("e", action, "CA1"))
    assert done == ("done", {"recording": state})
    assert carrier.asked == [("CA1", action)]
    refusing = RecordingControl(Carrier(CarrierError("no", code=20404)))
    assert refusing(ControlRecording("e", action, "CA1")) == ("failed", {})
