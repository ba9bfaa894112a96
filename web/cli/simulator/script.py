"""The scripted world of a dialogue: answers what the script says, and only that."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flow.effects import HttpRequest, Needed
from runner.walker import may_repeat
from web.cli.simulator.clock import Clock
from web.cli.simulator.dialogue import Dialogue, EffectAnswer, HttpAnswer
from web.cli.simulator.failure import Failed
from web.cli.simulator.http import answered, plain
from web.cli.simulator.world import SimulatedWorld

Result = tuple[str, Mapping[str, Any]]

_MARKER = re.compile(r"\[\[secret:[^:\]]+:([^\]]+)\]\]")
_FIRST_SERVER_ERROR = 500


@dataclass
class Answers:
    """Answers of a script, each used up in its turn; `section` is their field in the file."""

    section: str
    given: Sequence[HttpAnswer | EffectAnswer]
    used: dict[int, int] = field(default_factory=dict)

    def take(self, fits: Callable[[Any], bool]) -> Any:
        """Give the first answer that fits and is not used up; None when there is none."""
        for index, answer in enumerate(self.given):
            times = self.used.get(index, 0)
            if (answer.times == "any" or times < answer.times) and fits(answer):
                self.used[index] = times + 1
                return answer
        return None

    def left(self) -> int | None:
        """Find an answer that was never, or not often enough, asked for."""
        return next(
            (
                index
                for index, answer in enumerate(self.given)
                if answer.times != "any" and self.used.get(index, 0) < answer.times
            ),
            None,
        )


@dataclass
class ScriptedWorld:
    """Answers effects from a dialogue; what it does not say falls to the simulated world."""

    dialogue: Dialogue
    rest: SimulatedWorld
    clock: Clock
    http: Answers = field(init=False)
    effects: Answers = field(init=False)

    def __post_init__(self) -> None:
        """Lay the answers out."""
        self.http = Answers("http", self.dialogue.http)
        self.effects = Answers("effects", self.dialogue.effects)

    def __call__(self, effect: Needed, step: str) -> Result:
        """Answer one effect.

        Raises:
            Failed: an HTTP request that the script has no answer for.
        """
        given = self.effects.take(lambda answer: named(answer.step, step))
        if given is not None:
            self.rest.note(f"{type(effect).__name__} → {given.outcome}, as scripted")
            return given.outcome, given.result
        if isinstance(effect, HttpRequest):
            return self._request(effect, step)
        return self.rest(effect, step)

    def _request(self, effect: HttpRequest, step: str) -> Result:
        request = self._filled(effect)
        outcome, result = self._answer(request, step)
        for _ in range(effect.retries):
            status = result.get("status", 0)
            served = outcome == "success" or 0 < status < _FIRST_SERVER_ERROR
            if served or outcome == "refused" or not may_repeat(effect):
                break
            outcome, result = self._answer(request, step)
        return outcome, result

    def _answer(self, request: HttpRequest, step: str) -> Result:
        what = f"http {request.method} {request.url}"
        given = self.http.take(lambda answer: _fits(answer, request, step))
        if given is None:
            body = f" with the body {request.body}" if request.body else ""
            raise Failed(f"the script has no (more) answer for {what}{body} (step {step})")
        outcome, result = _result(given)
        if outcome == "timeout":
            self.clock.pass_time(request.timeout)
        self.rest.note(f"{what} → {result.get('status') or outcome}")
        return outcome, result

    def _filled(self, effect: HttpRequest) -> HttpRequest:
        """Fill secrets in: with the script's value, else with their name."""
        secrets = self.dialogue.secrets

        def fill(text: str) -> str:
            return _MARKER.sub(lambda m: secrets.get(m[1], plain(m[0])), text)

        headers = {name: fill(value) for name, value in effect.headers.items()}
        body = None if effect.body is None else fill(effect.body)
        return replace(effect, url=fill(effect.url), headers=headers, body=body)


def named(wanted: str, path: str) -> bool:
    """Say whether a step's path is the one a script names: whole, or from any module on."""
    return path == wanted or path.endswith(f"/{wanted}")


def _fits(answer: HttpAnswer, request: HttpRequest, step: str) -> bool:
    return (
        (not answer.step or named(answer.step, step))
        and (not answer.method or answer.method.upper() == request.method)
        and (not answer.url or _is_address(answer.url, request.url))
        and (answer.sent is None or _was_sent(answer.sent, request.body or ""))
    )


def _is_address(wanted: str, url: str) -> bool:
    if "?" not in wanted:
        url = url.partition("?")[0]
    pattern = ".*".join(re.escape(part) for part in wanted.split("*"))
    return re.fullmatch(pattern, url) is not None


def _was_sent(wanted: str | dict[str, Any], body: str) -> bool:
    if isinstance(wanted, str):
        return wanted in body
    try:
        sent: Any = json.loads(body)
    except ValueError:
        sent = {name: values[-1] for name, values in parse_qs(urlsplit(f"?{body}").query).items()}
    return isinstance(sent, dict) and all(
        name in sent and (sent[name] == value or str(sent[name]) == str(value))
        for name, value in wanted.items()
    )


def _result(answer: HttpAnswer) -> Result:
    if answer.outcome:
        return answer.outcome, {"status": 0, "reason": "as scripted"}
    has_json = "json_body" in answer.model_fields_set
    body = json.dumps(answer.json_body, ensure_ascii=False) if has_json else answer.body or ""
    kind = {"content-type": "application/json"} if has_json else {}
    given = {name.lower(): value for name, value in answer.headers.items()}
    return answered(answer.status, body, {**kind, **given})


def no_http(effect: HttpRequest, step: str) -> Result:
    """Stand where a simulated world wants HTTP; the script answers requests before."""
    raise Failed(f"the script has no answer for {effect.method} {effect.url} (step {step})")
