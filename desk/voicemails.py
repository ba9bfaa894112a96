"""Messages for agents: what was said, for whom it is, and who has heard it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from desk.agents import Agent
from desk.who import Who

VoicemailState = Literal["waiting", "delivered", "unavailable"]


@dataclass(frozen=True, slots=True)
class Voicemail:
    """A recorded message; `id` is its recording's.

    `who` (as flows say it) and `emails` are for whom it is. `state`: `waiting` for its recording,
    `delivered`, or `unavailable` when the recording was never to be had. `inboxes` are those it
    lies in, as `agent:ann` and `ring_group:support`.
    """

    id: str
    execution: str
    number: str
    name: str
    seconds: int
    at: datetime
    state: VoicemailState = "waiting"
    who: Mapping[str, Any] = field(default_factory=dict)
    emails: tuple[str, ...] = ()
    inboxes: tuple[str, ...] = ()
    heard_by: str = ""
    heard: datetime | None = None


def inboxes(who: Who, agents: Iterable[Agent]) -> tuple[str, ...]:
    """Say in which inboxes a message lies: the groups', the agents', or those of the skilled."""
    if who.ring_groups:
        return tuple(inbox("ring_group", group) for group in dict.fromkeys(who.ring_groups))
    if who.agents:
        return tuple(inbox("agent", agent) for agent in dict.fromkeys(who.agents))
    return tuple(inbox("agent", agent.id) for agent in agents if who.matches(agent))


def inbox(kind: Literal["agent", "ring_group"], name: str) -> str:
    """Name an inbox."""
    return f"{kind}:{name}"


def addresses(who: Who | None, agents: Iterable[Agent], more: Iterable[str]) -> tuple[str, ...]:
    """List where a message goes by e-mail: addresses that were named, and the agents' own."""
    own = [agent.email for agent in agents if who is not None and who.matches(agent)]
    once = {address.lower(): address for address in (*more, *own) if address}
    return tuple(once.values())
