"""Who works here: loads, lists and removes agents and ring groups, and sets their presence."""

from collections.abc import Sequence
from dataclasses import dataclass

from desk.agents import Agent, RingGroup
from desk.agents_file import AgentsFile
from runner.desk import Desk


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many agents and ring groups a file brought, and how many of the agents are new."""

    agents: int
    fresh: int
    ring_groups: int


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

    def agents(self) -> Sequence[Agent]:
        """List the agents by their ids."""
        with self._desk.look() as (floor, _):
            return sorted(floor.agents.values(), key=lambda agent: agent.id)

    def agent(self, agent: str) -> Agent | None:
        """Find one agent."""
        with self._desk.look() as (floor, _):
            return floor.agents.get(agent)

    def ring_groups(self) -> Sequence[RingGroup]:
        """List the ring groups by their ids."""
        with self._desk.change() as desk:
            return desk.work.ring_groups()

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
