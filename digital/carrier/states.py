"""What the carrier's words and codes for a message mean here."""

from collections.abc import Mapping
from datetime import datetime

import structlog

from desk.conversations import Delivery
from digital.carrier.form import channel_of
from runner.errors import CarrierError
from runner.messages.channels import ChannelError, Report

_log = structlog.get_logger(__name__)

STATES: Mapping[str, Delivery] = {
    "accepted": "sent",
    "scheduled": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "partially_delivered": "delivered",
    "read": "read",
    "undelivered": "undelivered",
    "failed": "failed",
    "canceled": "canceled",
}
"""Its statuses of what we send (its page "Messages resource"): once it has taken a message, that
message is `sent`, whatever it does with it before it leaves."""

OPTED_OUT, QUEUE_FULL, WINDOW, BUSY = 21610, 21611, 63016, 63018

_REASONS: Mapping[int, str] = {
    20003: "the carrier does not know our account or token",
    21211: "the address is no number",
    21408: "our account may not send to this country",
    OPTED_OUT: "the contact wants no messages",
    QUEUE_FULL: "too many messages of this sender wait at the carrier",
    21612: "the carrier cannot reach this number from this sender",
    21614: "the number takes no messages",
    21617: "the text is too long",
    30003: "the telephone cannot be reached",
    30004: "the contact or the network blocks our messages",
    30005: "the number is not in use",
    30006: "the number takes no messages",
    30007: "a network filtered the message out",
    30008: "the network did not say why",
    30034: "the sender is not registered for messages to the United States (10DLC)",
    WINDOW: "24 hours have passed since the contact last wrote: WhatsApp takes templates only",
    BUSY: "too many messages of this sender at once",
    63024: "the contact has no WhatsApp at this number",
}

_WAITS: Mapping[int, float] = {QUEUE_FULL: 60.0, BUSY: 5.0}
"""Seconds after which a sender that was too fast may go on."""

SOON = 2.0
"""Seconds to wait where the carrier says too many requests and not for how long."""

TOO_MANY = frozenset({429, 20429})

OURS_TO_MEND: Mapping[int, float] = dict.fromkeys((401, 403, 20003, 20005), 60.0)
"""Seconds to wait where the carrier does not let us in: no message is at fault, and all can wait
until the token or the account is in order (its error pages 20003 and 20005)."""


def reason_of(code: int) -> str:
    """Say in our words what a code of the carrier's means; "" for none."""
    known = _REASONS.get(code, f"the carrier gave its code {code}")
    return known if code else ""


def report_of(form: Mapping[str, str], message: str, at: datetime) -> Report | None:
    """Read a status callback; None when it says nothing that we know."""
    state = STATES.get(form.get("MessageStatus", form.get("SmsStatus", "")).lower())
    sid = form.get("MessageSid", form.get("SmsSid", ""))
    if state is None or not (sid or message):
        return None
    text = form.get("ErrorCode", "")
    code = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004  its codes have five digits
    return Report(channel_of(form), state, at, sid, message, code, reason_of(code))


def error_of(problem: CarrierError) -> ChannelError:
    """Say what a request that failed means for its message.

    An answer that was lost has no code: what was on its way may still arrive. After a 5xx, which
    has one, the message may be sent again if it is not found.
    """
    code = problem.code
    if code in OURS_TO_MEND:
        _log.error("the carrier does not let us in: messages wait", code=code)
    if code in TOO_MANY or code in _WAITS or code in OURS_TO_MEND:
        wait = problem.wait or {**_WAITS, **OURS_TO_MEND}.get(code, SOON)
        return ChannelError(reason_of(code), code=code, retry=True, wait=wait)
    if code == OPTED_OUT:
        return ChannelError(reason_of(code), code=code, opted_out=True)
    text = _REASONS.get(code, str(problem))
    return ChannelError(text, code=code, retry=problem.retry, unsure=problem.unsure)
