"""Which agents a step means: the palette's *who*, resolved against the agents there are."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from desk.agents import Agent
from desk.weights import CALL

Match = Literal["all", "any"]


@dataclass(frozen=True, slots=True)
class Skill:
    """An attribute that an agent must have, at this proficiency (0 to 100) at least."""

    name: str
    min_proficiency: int = 0

    def __post_init__(self) -> None:
        """Refuse a proficiency that nobody could have."""
        if not 0 <= self.min_proficiency <= 100:  # noqa: PLR2004  the scale ends at one hundred
            raise ValueError(f"the proficiency of {self.name} must be 0 to 100")

    def met_by(self, agent: Agent) -> bool:
        """Say whether the agent has it."""
        return agent.attributes.get(self.name, -1) >= self.min_proficiency


@dataclass(frozen=True, slots=True)
class Who:
    """Agents by ring group, by id or by attribute: exactly one of the three is given.

    Raises:
        ValueError: none or several are given.
    """

    ring_groups: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    attributes: tuple[Skill, ...] = ()
    match: Match = "all"

    def __post_init__(self) -> None:
        """Refuse a choice that names nobody, or names them in two ways."""
        if sum(map(bool, (self.ring_groups, self.agents, self.attributes))) != 1:
            raise ValueError("give exactly one of ring_groups, agents, attributes")

    def matches(self, agent: Agent) -> bool:
        """Say whether the agent is meant, whatever the presence."""
        if self.agents:
            return agent.id in self.agents
        if self.ring_groups:
            return any(group in self.ring_groups for group in agent.ring_groups)
        met = (skill.met_by(agent) for skill in self.attributes)
        return all(met) if self.match == "all" else any(met)

    def proficiency(self, agent: Agent) -> float:
        """Measure how good the agent is at what is asked; 0 when no attribute is asked for.

        With `all` it is the mean over the attributes, with `any` the best of them.
        """
        if not self.attributes:
            return 0
        levels = [agent.attributes.get(skill.name, 0) for skill in self.attributes]
        return sum(levels) / len(levels) if self.match == "all" else max(levels)


@dataclass(frozen=True, slots=True)
class Staffing:
    """How many of the agents meant exist, are at work, and could be rung now.

    `exist` 0: there is no such agent, and waiting is in vain. `free` 0: none is available now.
    At work is who is available, serves somebody, or does after-call work.
    """

    exist: int
    at_work: int
    free: int


class _Index:
    """Who is meant by what, in names: it stays while no agent's groups and skills change."""

    def __init__(self, agents: Iterable[Agent]) -> None:
        self.groups: dict[str, list[str]] = {}
        self.skills: dict[str, list[str]] = {}
        self.meant: dict[Who, tuple[str, ...]] = {}
        for agent in agents:
            for group in agent.ring_groups:
                self.groups.setdefault(group, []).append(agent.id)
            for skill in agent.attributes:
                self.skills.setdefault(skill, []).append(agent.id)


class Roster:
    """The agents there are, indexed so that finding those meant costs what is found."""

    def __init__(self, agents: Iterable[Agent], index: _Index | None = None) -> None:
        self._ids = {agent.id: agent for agent in agents}
        self._index = index or _Index(self._ids.values())
        self._found: dict[Who, tuple[Agent, ...]] = {}

    @property
    def agents(self) -> Collection[Agent]:
        """Everybody."""
        return self._ids.values()

    def with_agent(self, agent: Agent) -> "Roster":
        """Give the roster with one agent as of now; cheap, unless groups or skills change."""
        known = self._ids.get(agent.id)
        same = known is not None and known.ring_groups == agent.ring_groups
        same = same and known is not None and known.attributes == agent.attributes
        return Roster((self._ids | {agent.id: agent}).values(), self._index if same else None)

    def get(self, agent: str) -> Agent | None:
        """Find one agent."""
        return self._ids.get(agent)

    def matching(self, who: Who) -> tuple[Agent, ...]:
        """Find the agents meant: as listed when they are listed, else in the order of their ids.

        Empty means that no such agent exists.
        """
        if who not in self._found:
            names = self._index.meant.get(who)
            if names is None:
                names = self._index.meant[who] = self._search(who)
            self._found[who] = tuple(self._ids[name] for name in names)
        return self._found[who]

    def staffing(self, who: Who, engaged: Collection[str] = (), weight: int = CALL) -> Staffing:
        """Count the agents meant; `engaged` are those who are being rung.

        Free is who has room for a contact of this `weight`.
        """
        meant = self.matching(who)
        ready = [a for a in meant if a.presence == "available" and not a.assignment]
        working = sum(bool(a.assignment) or a.presence == "wrap_up" for a in meant)
        free = sum(agent.id not in engaged and agent.room >= weight for agent in ready)
        return Staffing(len(meant), len(ready) + working, free)

    def _search(self, who: Who) -> tuple[str, ...]:
        if who.agents:
            return tuple(name for name in dict.fromkeys(who.agents) if name in self._ids)
        if who.ring_groups:
            return _merged(self._index.groups.get(group, ()) for group in who.ring_groups)
        skilled = [self._index.skills.get(skill.name, []) for skill in who.attributes]
        near = [min(skilled, key=len)] if who.match == "all" else skilled
        return tuple(name for name in _merged(near) if who.matches(self._ids[name]))


def _merged(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted({name for part in parts for name in part}))
