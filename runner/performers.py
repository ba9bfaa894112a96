"""Does the effects that leave the process: HTTP, sandboxed functions, the carrier's recordings.

A performer never raises for what the world does: every way it can end is an outcome word.
"""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from flow.effects import ControlRecording, HttpRequest, RunFunction
from runner.egress.client import HttpClient
from runner.egress.values import HttpResult, OutboundRequest
from runner.errors import CarrierError
from runner.pauses import pause
from runner.ports import CallControl
from runner.sandbox import Limits, run_javascript
from runner.walker import may_repeat

_log = structlog.get_logger(__name__)

Result = tuple[str, Mapping[str, Any]]

_RECORDING_STATES = {"pause": "paused", "resume": "on", "stop": "off"}


class HttpPerformer:
    """Sends `http_request` effects through the egress guard, with the owner's secrets filled in."""

    def __init__(
        self,
        client: HttpClient,
        secret: Callable[[str], str | None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client, self._secret, self._sleep = client, secret, sleep

    def __call__(self, effect: HttpRequest) -> Result:
        """Send the request, and again as often as the step allows."""
        try:
            request = self._request(effect)
        except KeyError as error:
            _log.error("flow uses a secret that is not set", name=str(error.args[0]))
            return "refused", {"reason": "a secret this request uses is not set"}
        result = self._client.send(request)
        for repeat in range(effect.retries):
            if not _again(effect, result):
                break
            self._sleep(pause(repeat))
            result = self._client.send(request)
        return _outcome(result)

    def _request(self, effect: HttpRequest) -> OutboundRequest:
        marker = re.compile(rf"\[\[secret:{re.escape(effect.id)}:([^\]]+)\]\]")

        used: set[str] = set()

        def value(found: re.Match[str]) -> str:
            used.add(found[1])
            return self._value(found[1])

        def fill(text: str) -> str:
            return marker.sub(value, text)

        headers = {name: fill(value) for name, value in effect.headers.items()}
        keyed = [name for name in headers if name.lower() == "idempotency-key"]
        for name in keyed:
            del headers[name]
        url = fill(effect.url)
        body = None if effect.body is None else fill(effect.body).encode()
        return OutboundRequest(
            method=effect.method,
            url=url,
            headers=headers,
            body=body,
            timeout=effect.timeout,
            idempotency_key=effect.id if keyed else None,
            carries_secrets=bool(used),
        )

    def _value(self, name: str) -> str:
        value = self._secret(name)
        if value is None:
            raise KeyError(name)
        return value


def _again(effect: HttpRequest, result: HttpResult) -> bool:
    if result.outcome == "refused" or not may_repeat(effect):
        return False
    return result.outcome != "response" or result.status >= 500  # noqa: PLR2004 RFC 9110, 15.6: the server failed


def _outcome(result: HttpResult) -> Result:
    if result.outcome == "response":
        word = "success" if 200 <= result.status < 300 else "failed"  # noqa: PLR2004 RFC 9110, 15.3
        return word, {
            "status": result.status,
            "headers": result.headers,
            "body": result.body,
            "json": result.json,
        }
    return result.outcome, {"status": 0, "reason": result.reason}


def run_function(effect: RunFunction) -> Result:
    """Run a flow's JavaScript in the sandbox."""
    limits = Limits(effect.seconds, memory_bytes=effect.megabytes * 1024 * 1024)
    done = run_javascript(effect.source, dict(effect.args), limits)
    extra = {"reason": done.reason} if done.reason else {}
    return done.outcome, {"result": done.result, **extra}


class RecordingControl:
    """Pauses, resumes and stops the recording of a live call through the carrier."""

    def __init__(self, carrier: CallControl) -> None:
        self._carrier = carrier

    def __call__(self, effect: ControlRecording) -> Result:
        """Ask the carrier; `done` only when it confirmed."""
        try:
            self._carrier.control_recording(effect.call, effect.action)
        except CarrierError as error:
            _log.warning("recording not changed", call=effect.call, code=error.code)
            return "failed", {}
        return "done", {"recording": _RECORDING_STATES[effect.action]}
