"""Writes into the rows of conversations whose turn it is, in the transaction in which it changes.

The desk decides it (`desk.floor`), and takes no execution meanwhile: the walk hears of it later.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from desk.conversations import State
from desk.floor import Floor
from desk.state import Task
from runner.ports import Work


@dataclass(frozen=True, slots=True)
class _Turn:
    state: State
    agent: str = ""
    assignment: str = ""


def write_turns(
    work: Work,
    floor: Floor,
    tasks: Iterable[Task],
    at: datetime,
    changed: Callable[[str], object],
) -> None:
    """Write what the desk's tasks mean for conversations; `changed` hears of each then.

    That is after the commit. The last task of a conversation counts. Rows are locked in the order
    of their ids.
    """
    turns: dict[str, _Turn] = {}
    for task in tasks:
        found = _turn(floor, task)
        if found is not None:
            turns[found[0]] = found[1]
    for name in sorted(turns):
        _write(work, name, turns[name], at, changed)


def _turn(floor: Floor, task: Task) -> tuple[str, _Turn] | None:
    match task.kind:
        case "queued" | "exit":
            place = floor.contacts[task.contact]
            name, turn = place.conversation, _Turn("waiting" if task.kind == "queued" else "flow")
        case "assigned":
            name = floor.assignments[task.id].conversation
            turn = _Turn("agent", task.agent, task.id)
        case "agent_left" | "freed":
            name, turn = _freed(floor, task), _Turn("flow")
        case _:
            return None
    return (name, turn) if name else None


def _freed(floor: Floor, task: Task) -> str:
    """Find the conversation that is its walk's again; none where another place has it now."""
    known = floor.assignments.get(task.id)
    name = known.conversation if known else floor.contacts[task.contact].conversation
    waits = any(each.conversation == name for each in floor.queue)
    served = any(a.conversation == name and not a.ended for a in floor.assignments.values())
    return "" if waits or served else name


def _write(
    work: Work, name: str, turn: _Turn, at: datetime, changed: Callable[[str], object]
) -> None:
    conversation = work.conversation(name)
    if conversation is None or conversation.state == "closed":
        return
    kept = replace(
        conversation,
        state=turn.state,
        agent=turn.agent,
        assignment=turn.assignment,
        updated=max(at, conversation.updated),
        version=conversation.version + 1,
    )
    work.keep_conversation(kept)
    work.afterwards(lambda: changed(name))
