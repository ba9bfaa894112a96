"""A carrier's action request becomes the event that moves the walk.

What was asked is known from the hint in the address that the request came to (`Hint`): the form
of a question that nobody answered says nothing.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, get_args

from flow.events import (
    Continued,
    DialEnded,
    DialStatus,
    Digits,
    Event,
    HungUp,
    QueueLeft,
    Recorded,
    Silence,
    Speech,
)
from ivr.form import whole

Hint = Literal["gather", "record", "dial", "queue", "go", "again", "said"]
"""What the address was handed out for; `again`: say the question once more; `said`: an agent has
heard what stood before it."""

FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""Call statuses after which nobody is on the line."""

CARRIED = ("RecordingSid", "RecordingDuration", "DialCallStatus", "DialCallDuration", "DialCallSid")
"""Fields that may travel in an address while the store is away: none is personal."""

LEFT_QUEUE = frozenset({"leave", "queue-full", "error", "system-error"})
"""Ends of an <Enqueue> that move a walk; any other (`redirected`, `hangup`) is a fact only."""

_KEYS = re.compile(r"[^0-9A-D*#]")
_HANGUP = "hangup"
_DIAL_STATUSES: dict[str, DialStatus] = {status: status for status in get_args(DialStatus)}
_DIAL_STATUSES["answered"] = "completed"


def event(form: Mapping[str, str], hint: str, at: datetime) -> Event:
    """Read the event out of an action request. `at` is when it arrived.

    A request whose call is over is a hang-up, whatever else it says (design, section 4.8); a
    recording or a forwarded call that it reports is kept with it.
    """
    kind = hint if hint in ("gather", "record", "dial", "queue", "go") else _guess(form)
    gone = form.get("CallStatus", "") in FINAL or form.get("Digits") == _HANGUP
    last: Recorded | DialEnded | None = None
    if kind == "record":
        last = _recorded(form, at)
    elif kind == "dial":
        last = _dial_ended(form, at)
    if gone:
        return HungUp(at, last if _delivered(last, form) else None, form.get("CallSid", ""))
    if last is not None:
        return last
    if kind == "queue":
        return QueueLeft(at, form.get("QueueResult", ""))
    return _answer(form, at) if kind == "gather" else Continued(at)


def has_input(form: Mapping[str, str]) -> bool:
    """Whether the request carries anything that a question brought."""
    names = ("Digits", "FinishedOnKey", "SpeechResult", *CARRIED)
    return any(form.get(name) for name in names)


def is_mere_fact(form: Mapping[str, str], hint: str) -> bool:
    """Whether an <Enqueue> reports an end that its walk need not hear of (design, section 5)."""
    gone = form.get("CallStatus", "") in FINAL
    return hint == "queue" and not gone and form.get("QueueResult", "") not in LEFT_QUEUE


def _guess(form: Mapping[str, str]) -> str:
    if "DialCallStatus" in form:
        return "dial"
    if "RecordingSid" in form or "RecordingUrl" in form:
        return "record"
    return "gather" if has_input(form) else "go"


def _delivered(last: Recorded | DialEnded | None, form: Mapping[str, str]) -> bool:
    if isinstance(last, Recorded):
        return bool(last.recording)
    return last is not None and "DialCallStatus" in form


def pressed(form: Mapping[str, str]) -> str:
    """Read the keys that were pressed; empty for none."""
    return "" if form.get("Digits") == _HANGUP else _KEYS.sub("", form.get("Digits", ""))


def _answer(form: Mapping[str, str], at: datetime) -> Event:
    keys = pressed(form)
    finished = _KEYS.sub("", form.get("FinishedOnKey", ""))[:1]
    if keys or finished:
        return Digits(at, keys, finished)
    if heard := form.get("SpeechResult", "").strip():
        return Speech(at, heard, _confidence(form.get("Confidence", "")))
    return Silence(at)


def _confidence(text: str) -> float | None:
    """Read the recogniser's confidence: the carrier promises neither presence nor value."""
    try:
        value = float(text)
    except ValueError:
        return None
    return min(max(value, 0.0), 1.0) if math.isfinite(value) else None


def _recorded(form: Mapping[str, str], at: datetime) -> Recorded:
    digits = form.get("Digits", "")
    return Recorded(
        at,
        form.get("RecordingSid", ""),
        whole(form.get("RecordingDuration", "")) or 0,
        "" if digits == _HANGUP else _KEYS.sub("", digits),
    )


def _dial_ended(form: Mapping[str, str], at: datetime) -> DialEnded:
    status = _DIAL_STATUSES.get(form.get("DialCallStatus", ""), "failed")
    seconds = whole(form.get("DialCallDuration", "")) or 0
    leg = form.get("DialCallSid", "") if status == "completed" else ""
    return DialEnded(at, status, seconds, leg)
