"""Reads events for subscribers out of what a transaction has written. Pure.

Nothing that a contact pressed or said is in them but the answers to surveys, and no number but
those of the call itself (docs/webhooks.md).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from desk.assignments import Assignment
from desk.changes import Changes
from desk.conversations import Message
from desk.queue import Waiting
from desk.subscriptions import EventName
from flow.effects import SurveyAnswer
from flow.ledger import Recording, Run, Saved

Happened = Saved | Recording | Changes | Message
"""What the parts of a transaction leave for subscribers."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event before anybody knows its interaction; `subject` tells it from others of its name.

    Whose it is says the `execution`, or else the `conversation` by messages.
    """

    name: EventName
    subject: str
    execution: str
    at: datetime
    data: Mapping[str, Any]
    conversation: str = ""

    @property
    def id(self) -> str:
        """The event's id: the same thing, written twice, is one event."""
        return sha256(f"{self.name} {self.subject}".encode()).hexdigest()[:32]


def tells(saved: Saved) -> bool:
    """Say whether a turn holds anything that subscribers may be told."""
    return saved.new or saved.answered or saved.run.ended is not None or bool(saved.facts)


def happenings(thing: Happened) -> Iterator[Happening]:
    """List the events in something that was written, in the order in which they happened."""
    match thing:
        case Saved():
            yield from _of_turn(thing)
        case Recording():
            if thing.state == "kept" and thing.execution:
                yield _ready(thing)
        case Changes():
            yield from (_left(a) if a.ended else _assigned(a) for a in thing.assignments)
            yield from (_waits(place) for place in thing.waiting if place.conversation)
        case Message():
            if thing.direction == "in":
                yield _received(thing)


def _of_turn(saved: Saved) -> Iterator[Happening]:
    run = saved.run
    if saved.new:
        data = {"type": run.type, "flow_version_id": run.version, "contact_id": run.contact}
        yield Happening("interaction.started", run.id, run.id, run.started, data)
    if saved.answered:
        yield Happening("call.answered", f"{run.id} {run.call}", run.id, run.updated, _call(run))
    for place, fact in enumerate(saved.facts):
        if isinstance(fact, SurveyAnswer):
            subject = f"{run.id} {run.moves} {place}"
            yield Happening("survey.answered", subject, run.id, run.updated, asdict(fact))
    if run.ended is not None:
        seconds = round((run.ended - run.started).total_seconds())
        about = {"outcome": run.outcome, "started_at": run.started.isoformat(), "seconds": seconds}
        yield Happening("interaction.ended", run.id, run.id, run.ended, about)


def _call(run: Run) -> dict[str, Any]:
    call = json.loads(run.state).get("call", {})
    direction = "inbound" if run.type == "incoming_call" else "outbound"
    numbers = {name: str(call.get(name, "")) for name in ("from", "to")}
    return {"call_id": run.call, "direction": direction, **numbers}


def _ready(recording: Recording) -> Happening:
    data = {"recording_id": recording.sid, "call_id": recording.call}
    data |= {name: getattr(recording, name) for name in ("step", "kind", "seconds", "sha256")}
    updated, subject = recording.updated, recording.sid
    return Happening("recording.ready", subject, recording.execution, updated, data)


def _assigned(assignment: Assignment) -> Happening:
    data = {"assignment_id": assignment.id, "agent": assignment.agent}
    name: EventName = "call.assigned"
    if assignment.conversation:
        name, data = "conversation.assigned", data | {"conversation_id": assignment.conversation}
    return Happening(name, assignment.id, _execution(assignment.contact), assignment.began, data)


def _left(assignment: Assignment) -> Happening:
    data: dict[str, Any] = {"assignment_id": assignment.id, "agent": assignment.agent}
    data |= {"how": assignment.how, "talk_seconds": assignment.seconds}
    data |= {"conversation_id": assignment.conversation}
    execution, ended = _execution(assignment.contact), assignment.ended or assignment.began
    return Happening("agent.left", assignment.id, execution, ended, data)


def _waits(place: Waiting) -> Happening:
    """Tell that a conversation waits, once each time it comes into the line."""
    data = {
        "conversation_id": place.conversation,
        "offer": "inbox" if place.inbox else "direct",
        "priority": place.priority,
    }
    subject = f"{place.id} {place.entered.isoformat()}"
    return Happening("conversation.waiting", subject, _execution(place.id), place.entered, data)


def _received(message: Message) -> Happening:
    data = {"conversation_id": message.conversation, "message_id": message.id}
    data |= {name: getattr(message, name) for name in ("channel", "number")}
    return Happening(
        "message.received", message.id, "", message.at, data, conversation=message.conversation
    )


def _execution(contact: str) -> str:
    """Find whose contact it is: places in the queue are named after their execution."""
    return contact.rpartition(".")[0]
