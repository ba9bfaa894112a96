"""Takes in what providers say of messages that we sent: facts in any order, any number of times."""

from typing import Any

import structlog

from desk.conversations import Message, OptOut, joined
from runner.messages.channels import Report
from runner.messages.threads import OPTED_OUT, Threads
from runner.ports import Store, Work

_log = structlog.get_logger(__name__)

REFUSED_BY_CONTACT = 21610
"""The carrier's code for somebody who has opted out there (Twilio, error 21610)."""


def take_report(store: Store, threads: Threads, report: Report) -> None:
    """Move a message up its states; one that is not ours is none of our business."""
    with store.work() as work:
        message = _moved(work, threads, report)
    # Only the first word of it counts: the contact may have written START since.
    news = message is not None and message.code != report.code
    if message is not None and news and report.code == REFUSED_BY_CONTACT:
        with store.work() as work:
            _refused_by_contact(work, message, report)


def _moved(work: Work, threads: Threads, report: Report) -> Message | None:
    """Move a message; gives it as it was before."""
    name = report.message or (work.message_of(report.channel, report.sid) if report.sid else "")
    thread = work.conversation(work.thread_of(name)) if name else None
    message = work.message(name) if thread is not None else None
    if message is None or message.direction != "out" or message.channel != report.channel:
        return None
    changes = _changes(work, message, report)
    if changes:
        threads.change(work, message, **changes)
    return message


def _refused_by_contact(work: Work, message: Message, report: Report) -> None:
    """Note what the provider knows and we did not: the contact wants no messages.

    In a transaction of its own: it locks other conversations of the contact.
    """
    place = (message.channel, message.address, message.peer)
    work.enter_peer(*place)
    if not work.opted_out(*place):
        work.opt_out(OptOut(*place, at=report.at, by="provider"))
        work.cancel_queued(*place, OPTED_OUT)


def _changes(work: Work, message: Message, report: Report) -> dict[str, Any]:
    state = joined(message.state, report.state)
    changes: dict[str, Any] = {"state": state} if state != message.state else {}
    if report.sid and not message.sid and not work.message_of(message.channel, report.sid):
        changes["sid"] = report.sid
    if report.code and report.code != message.code:
        changes["code"] = report.code
    if report.reason and state in ("undelivered", "failed"):
        changes["reason"] = report.reason
    if state in ("undelivered", "failed") and state != message.state:
        _log.warning("message not delivered", message=message.id, code=report.code)
    return changes
