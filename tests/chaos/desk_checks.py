"""What must hold of a desk, change by change: the log of all processes, walked through anew."""

from collections import Counter
from dataclasses import dataclass, field

from desk import offers, queue, routing
from desk.changes import Changes, bring_up_to_date
from desk.floor import Floor
from runner.orders import EndLeg, Ring, SayAndEnd, Tell
from tests.chaos.desk_log import Entry, Log
from tests.desk.floor import naive_plan


@dataclass
class Replay:
    """The desk as it was after each commit; `start` is what was there before."""

    start: Changes
    logs: list[Log]
    floor: Floor = field(default_factory=Floor)
    longest: int = 0

    def run(self) -> None:
        """Walk through all commits in their order and check each."""
        entries = sorted((e for log in self.logs for e in log.entries), key=_version)
        first = self.start.version + 1
        assert [_version(e) for e in entries] == list(range(first, first + len(entries)))
        assert entries == sorted(entries, key=lambda entry: entry.at)
        bring_up_to_date(self.floor, self.start)
        for entry in entries:
            self._step(entry)

    def _step(self, entry: Entry) -> None:
        before = dict(self.floor.offers)
        bring_up_to_date(self.floor, entry.changes)
        self.longest = max(self.longest, len(self.floor.queue))
        self._check_order(entry, before)
        self._check_orders(entry, before)
        self._check_state()

    def _check_order(self, entry: Entry, before: dict[str, offers.Offer]) -> None:
        """Who is rung is whom the naive rule rings: nobody ahead is passed over."""
        made = [offer for offer in entry.changes.offers if offer.id not in before]
        assert all(offer.is_open for offer in made)
        rivals = [offer for offer in self.floor.open_offers if offer.id in before]
        engaged = {offer.agent for offer in rivals}
        agents = self.floor.agents.values()
        free = [a for a in agents if a.id not in engaged and not a.assignment]
        plain = naive_plan(self.floor.queue, free, rivals, entry.at) if free else []
        assert sorted((o.contact, o.agent) for o in made) == sorted(plain)

    def _check_orders(self, entry: Entry, before: dict[str, offers.Offer]) -> None:
        """Whoever is rung no more has a leg that is ended, and nobody is rung without one."""
        rung = sorted(order.leg for _, order in entry.orders if isinstance(order, Ring))
        assert rung == sorted(o.id for o in entry.changes.offers if o.id not in before)
        ended = {o.leg for _, o in entry.orders if isinstance(o, EndLeg | SayAndEnd)}
        for offer in entry.changes.offers:
            was_open = offer.id in before and before[offer.id].is_open
            if was_open and offer.state == "cancelled":
                assert offer.id in ended, offer
        for served in entry.changes.assignments:
            if served.how == "contact_left":
                assert served.id in ended, served

    def _check_state(self) -> None:
        floor = self.floor
        assert offers.stranded(floor.queue, floor.agents, floor.open_offers) == ()
        assert floor.queue == queue.ordered(floor.queue)
        served = {a.agent: a.contact for a in floor.assignments.values() if a.ended is None}
        named = {a.id: a.assignment for a in floor.agents.values() if a.assignment}
        assert served == named
        assert all(floor.agents[agent].presence == "busy" for agent in served)


def check_nobody_is_lost(logs: list[Log], floor: Floor) -> None:
    """Every contact that came in left by one door, was told once, and had one agent at most."""
    orders = [each for log in logs for entry in log.entries for each in entry.orders]
    left = set().union(*(log.left for log in logs))
    tells = Counter(_told(order) for _, order in orders if isinstance(order, Tell))
    assert max(tells.values()) == 1
    served = Counter(each.contact for each in floor.assignments.values())
    assert max(served.values()) == 1
    exits = {place for place, kind in tells if kind == "exit"}
    for place, words in _answers(logs).items():
        if "waiting" not in words:
            continue
        doors = [place in served, place in exits, place in left]
        assert any(doors), f"{place} is nowhere"
        assert not (place in served and place in exits), f"{place} left by two doors"
        assert tells[place, "assigned"] == served[place]
    assert served.keys() | exits <= floor.contacts.keys()


def check_answers(logs: list[Log], floor: Floor) -> None:
    """What agents heard is how it is: who was told `accepted` serves, and nobody else."""
    heard: dict[str, set[str]] = {}
    for log in logs:
        for offer, answer in log.accepted:
            heard.setdefault(offer, set()).add(answer)
    for offer, words in heard.items():
        if floor.offers[offer].state == "accepted":
            assert words == {"accepted"}, offer
        else:
            assert "accepted" not in words, offer
    won = {offer.id for offer in floor.offers.values() if offer.state == "accepted"}
    assert won == floor.assignments.keys()


def check_attempts(floor: Floor) -> None:
    """Nobody was rung twice for a contact in vain."""
    vain = Counter(
        (offer.contact, offer.agent)
        for offer in floor.offers.values()
        if offer.state in ("declined", "expired")
    )
    assert max(vain.values(), default=1) == 1
    waiting = [contact for contact in floor.queue if routing.wanted(contact, 0, contact.entered)]
    assert waiting == []


def _answers(logs: list[Log]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for log in logs:
        for place, words in log.answers.items():
            found.setdefault(place, set()).update(words)
    return found


def _told(order: Tell) -> tuple[str, str]:
    kind = order.word if order.word in ("assigned", "agent_left") else "exit"
    return order.order, kind


def _version(entry: Entry) -> int:
    return entry.changes.version
