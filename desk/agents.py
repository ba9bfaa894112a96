"""Who works here: agents with their address, groups, skills and presence, and ring groups."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from desk.addresses import Kind, kind_of
from desk.weights import CAPACITY

Presence = Literal["available", "away", "busy", "offline", "wrap_up"]

Chosen = Literal["available", "away", "busy", "offline"]
"""The presences that people choose; `wrap_up` comes and goes by itself."""

CHOICES: tuple[Chosen, ...] = get_args(Chosen)


@dataclass(frozen=True, slots=True)
class RingGroup:
    """A group of agents that flows name together."""

    id: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Agent:
    """One person who takes contacts, and where that person stands now.

    `attributes` are skills with a proficiency of 0 to 100. `accept_by_key`: whether a call must
    be accepted by a key; None leaves it to the kind of address. `since` is when the presence
    began, `assignment` names the contact being served (the presence is `busy` meanwhile), `then`
    is the presence that follows it, `wrap_up_until` ends the after-call work.
    `email` is where messages go, `language` what the agent is spoken to in; empty for the flow's.
    `capacity` is how many points of contacts the agent may have at once; `load` are the points of
    the conversations by messages that the agent has.
    """

    id: str
    name: str
    address: str
    ring_groups: tuple[str, ...] = ()
    attributes: Mapping[str, int] = field(default_factory=dict)
    accept_by_key: bool | None = None
    presence: Presence = "offline"
    since: datetime | None = None
    assignment: str = ""
    then: Chosen = "offline"
    wrap_up_until: datetime | None = None
    last_call_ended: datetime | None = None
    email: str = ""
    language: str = ""
    capacity: int = CAPACITY
    load: int = 0

    @property
    def room(self) -> int:
        """How many points the agent could still take beside the conversations by messages."""
        return self.capacity - self.load

    @property
    def kind(self) -> Kind:
        """The kind of the agent's address: number, sip or client."""
        return kind_of(self.address)

    @property
    def asks_for_key(self) -> bool:
        """Whether a call must be accepted by a key, lest a voicemail takes the caller."""
        return self.kind == "number" if self.accept_by_key is None else self.accept_by_key

    def must_press(self, *, answers_itself: bool) -> bool:
        """Say whether a call must be accepted by a key where the telephone may answer by itself.

        Who asked for the key keeps it; the key that stands for nobody's wish gives way.
        """
        return self.asks_for_key and not (answers_itself and self.accept_by_key is None)

    @property
    def idle_since(self) -> datetime | None:
        """When the agent was last heard of: the later of the presence's start and the last call.

        None, for one who was never heard of, is longest of all.
        """
        known = [moment for moment in (self.since, self.last_call_ended) if moment]
        return max(known, default=None)
