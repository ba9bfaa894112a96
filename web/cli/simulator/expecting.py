"""Compares what was heard, and what a walk came to, with what a dialogue expects."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flow.effects import (
    Brief,
    DeliverVoicemail,
    KeepRecording,
    ReportLabel,
    SendEmail,
    SendMessage,
    SurveyAnswer,
)
from flow.instructions import Collect, Music, Play, Say
from flow.language.patterns import found_by_pattern
from web.cli.simulator.dialogue import Ends
from web.cli.simulator.failure import Failed
from web.cli.simulator.modules import Walkable
from web.cli.simulator.rendering import is_for_others, rendered, told
from web.cli.simulator.script import named
from web.cli.simulator.session import Session
from web.cli.simulator.talk import Expected
from web.cli.simulator.words import Shown, mail_lines


def flat(heard: Iterable[Shown]) -> list[Shown]:
    """Give what is heard with the prompts of questions among it."""
    return [
        one for part in heard for one in (part.prompts if isinstance(part, Collect) else [part])
    ]


def check_heard(expected: Expected, heard: Sequence[Shown]) -> None:
    """Compare one expectation with what was heard since the caller last did anything.

    Raises:
        Failed: it is not so.
    """
    parts = flat(heard)
    said = _said(parts, expected.language)
    tongue = f" in {expected.language}" if expected.language else ""
    if expected.text is not None and _plain(expected.text) not in _plain(said):
        raise Failed(f"{expected.text!r} was not said{tongue}; said was {said!r}")
    if expected.not_ is not None and _plain(expected.not_) in _plain(said):
        raise Failed(f"{expected.not_!r} was said{tongue}: {said!r}")
    if expected.regex is not None and not found_by_pattern(said, expected.regex, exact=False):
        raise Failed(f"nothing like {expected.regex!r} was said{tongue}; said was {said!r}")
    if expected.played is not None and expected.played not in (played := _played(parts)):
        raise Failed(f"{expected.played!r} was not played; played was {', '.join(played) or '-'}")
    mailed = [
        line
        for part in parts
        if isinstance(part, SendEmail | DeliverVoicemail)
        for line in mail_lines(part)
    ]
    if expected.mail is not None and _plain(expected.mail) not in _plain("\n".join(mailed)):
        raise Failed(f"{expected.mail!r} was not mailed; mailed was {'; '.join(mailed) or '-'}")
    _check_whisper(expected.whisper, [part.text for part in parts if isinstance(part, Brief)])
    _check_messages(expected, [part for part in parts if isinstance(part, SendMessage)])


def _said(parts: Iterable[Shown], language: str) -> str:
    """Give all that was said in a language (empty: in any) or written to the contact."""
    found = []
    for part in parts:
        if isinstance(part, Say) and language in {"", part.language}:
            found.append(part.text)
        elif isinstance(part, SendMessage) and not language and not is_for_others(part):
            found += rendered(part)
    return " ".join(found)


def _check_messages(expected: Expected, sent: Sequence[SendMessage]) -> None:
    labels = [choice["label"] for part in sent for choice in part.choices]
    if expected.choice is not None and expected.choice not in labels:
        raise Failed(f"{expected.choice!r} was not offered; offered was {', '.join(labels) or '-'}")
    texts = [line for part in sent if is_for_others(part) for line in told(part)]
    if expected.sms is not None and _plain(expected.sms) not in _plain("\n".join(texts)):
        raise Failed(f"{expected.sms!r} was not sent; sent was {'; '.join(texts) or '-'}")


def _check_whisper(wanted: str | None, told: Sequence[str]) -> None:
    if wanted is not None and _plain(wanted) not in _plain(" ".join(told)):
        raise Failed(f"the agent did not hear {wanted!r}; heard was {'; '.join(told) or '-'}")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _played(parts: Iterable[Shown]) -> list[str]:
    found: list[str] = []
    for part in parts:
        if isinstance(part, Play):
            found.append(part.audio or part.url)
        elif isinstance(part, Music) and part.audio:
            found.append(part.audio)
        elif isinstance(part, SendMessage):
            found += [each.get("audio") or each["url"] for each in part.media]
    return found


def check_end(ends: Ends, session: Session, run: Walkable) -> None:
    """Compare what a walk came to with what the script says of its end.

    Raises:
        Failed: something is not so; its place is the field under `ends`.
    """
    _check_where(ends, session, run)
    _check_visits(ends.visits, session, run)
    frames = session.execution.frames
    inside = frames[1:] if run.prefix else frames
    _check_values("variables", ends.variables, inside[0].vars if inside else {})
    _check_values("outputs", ends.outputs, frames[0].vars if run.prefix else {})
    _check_values("contact", ends.contact, session.execution.contact)
    _check_values("answers", ends.answers, _answers(session))
    labels = {f.name: f.value for f in session.facts if isinstance(f, ReportLabel)}
    _check_values("labels", ends.labels, labels)
    left = sum(isinstance(fact, KeepRecording) for fact in session.facts)
    if ends.recordings is not None and left != ends.recordings:
        raise Failed(f"{left} messages were left, not {ends.recordings}", "ends", "recordings")


def _check_where(ends: Ends, session: Session, run: Walkable) -> None:
    waits = run.path(session.step) if not session.over else ""
    ended = session.execution.outcome
    if ends.outcome and not session.over:
        raise Failed(f"the flow still waits at {waits}", "ends", "outcome")
    if ends.outcome and ends.outcome != ended:
        raise Failed(f"the flow ended {ended}, not {ends.outcome}", "ends", "outcome")
    if ends.at_step and session.over:
        raise Failed(f"the flow has ended: {ended}", "ends", "at-step")
    if ends.at_step and not named(ends.at_step, waits):
        raise Failed(f"the flow waits at {waits}", "ends", "at-step")


def _check_visits(wanted: Sequence[str], session: Session, run: Walkable) -> None:
    paths = [path for entry in session.history if (path := run.path(entry.path))]
    paths += [] if session.over else [run.path(session.step)]
    ahead = iter(paths)
    for index, step in enumerate(wanted):
        if not any(named(step, path) for path in ahead):
            walked = " → ".join(paths)
            raise Failed(f"{step} was not visited, or not then: {walked}", "ends", "visits", index)


def _check_values(field: str, wanted: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    for name, value in wanted.items():
        if name not in known:
            listed = ", ".join(known) or "none"
            raise Failed(f"there is no {name!r}; there are: {listed}", "ends", field, name)
        if not _same(known[name], value):
            raise Failed(f"{name} is {known[name]!r}, not {value!r}", "ends", field, name)


def _same(found: Any, wanted: Any) -> bool:
    if isinstance(found, dict | list) or isinstance(wanted, dict | list):
        return bool(found == wanted)
    return found == wanted or _as_text(found) == _as_text(wanted)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _answers(session: Session) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for fact in session.facts:
        if isinstance(fact, SurveyAnswer):
            found.setdefault(fact.survey, fact.answer)
            found[fact.step] = fact.answer
    return found
