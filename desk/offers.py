"""An offer of a contact to an agent: it is accepted, or ends in one of four other ways, once.

The lattice is `offered` → `accepted | declined | expired | cancelled | lost`, and the first word
stays: whatever comes late or twice changes nothing. The decision is made on the offers as they
were read under the lock, so that of two agents who accept at one moment the first one wins.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from desk.agents import Agent
from desk.queue import Waiting, tried

Ending = Literal["declined", "expired", "cancelled", "lost"]
"""Declined by the agent, not answered in time, withdrawn by us, or the agent's line was lost."""

State = Literal["offered", "accepted", "declined", "expired", "cancelled", "lost"]

Answer = Literal["accepted", "taken", "gone", "over"]
"""What the agent hears: theirs; a colleague was faster; the contact has left; the offer ended."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One contact offered to one agent until `expires`; `ended` is when its last word fell."""

    id: str
    contact: str
    agent: str
    made: datetime
    expires: datetime
    state: State = "offered"
    ended: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether the agent can still accept."""
        return self.state == "offered"


@dataclass(frozen=True, slots=True)
class Decision:
    """What an acceptance led to: the answer for the agent, and the offers that changed.

    `changed` holds the accepted offer first, then those withdrawn from the other agents, whose
    legs are to be ended.
    """

    answer: Answer
    changed: tuple[Offer, ...] = ()


def make(id_: str, contact: str, agent: str, at: datetime, seconds: float) -> Offer:
    """Make an offer that is rung for so many seconds."""
    return Offer(id_, contact, agent, at, at + timedelta(seconds=seconds))


def end(offer: Offer, how: Ending, at: datetime) -> Offer:
    """End an open offer; one that ended, or was accepted, stays as it is."""
    return replace(offer, state=how, ended=at) if offer.is_open else offer


def expire(offer: Offer, at: datetime) -> Offer:
    """End an open offer whose time is over; before that, nothing changes."""
    return end(offer, "expired", at) if at >= offer.expires else offer


def accept(offer: Offer, siblings: Iterable[Offer], at: datetime, *, is_waiting: bool) -> Decision:
    """Decide an acceptance: the first wins, the other offers of the contact are withdrawn.

    `siblings` are the contact's offers (this one may be among them); `is_waiting` says whether
    the contact is still in the queue, which the winner ends in the same transaction. Accepting
    twice gives the same answer and changes nothing. The state decides and not the hour: who
    presses the key in the last moment has the contact.
    """
    others = [other for other in siblings if other.id != offer.id]
    if offer.state == "accepted":
        return Decision("accepted")
    if offer.is_open and is_waiting:
        won = replace(offer, state="accepted", ended=at)
        return Decision("accepted", (won, *_ended(others, at)))
    changed = _ended((offer,), at)
    if any(_came_first(other, offer) for other in others):
        return Decision("taken", changed)
    return Decision("over" if is_waiting else "gone", changed)


def withdraw(offers: Iterable[Offer], at: datetime) -> tuple[Offer, ...]:
    """Cancel the open ones: the contact left, or the agent took up something else."""
    return _ended(offers, at)


def after(waiting: Waiting, offer: Offer) -> Waiting:
    """Note an ended offer with its contact: who declined or let it ring is not rung again.

    An offer that was lost or cancelled was no attempt.
    """
    vain = offer.contact == waiting.id and offer.state in ("declined", "expired")
    return tried(waiting, offer.agent) if vain else waiting


def count_open(offers: Iterable[Offer]) -> dict[str, int]:
    """Count the agents being rung for each contact."""
    return dict(Counter(offer.contact for offer in offers if offer.is_open))


def stranded(
    waiting: Collection[Waiting], agents: Mapping[str, Agent], offers: Collection[Offer]
) -> tuple[str, ...]:
    """Find what must never be, one sentence each; empty when all is well.

    An agent in two offers or serving while rung; an offer to nobody or for nobody; a contact who
    waits and is served at once, or is served by two.
    """
    opened = [offer for offer in offers if offer.is_open]
    served = Counter(agent.assignment for agent in agents.values() if agent.assignment)
    rung = Counter(offer.agent for offer in opened)
    queued = {contact.id for contact in waiting}
    found = [f"{name} is rung for {n} contacts" for name, n in rung.items() if n > 1]
    found += [f"{name} is served by {n} agents" for name, n in served.items() if n > 1]
    found += [f"{name} waits and is served" for name in sorted(queued & served.keys())]
    for offer in opened:
        if offer.contact not in queued:
            found.append(f"{offer.agent} is rung for {offer.contact}, who waits no more")
        if offer.agent not in agents or agents[offer.agent].assignment:
            found.append(f"{offer.agent} is rung, but serves somebody or is no agent")
    return tuple(found)


def _came_first(other: Offer, offer: Offer) -> bool:
    """Say whether the other was accepted while this one was open; not in an earlier round."""
    return other.state == "accepted" and other.ended is not None and other.ended >= offer.made


def _ended(offers: Iterable[Offer], at: datetime) -> tuple[Offer, ...]:
    return tuple(end(offer, "cancelled", at) for offer in offers if offer.is_open)
