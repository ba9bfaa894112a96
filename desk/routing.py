"""Who is rung for whom: the agents for a contact, the contact for a freed agent, or all at once.

One rule, in three shapes: contacts choose in the order of the queue, each among the agents who
are free, until as many are rung as its step allows. `plan` gives the whole round; `agents_for`
serves the one who arrives and `contact_for` the agent who becomes free, without a look at the
rest. An agent with an open offer or an assignment is never rung (`engaged`). A conversation by
messages is given instead of rung, to the agent who has least to do.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from desk.agents import Agent
from desk.offers import Offer, count_open
from desk.queue import Order, Queue, Status, Waiting
from desk.who import Roster, Who

_NEVER = datetime.min.replace(tzinfo=UTC)

_Pools = dict[tuple[Who, Order, Status, int, bool], list[Agent]]


@dataclass(frozen=True, slots=True)
class Ring:
    """A decision: ring this agent for this contact, for so many seconds."""

    contact: str
    agent: str
    seconds: float


def may_take(waiting: Waiting, agent: Agent) -> bool:
    """Say whether this agent could be rung for this contact now, offers left aside."""
    return (
        not agent.assignment
        and agent.room >= waiting.weight
        and (waiting.ringing.status == "any" or agent.presence == "available")
        and not _is_barred(waiting, agent)
        and waiting.who.matches(agent)
    )


def will_take(waiting: Waiting, agent: Agent) -> bool:
    """Say whether this agent could be rung for this contact, were it not for what they have."""
    unladen = replace(agent, load=0)
    return agent.room < waiting.weight and may_take(waiting, unladen)


def wanted(waiting: Waiting, offered: int, at: datetime) -> int:
    """Say how many more agents to ring for a contact for whom `offered` are being rung."""
    if (
        waiting.inbox
        or waiting.sleeps(at)
        or (waiting.deadline is not None and at >= waiting.deadline)
    ):
        return 0
    if waiting.ringing.attempts == "exhaust":
        return max(0, waiting.ringing.at_once - offered)
    if waiting.tried and not offered:
        return 0
    return max(0, waiting.ringing.at_once - offered - len(waiting.tried))


def agents_for(
    waiting: Waiting, roster: Roster, engaged: Collection[str], offered: int, at: datetime
) -> tuple[Ring, ...]:
    """Choose the agents to ring for a contact: the best first, as many as are still wanted.

    Right only for a contact for whom nobody ahead wants these agents: one who just arrived, or
    whose agent declined; else use `plan`.
    """
    count = wanted(waiting, offered, at)
    if not count:
        return ()
    free = [
        agent
        for agent in roster.matching(waiting.who)
        if agent.id not in engaged and may_take(waiting, agent)
    ]
    chosen = _best_first(free, waiting)[:count]
    return tuple(_ring(waiting, agent) for agent in chosen)


def contact_for(
    agent: Agent, queue: Queue, offered: Mapping[str, int], at: datetime
) -> Ring | None:
    """Choose the contact for an agent who became free: the first in the queue who may have them.

    `offered` counts the agents being rung for each contact. Stops at the first that fits.
    """
    for waiting in queue:
        if may_take(waiting, agent) and wanted(waiting, offered.get(waiting.id, 0), at):
            return _ring(waiting, agent)
    return None


def plan(queue: Queue, roster: Roster, offers: Iterable[Offer], at: datetime) -> tuple[Ring, ...]:
    """Decide every ringing that is due now, for the whole queue in its order.

    The work is in proportion to the contacts, plus the agents once for each different *who*:
    every pool of agents is sorted once and each agent taken from it once. For whom nobody has room
    now, the agents who will have are kept: nobody behind gets them, else a call would wait for ever
    for an agent whose conversations by messages follow one another.
    """
    opened = [offer for offer in offers if offer.is_open]
    offered = count_open(opened)
    engaged = {offer.agent for offer in opened}
    free = {a.id: a for a in roster.agents if not a.assignment and a.id not in engaged}
    laden = [agent for agent in free.values() if agent.load]
    pools: _Pools = {}
    rings: list[Ring] = []
    for waiting in queue:
        if not free:
            break
        count = wanted(waiting, offered.get(waiting.id, 0), at)
        if count:
            pool = _pool(pools, waiting, roster, free)
            taken = [_ring(waiting, agent) for agent in _take(pool, waiting, count, free)]
            rings += taken
            if not taken and not offered.get(waiting.id):
                for agent in filter(partial(will_take, waiting), laden):
                    free.pop(agent.id, None)
    return tuple(rings)


def _pool(
    pools: _Pools, waiting: Waiting, roster: Roster, free: Mapping[str, Agent]
) -> list[Agent]:
    """Find the free agents for this kind of contact, the best last, so that they can be popped."""
    rule, is_given = waiting.ringing, bool(waiting.conversation)
    key = (waiting.who, rule.order, rule.status, waiting.weight, is_given)
    if key not in pools:
        fit = [
            agent
            for agent in roster.matching(waiting.who)
            if agent.id in free
            and agent.room >= waiting.weight
            and (rule.status == "any" or agent.presence == "available")
        ]
        pools[key] = _best_first(fit, waiting)[::-1]
    return pools[key]


def _take(
    pool: list[Agent], waiting: Waiting, count: int, free: dict[str, Agent]
) -> Iterable[Agent]:
    """Take the best agents; those barred for this contact alone stay in the pool."""
    taken: list[Agent] = []
    barred: list[Agent] = []
    while pool and len(taken) < count:
        agent = pool.pop()
        if agent.id not in free:
            continue
        if _is_barred(waiting, agent):
            barred.append(agent)
        else:
            taken.append(free.pop(agent.id))
    pool.extend(reversed(barred))
    return taken


def _best_first(agents: Iterable[Agent], waiting: Waiting) -> list[Agent]:
    """Sort: the longest idle first, or the most proficient and of those the longest idle.

    What is given goes to those first who have least.
    """
    by_skill = waiting.ringing.order == "most_proficient"

    def rank(agent: Agent) -> tuple[float, int, datetime, str]:
        skill = -waiting.who.proficiency(agent) if by_skill else 0
        load = agent.load if waiting.conversation else 0
        return (skill, load, agent.idle_since or _NEVER, agent.id)

    return sorted(agents, key=rank)


def _is_barred(waiting: Waiting, agent: Agent) -> bool:
    return agent.id in waiting.tried or agent.id in waiting.excluded


def _ring(waiting: Waiting, agent: Agent) -> Ring:
    return Ring(waiting.id, agent.id, waiting.ringing.seconds)
