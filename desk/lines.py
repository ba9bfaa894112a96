"""The queues as people see them: who waits for the same agents, and who of these is at work.

Contacts for whom the same agents are meant wait in one line. Agents may serve several lines, so
a place counts those ahead in all of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from desk import offers
from desk.floor import Floor
from desk.queue import Waiting
from desk.who import Who


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody who waits: the place in line (1 is next) and the likely wait in seconds.

    `rung` counts the agents being rung for the contact.
    """

    contact: Waiting
    position: int
    estimate: int | None
    rung: int


@dataclass(frozen=True, slots=True)
class Line:
    """One queue; `agents` counts those meant by presence.

    `estimate` is the likely wait, in seconds, of somebody who came behind all others now.
    """

    name: str
    who: Who
    waiting: tuple[Place, ...]
    agents: Mapping[str, int]
    estimate: int | None


def name_of(who: Who) -> str:
    """Name a queue: `support, sales` for groups, `@ann` for agents, `french>=80` for skills."""
    if who.attributes:
        skills = (f"{skill.name}>={skill.min_proficiency}" for skill in who.attributes)
        return (" or " if who.match == "any" else ", ").join(skills)
    return ", ".join(who.ring_groups or (f"@{agent}" for agent in who.agents))


def lines(floor: Floor, groups: Iterable[str], at: datetime) -> list[Line]:
    """List the queues by name: one for each ring group, and those in which somebody waits."""
    alone = dict.fromkeys(Who(ring_groups=(group,)) for group in groups)
    meant = alone | dict.fromkeys(contact.who for contact in floor.queue)
    return sorted((line(floor, who, at) for who in meant), key=lambda each: each.name)


def line(floor: Floor, who: Who, at: datetime) -> Line:
    """Describe the queue of those for whom the same agents are meant."""
    likely = floor.outlook(who, at)
    rung = offers.count_open(floor.open_offers)
    ahead = _ahead(floor, who, at)
    places = tuple(
        Place(contact, count + 1, likely(count + 1), rung.get(contact.id, 0))
        for contact, count in ahead
        if contact.who == who
    )
    last = ahead[-1] if ahead else None
    behind = 0 if last is None else last[1] + (not last[0].sleeps(at))
    agents: Counter[str] = Counter(agent.presence for agent in floor.roster.matching(who))
    return Line(name_of(who), who, places, agents, likely(behind + 1))


def _ahead(floor: Floor, who: Who, at: datetime) -> list[tuple[Waiting, int]]:
    """List who waits for one of the same agents, each with how many of these come before."""
    mine = {agent.id for agent in floor.roster.matching(who)}
    rivals: dict[Who, bool] = {who: True}
    found, count = [], 0
    for contact in floor.queue:
        if contact.who not in rivals:
            theirs = (agent.id for agent in floor.roster.matching(contact.who))
            rivals[contact.who] = not mine.isdisjoint(theirs)
        if rivals[contact.who]:
            found.append((contact, count))
            count += not contact.sleeps(at)
    return found
