"""Who works here: loads, lists, changes and removes agents and ring groups, and sets presence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.agents import Agent, RingGroup
from desk.agents_file import AgentEntry, AgentsFile, RingGroupEntry
from desk.floor import Floor
from desk.lines import Line, lines
from runner.desk import Desk, Open

_CHANGED = ("name", "address", "attributes", "accept_by_key", "email", "language", "capacity")


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many agents and ring groups a file brought, and how many of the agents are new."""

    agents: int
    fresh: int
    ring_groups: int


@dataclass(frozen=True, slots=True)
class Seen:
    """An agent as seen now: with the call that goes on, if any, or rung for one.

    `used` are the points taken of the capacity.
    """

    agent: Agent
    call: str = ""
    is_rung: bool = False
    used: int = 0


class Unfit(ValueError):
    """An agent cannot be so; `field` says what is wrong, `taken` whether another one has it."""

    def __init__(self, field: str, message: str, *, taken: bool = False) -> None:
        super().__init__(message)
        self.field, self.taken = field, taken


class Staff:
    """The agents and ring groups of one installation."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def load(self, file: AgentsFile) -> Loaded:
        """Add the agents and groups of a file, or bring those known up to date.

        An agent who serves somebody goes on doing so. Who is not in the file stays.
        """
        with self._desk.change() as desk:
            desk.work.keep_ring_groups(entry.group() for entry in file.ring_groups)
            known = {entry.id: desk.floor.agents.get(entry.id) for entry in file.agents}
            for entry in file.agents:
                desk.floor.put_agent(entry.agent(known[entry.id], desk.at))
        fresh = sum(agent is None for agent in known.values())
        return Loaded(len(file.agents), fresh, len(file.ring_groups))

    def put(self, entry: AgentEntry) -> Agent:
        """Add an agent, or replace the one of this id, whose conversation goes on.

        Raises:
            Unfit: a ring group is not there, or another agent has the address.
        """
        with self._desk.change() as desk:
            return _put(desk, entry)

    def change(self, agent: str, given: Mapping[str, Any]) -> Agent | None:
        """Change what is given of an agent; None: there is no such one.

        Raises:
            Unfit: as `put`.
        """
        with self._desk.change() as desk:
            known = desk.floor.agents.get(agent)
            if known is None:
                return None
            stands = {name: getattr(known, name) for name in _CHANGED}
            groups = {"ring_groups": list(known.ring_groups)}
            return _put(desk, AgentEntry(id=agent, **{**stands, **groups, **given}))

    def agents(self) -> Sequence[Agent]:
        """List the agents by their ids."""
        with self._desk.look() as (floor, _):
            return sorted(floor.agents.values(), key=lambda agent: agent.id)

    def agent(self, agent: str) -> Agent | None:
        """Find one agent."""
        with self._desk.look() as (floor, _):
            return floor.agents.get(agent)

    def seen(self) -> Sequence[Seen]:
        """List the agents by their ids, and what each does now."""
        with self._desk.look() as (floor, _):
            return sorted(_seen(floor), key=lambda each: each.agent.id)

    def lines(self, groups: Sequence[str]) -> tuple[list[Line], datetime]:
        """List the queues, those of ring groups in which nobody waits among them; and the time."""
        with self._desk.look() as (floor, at):
            return lines(floor, groups, at), at

    def ring_groups(self) -> Sequence[RingGroup]:
        """List the ring groups by their ids."""
        with self._desk.change() as desk:
            return desk.work.ring_groups()

    def put_ring_group(self, entry: RingGroupEntry) -> RingGroup:
        """Add a ring group, or write its title anew."""
        group = entry.group()
        with self._desk.change() as desk:
            desk.work.keep_ring_groups([group])
        return group

    def remove_ring_group(self, group: str) -> Sequence[str] | None:
        """Remove a ring group, unless agents are in it: then give their ids; None: no such one."""
        with self._desk.change() as desk:
            agents = desk.floor.agents.values()
            members = sorted(agent.id for agent in agents if group in agent.ring_groups)
            if members:
                return members
            return () if desk.work.remove_ring_group(group) else None

    def choose(self, agent: str, word: str) -> Agent | None:
        """Set an agent's presence; None: there is no such agent.

        Raises:
            NotAllowed: it cannot be chosen; the text says what can.
        """
        return self._desk.choose(agent, word)

    def remove(self, agent: str) -> bool:
        """Take an agent out; false for one who is unknown or serves somebody."""
        with self._desk.change() as desk:
            return desk.floor.remove_agent(agent, desk.at)


def _put(desk: Open, entry: AgentEntry) -> Agent:
    floor, known = desk.floor, desk.floor.agents.get(entry.id)
    agent = entry.model_copy(update={"presence": None}).agent(known, desk.at)
    if known is None or set(agent.ring_groups) - set(known.ring_groups):
        _check_groups(entry, {group.id for group in desk.work.ring_groups()})
    others = (other for other in floor.agents.values() if other.id != agent.id)
    if any(other.address == agent.address for other in others):
        raise Unfit("address", "another agent has this address", taken=True)
    floor.put_agent(agent)
    return floor.choose(agent.id, entry.presence, desk.at) if entry.presence else agent


def _check_groups(entry: AgentEntry, known: set[str]) -> None:
    for place, name in enumerate(entry.ring_groups):
        if name not in known:
            raise Unfit(f"ring_groups.{place}", f"there is no ring group {name!r}; add it first")


def _seen(floor: Floor) -> list[Seen]:
    served = (each for each in floor.assignments.values() if not each.ended)
    calls = {each.agent: each.id for each in served if not each.conversation}
    rung = {offer.agent for offer in floor.open_offers}
    return [
        Seen(
            agent,
            calls.get(agent.id, "") if agent.assignment else "",
            agent.id in rung,
            floor.used(agent),
        )
        for agent in floor.agents.values()
    ]
