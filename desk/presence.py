"""How an agent's presence changes: by choice, by calls, by after-call work, by a lost line.

While an agent serves a contact the presence is `busy`, whatever is chosen; the choice waits in
`then`. A late or repeated message changes nothing.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from desk.agents import CHOICES, Agent, Chosen, Presence


class NotAllowed(ValueError):
    """The presence cannot change so; the text says what may be chosen."""


def choice(word: str) -> Chosen:
    """Read a presence that a person may choose.

    Raises:
        NotAllowed: there is no such presence, or it cannot be chosen.
    """
    for known in CHOICES:
        if known == word:
            return known
    raise NotAllowed(f"{word!r} cannot be chosen; choose one of {', '.join(CHOICES)}")


def choose(agent: Agent, presence: str, at: datetime) -> Agent:
    """Take an agent's (or a supervisor's) choice; on a call it counts from the call's end.

    Choosing `available` ends the after-call work early.

    Raises:
        NotAllowed: the presence cannot be chosen.
    """
    chosen = choice(presence)
    if agent.assignment:
        return replace(agent, then=chosen)
    if agent.presence == chosen:
        return agent
    return _now(replace(agent, then=chosen), chosen, at)


def start_call(agent: Agent, assignment: str, at: datetime) -> Agent:
    """Give the agent a contact to serve; the presence of before follows when it ends.

    Raises:
        NotAllowed: the agent serves somebody else already.
    """
    if agent.assignment == assignment:
        return agent
    if agent.assignment:
        raise NotAllowed(f"{agent.id} serves {agent.assignment} and can take nobody else")
    then = agent.then if agent.presence == "wrap_up" else choice(agent.presence)
    return _now(replace(agent, assignment=assignment, then=then), "busy", at)


def end_call(agent: Agent, assignment: str, at: datetime, wrap_up: float = 0) -> Agent:
    """Release the agent, into `wrap_up` seconds of after-call work when there is any.

    Whoever chose `offline` during the call has gone, and does no after-call work.
    """
    if not assignment or agent.assignment != assignment:
        return agent
    free = replace(agent, assignment="", last_call_ended=at)
    if wrap_up <= 0 or free.then == "offline":
        return _now(free, free.then, at)
    until = at + timedelta(seconds=wrap_up)
    return replace(_now(free, "wrap_up", at), wrap_up_until=until)


def take_on(agent: Agent, weight: int) -> Agent:
    """Give the agent a conversation by messages; the presence stays."""
    return replace(agent, load=agent.load + weight)


def put_down(agent: Agent, weight: int, at: datetime) -> Agent:
    """Release the agent from a conversation by messages; for the idle time it counts as a call."""
    return replace(agent, load=max(0, agent.load - weight), last_call_ended=at)


def end_wrap_up(agent: Agent, at: datetime) -> Agent:
    """End the after-call work once its time is over; before that, nothing changes."""
    if agent.presence != "wrap_up" or (agent.wrap_up_until and at < agent.wrap_up_until):
        return agent
    return _now(agent, agent.then, at)


def lose(agent: Agent, at: datetime) -> Agent:
    """Set an agent not ready whose line or browser was lost; nobody rings a dead line twice."""
    if agent.assignment:
        return agent if agent.then == "offline" else replace(agent, then="away")
    if agent.presence in ("offline", "away"):
        return agent
    return _now(replace(agent, then="away"), "away", at)


def _now(agent: Agent, presence: Presence, at: datetime) -> Agent:
    return replace(agent, presence=presence, since=at, wrap_up_until=None)
