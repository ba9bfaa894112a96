"""The carrier's REST API, against a real server on loopback that answers as its pages say."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from ivr.calls import Calls
from runner.carrier.account import Account
from runner.errors import CarrierError
from tests.support.network import free_port

ACCOUNT = "AC" + "0" * 32
CALL = "CA" + "1" * 32
RECORDING = "RE" + "2" * 32
BASE = f"/2010-04-01/Accounts/{ACCOUNT}"

FETCHED = {
    "sid": CALL, "account_sid": ACCOUNT, "status": "completed", "duration": "15",
    "direction": "inbound", "from": "+15550100001", "to": "+15550100002", "price": "-0.03",
    "start_time": "Sun, 01 Mar 2026 11:59:00 +0000", "end_time": "Sun, 01 Mar 2026 11:59:15 +0000",
    "date_created": "Sun, 01 Mar 2026 11:58:59 +0000", "subresource_uris": {},
}  # fmt: skip
CONTROLLED = {
    "sid": RECORDING, "account_sid": ACCOUNT, "call_sid": CALL, "status": "paused", "channels": 1,
    "duration": None, "date_created": "Sun, 01 Mar 2026 11:58:59 +0000",
}  # fmt: skip


class Carrier(ThreadingHTTPServer):
    """Answers what the test put under a path, and writes down what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asked: list[tuple[str, str, dict[str, list[str]]]] = []
        self.authorised: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, path: str, status: int, body: Any) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers[BASE + path] = (status, data)


class Handler(BaseHTTPRequestHandler):
    server: Carrier

    def _reply(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.asked.append((self.command, self.path, parse_qs(body)))
        self.server.authorised.append(self.headers.get("Authorization", ""))
        status, data = self.server.answers.get(self.path, (404, b'{"code": 20404, "message": "x"}'))
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = _reply  # noqa: N815  the server calls it by this name
    do_POST = _reply  # noqa: N815  as above

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class names it
        """Stay silent."""


@pytest.fixture
def carrier() -> Iterator[Carrier]:
    server = Carrier()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def calls(carrier: Carrier) -> Calls:
    return Calls(Account(ACCOUNT, "secret", carrier.url + "/"))


@pytest.mark.parametrize(
    ("action", "status"), [("pause", "paused"), ("resume", "in-progress"), ("stop", "stopped")]
)
def test_a_live_recording_is_controlled(
    carrier: Carrier, calls: Calls, action: str, status: str
) -> None:
    """The carrier's page: `Twilio.CURRENT` stands for the recording that runs now."""
    path = f"/Calls/{CALL}/Recordings/Twilio.CURRENT.json"
    carrier.answer(path, 200, {**CONTROLLED, "status": status})
    calls.control_recording(CALL, action)
    assert carrier.asked == [("POST", BASE + path, {"Status": [status]})]
    token = base64.b64encode(f"{ACCOUNT}:secret".encode()).decode()
    assert carrier.authorised == [f"Basic {token}"]


def test_a_call_is_looked_up(carrier: Carrier, calls: Calls) -> None:
    carrier.answer(f"/Calls/{CALL}.json", 200, FETCHED)
    assert calls.call_status(CALL) == ("completed", 15)


def test_a_live_call_has_no_seconds_yet(carrier: Carrier, calls: Calls) -> None:
    live = {**FETCHED, "status": "in-progress", "duration": None}
    carrier.answer(f"/Calls/{CALL}.json", 200, live)
    assert calls.call_status(CALL) == ("in-progress", None)


def test_a_call_that_the_carrier_does_not_know(calls: Calls) -> None:
    assert calls.call_status(CALL) is None


@pytest.mark.parametrize(
    ("status", "body", "code", "retry"),
    [
        (400, {"code": 21220, "message": "not in-progress", "status": 400}, 21220, False),
        (401, {"code": 20003, "message": "Authenticate", "status": 401}, 20003, False),
        (429, {"code": 20429, "message": "Too many", "status": 429}, 20429, True),
        (500, {"code": 20500, "message": "x", "status": 500}, 20500, True),
        (503, b"<html>away</html>", 503, True),
        (400, {"type": "u", "title": "t", "status": 400, "code": 7}, 7, False),
        (200, b"{", 0, True),
    ],
)
def test_errors_say_whether_to_try_again(
    carrier: Carrier, calls: Calls, status: int, body: Any, code: int, *, retry: bool
) -> None:
    carrier.answer(f"/Calls/{CALL}.json", status, body)
    with pytest.raises(CarrierError) as caught:
        calls.call_status(CALL)
    assert (caught.value.code, caught.value.retry) == (code, retry)
    assert CALL not in str(caught.value)


def test_a_carrier_that_is_not_there_may_be_asked_again() -> None:
    nobody = Calls(Account(ACCOUNT, "secret", f"http://127.0.0.1:{free_port()}"), timeout=1)
    for ask in (
        lambda: nobody.control_recording(CALL, "pause"),
        lambda: nobody.fetch_recording(RECORDING, 10),
    ):
        with pytest.raises(CarrierError) as caught:
            ask()
        assert caught.value.retry


def test_a_recording_is_fetched_from_an_address_of_our_own(carrier: Carrier, calls: Calls) -> None:
    carrier.answer(f"/Recordings/{RECORDING}.wav", 200, b"RIFF" + bytes(100_000))
    assert len(calls.fetch_recording(RECORDING, 200_000)) == 100_004
    assert carrier.authorised[0].startswith("Basic ")


def test_a_recording_that_is_not_ready_may_be_asked_for_again(calls: Calls) -> None:
    with pytest.raises(CarrierError, match="not ready") as caught:
        calls.fetch_recording(RECORDING, 10)
    assert (caught.value.code, caught.value.retry) == (404, True)


def test_a_recording_beyond_measure_is_not_fetched(carrier: Carrier, calls: Calls) -> None:
    carrier.answer(f"/Recordings/{RECORDING}.wav", 200, bytes(300_000))
    with pytest.raises(CarrierError, match="more than 100000 bytes") as caught:
        calls.fetch_recording(RECORDING, 100_000)
    assert not caught.value.retry


@pytest.mark.parametrize(("status", "retry"), [(401, False), (429, True), (502, True)])
def test_a_recording_that_is_refused(
    carrier: Carrier, calls: Calls, status: int, *, retry: bool
) -> None:
    carrier.answer(f"/Recordings/{RECORDING}.wav", status, b"")
    with pytest.raises(CarrierError) as caught:
        calls.fetch_recording(RECORDING, 10)
    assert caught.value.retry is retry


@pytest.mark.parametrize("sid", ["", "../Calls", "RE1/x", "RE1?x", "https://evil.example", "RE\n"])
def test_no_address_is_made_of_what_is_no_id(carrier: Carrier, calls: Calls, sid: str) -> None:
    for ask in (calls.call_status, lambda sid: calls.fetch_recording(sid, 10)):
        with pytest.raises(CarrierError, match="letters and digits"):
            ask(sid)
    assert carrier.asked == []
