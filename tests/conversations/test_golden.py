"""Whole calls as files: each request's form, and the TwiML it is answered with, byte for byte.

`make golden` writes the answers anew; the difference in version control is the review. The clock,
the ids and the tokens are fixed.
"""

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import yaml

from flow.ledger import Contact
from tests.support.carrier import Call
from tests.support.far_end import FarEnd, far_end
from tests.support.installation import NUMBER, Clock, Installation, installation

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples"
REWRITE = bool(os.environ.get("LINEWALK_REWRITE_GOLDEN"))
CRM = "http://127.0.0.1:8099"
MODULES = {"bank-line": ["pin-check"]}
ADA = Contact("ada", "Ada", "+15550123456", "", {"account": "7"})


@dataclass
class Scene:
    """One file: the flow called, the time, what the other system answers, and what is done."""

    flow: str
    at: datetime
    crm: dict[str, list[object]]
    does: list[str]


def scene(path: Path) -> Scene:
    """Read the head of a conversation."""
    given: dict[str, Any] = yaml.safe_load(path.read_text())
    at = datetime.fromisoformat(given["at"]).replace(tzinfo=UTC)
    return Scene(given["flow"], at, given.get("crm", {}), given["does"])


def act(call: Call, deed: str) -> None:
    """Do one thing a caller or the carrier does."""
    word, _, rest = deed.partition(" ")
    match word:
        case "arrive":
            call.arrive()
        case "press":
            call.press(rest)
        case "say":
            call.say(rest, "0.9")
        case "silence":
            call.silence()
        case "record":
            call.speak(int(rest))
        case "dialled":
            call.dialled(rest)
        case "return":
            call.fetch(call.verbs[0].text, {})
        case "hang-up":
            call.hang_up()
        case _:
            raise AssertionError(f"nobody can {deed!r}")


@pytest.fixture
def crm() -> Iterator[FarEnd]:
    """The owner's other system."""
    with far_end({}) as end:
        yield end


@pytest.fixture
def fixed() -> Iterator[None]:
    """Ids and tokens that are the same in every run."""
    tokens, ids = itertools.count(1), itertools.count(1)

    def token() -> str:
        return f"token-{next(tokens)}"

    def new_id() -> str:
        return f"execution-{next(ids)}"

    with (
        patch("runner.voice.new_token", token),
        patch("runner.walker.new_token", token),
        patch("runner.voice.new_id", new_id),
    ):
        yield


@pytest.mark.parametrize("path", sorted(HERE.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_conversation_is_as_it_was(
    path: Path, ready_sqlite: str, tmp_path: Path, crm: FarEnd, fixed: None
) -> None:
    play = scene(path)
    crm.answers = play.crm
    clock = Clock(play.at)
    with installation(ready_sqlite, tmp_path, clock, egress_allow=crm.host) as house:
        house.house.library.load_contacts([ADA])
        for name in (*MODULES.get(play.flow, ()), play.flow):
            document = EXAMPLES / f"{name}.yaml"
            changes = {CRM: crm.base} if CRM in document.read_text() else {}
            house.publish(document, *([NUMBER] if name == play.flow else []), replacing=changes)
        written = perform(house, play)
    golden = path.with_suffix(".txt")
    if REWRITE:
        golden.write_text(written)
    assert golden.exists(), f"run make golden to write {golden.name}"
    assert written == golden.read_text()


def perform(house: Installation, play: Scene) -> str:
    """Act a scene; everything that went over the wire, and the history at the end."""
    call = house.call(sid="CA" + "0" * 32)
    call.follow = False
    lines: list[str] = []
    for deed in play.does:
        before = len(call.sent)
        act(call, deed)
        lines.append(f"--- {deed}")
        for sent, reply in zip(call.sent[before:], call.replies[before:], strict=True):
            extra = {k: v for k, v in sent.form.items() if k not in _ALWAYS}
            lines += [f"POST {sent.url.partition('#')[0]}", f"  {_hidden(extra)}"]
            lines.append(reply.body.decode().replace("><", ">\n<"))
    lines.append("--- history")
    lines += [f"{path} -> {exit_ or 'end'}" for path, exit_ in house.steps(call)]
    return "\n".join(lines) + "\n"


_ALWAYS = {
    "AccountSid", "ApiVersion", "CallSid", "Called", "Caller", "CallerCity", "Direction", "From",
    "FromCountry", "To",
}  # fmt: skip


def _hidden(form: dict[str, str]) -> str:
    """A form as text, without the ids that the test carrier draws."""
    drawn = {"RecordingSid", "RecordingUrl", "DialCallSid"}
    return " ".join(f"{k}={'…' if k in drawn else v}" for k, v in sorted(form.items()))
