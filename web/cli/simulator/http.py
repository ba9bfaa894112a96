"""HTTP of a walk: really sent, behind the server's egress guard, or answered at the terminal."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flow.effects import HttpRequest
from runner.egress import Guard, HttpClient
from runner.performers import HttpPerformer
from web.cli.simulator.errors import CannotWalk

Result = tuple[str, Mapping[str, Any]]

_MARKER = re.compile(r"\[\[secret:[^:\]]+:([^\]]+)\]\]")
_STATUS = re.compile(r"([1-5]\d\d)(?:\s+(.*))?", re.DOTALL)
_FAILURES = ("timeout", "failed", "refused")


def plain(text: str) -> str:
    """Write the markers of secrets as the flow's author wrote them."""
    return _MARKER.sub(r"secrets.\1", text)


@dataclass(frozen=True)
class RealHttp:
    """Sends requests. `secrets` are the values flows use by name, `allow` is EGRESS_ALLOW."""

    performer: HttpPerformer
    secrets: Mapping[str, str]
    note: Callable[[str], None]

    @classmethod
    def behind_guard(
        cls, allow: Sequence[str], secrets: Mapping[str, str], note: Callable[[str], None]
    ) -> "RealHttp":
        """Make one with a client of its own.

        Raises:
            CannotWalk: an entry of `allow` is no host.
        """
        try:
            client = HttpClient(Guard(allow))
        except ValueError as error:
            raise CannotWalk(f"EGRESS_ALLOW: {error}") from None
        return cls(HttpPerformer(client, secrets.get), secrets, note)

    def __call__(self, effect: HttpRequest, step: str) -> Result:
        """Send one request and tell what came of it."""
        del step
        what = f"http {effect.method} {plain(effect.url)}"
        missing = self._missing(effect)
        if missing:
            self.note(f"{what} → refused (give the secret: --secret {missing}=VALUE)")
            return "refused", {"status": 0, "reason": "a secret this request uses is not set"}
        outcome, result = self.performer(effect)
        why = result.get("status") or result.get("reason") or ""
        self.note(f"{what} → {outcome}{f' ({why})' if why else ''}")
        return outcome, result

    def _missing(self, effect: HttpRequest) -> str:
        texts = [effect.url, effect.body or "", *effect.headers.values()]
        used = (name for text in texts for name in _MARKER.findall(text))
        return next((name for name in used if name not in self.secrets), "")


@dataclass(frozen=True)
class AskedHttp:
    """Lets the person at the terminal answer; an empty line sends the request after all."""

    real: RealHttp
    read: Callable[[str], str | None]

    def __call__(self, effect: HttpRequest, step: str) -> Result:
        """Ask until the answer is understood."""
        what = f"http {effect.method} {plain(effect.url)}"
        hint = "[Enter = send it, or type: 200 {json} | timeout | failed | refused]"
        while True:
            line = self.read(f"{what} → {hint} ")
            if line is None:
                return "timeout", {"status": 0, "reason": "nobody answered"}
            answer = read_answer(line)
            if answer is not None:
                return answer
            if not line.strip():
                return self.real(effect, step)
            self.real.note("that is no answer; type 200 {…}, timeout, failed or refused")


def read_answer(line: str) -> Result | None:
    """Read a typed answer: an outcome, or a status and the body; None when it is neither."""
    text = line.strip()
    if text in _FAILURES:
        return text, {"status": 0, "reason": "as typed"}
    found = _STATUS.fullmatch(text)
    if not found:
        return None
    body = found[2] or ""
    return answered(int(found[1]), body)


def answered(status: int, body: str, headers: Mapping[str, str] | None = None) -> Result:
    """Make the result of a request that got an answer."""
    word = "success" if status // 100 == 2 else "failed"  # noqa: PLR2004  RFC 9110, 15.3
    try:
        parsed = json.loads(body) if body else None
    except ValueError:
        parsed = None
    return word, {"status": status, "headers": dict(headers or {}), "body": body, "json": parsed}
