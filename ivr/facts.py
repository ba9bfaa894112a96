"""What status and recording callbacks say, as data: facts, never commands."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from flow.ledger import CallFact
from ivr.caller import address
from ivr.form import whole
from ivr.service import RecordingFact

_KNOWN = frozenset(
    {
        "AccountSid", "CallSid", "CallStatus", "Timestamp", "SequenceNumber", "ParentCallSid",
        "Direction", "From", "To", "CallDuration",
    }
)  # fmt: skip


def call_fact(form: Mapping[str, str], at: datetime) -> CallFact:
    """Read a status callback. `at` is when it arrived, used where its own time says nothing.

    The status stays the carrier's own word, known or not.
    """
    return CallFact(
        sid=form.get("CallSid", ""),
        status=form.get("CallStatus", ""),
        at=_time(form.get("Timestamp", "")) or at,
        sequence=whole(form.get("SequenceNumber", "")),
        parent=form.get("ParentCallSid", ""),
        direction=form.get("Direction", ""),
        sender=address(form.get("From", "")),
        recipient=address(form.get("To", "")),
        seconds=whole(form.get("CallDuration", "")),
        raw={key: value for key, value in form.items() if key not in _KNOWN},
    )


def recording_fact(form: Mapping[str, str], at: datetime) -> RecordingFact:
    """Read a recording callback. Its `RecordingUrl` is not kept: we build our own from the SID."""
    return RecordingFact(
        sid=form.get("RecordingSid", ""),
        call=form.get("CallSid", ""),
        status=form.get("RecordingStatus", ""),
        at=at,
        seconds=whole(form.get("RecordingDuration", "")),
        source=form.get("RecordingSource", ""),
        error=form.get("ErrorCode", ""),
    )


def _time(text: str) -> datetime | None:
    """Read an RFC 2822 time; one without a zone is UTC, a broken one is None."""
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return _in_utc(aware)


def _in_utc(aware: datetime) -> datetime | None:
    try:
        return aware.astimezone(UTC)
    except OverflowError:
        return None
