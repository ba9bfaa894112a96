"""Callbacks on the floor: nobody is rung for one outside its hours, and its place is kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from desk import callbacks
from desk.agents import Agent
from desk.callbacks import Callback
from desk.calling_hours import CallingHours
from desk.floor import Floor
from desk.queue import Waiting, place
from desk.who import Who

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CLOSING = NOON.replace(hour=20)
MORNING = datetime(2026, 11, 24, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SUPPORT = Who(ring_groups=("g",))
HOURS = CallingHours(8 * 60, 20 * 60)


def promised(at: datetime = NOON, max_wait: float | None = None) -> Waiting:
    """A callback to a number of no known zone: the operator's clock counts."""
    asked = Callback("+15550101234", at, "UTC", max_wait=max_wait, hours=HOURS)
    return callbacks.enter(Waiting("c", SUPPORT, at), asked, at)


class Day:
    """A floor with Ann, whose telephone may ring; `at` is what the clock shows."""

    def __init__(self, contact: Waiting, presence: str = "away") -> None:
        self.floor, self.at, self._ids = Floor(), contact.entered, count()
        self.floor.put_agent(Agent("ann", "Ann", "sip:ann@x.example", ("g",), presence="away"))
        self.floor.enter(contact)
        if presence == "available":
            self.floor.choose("ann", "available", self.at)
        self.settle()

    def settle(self) -> None:
        self.floor.settle(self.at, lambda: f"o{next(self._ids)}")

    def reach(self, at: datetime) -> None:
        """Let the clock go on, waking the desk as its timer does."""
        while (due := self.floor.next_moment(self.at)) is not None and due <= at:
            self.at = due
            self.settle()
        self.at = at

    def comes(self) -> None:
        self.floor.choose("ann", "available", self.at)
        self.settle()

    def rung(self) -> list[str]:
        return [offer.id for offer in self.floor.open_offers]


def test_an_agent_who_becomes_free_after_the_hours_is_not_rung_until_they_open() -> None:
    day = Day(promised())
    day.reach(CLOSING)
    day.comes()
    assert day.rung() == []
    assert day.floor.contacts["c"].entered == NOON
    assert day.floor.next_moment(day.at) == MORNING
    day.reach(MORNING)
    assert len(day.rung()) == 1


def test_who_is_rung_when_the_hours_end_is_rung_no_more() -> None:
    day = Day(promised(CLOSING - 9 * SECOND), "available")
    assert len(day.rung()) == 1
    assert day.floor.next_moment(day.at) == CLOSING
    day.floor.clear()
    day.reach(CLOSING)
    assert day.rung() == []
    assert [task.kind for task in day.floor.tasks] == ["end_ring"]
    day.reach(MORNING)
    assert len(day.rung()) == 1


def test_an_acceptance_after_the_hours_comes_too_late() -> None:
    day = Day(promised(CLOSING - SECOND), "available")
    (offer,) = day.rung()
    assert day.floor.accept(offer, CLOSING) == "over"
    assert day.floor.assignments == {}
    assert [waiting.id for waiting in day.floor.queue] == ["c"]


def test_an_acceptance_in_the_last_second_counts_and_says_until_when() -> None:
    day = Day(promised(CLOSING - 5 * SECOND), "available")
    (offer,) = day.rung()
    assert day.floor.accept(offer, CLOSING - SECOND) == "accepted"
    assert day.floor.called_until("c", CLOSING - SECOND) == CLOSING


def test_the_longest_wait_ends_it_also_while_it_sleeps() -> None:
    day = Day(promised(max_wait=12 * 3600))
    day.reach(CLOSING + timedelta(hours=3))
    assert [waiting.id for waiting in day.floor.queue] == ["c"]
    day.reach(NOON + timedelta(hours=12))
    assert day.floor.queue == ()
    assert [task.word for task in day.floor.tasks if task.kind == "exit"] == ["timeout"]


def test_who_was_rung_in_vain_yesterday_is_rung_again() -> None:
    tired = replace(promised(), tried=("ann",))
    rested = callbacks.rest(tired, CLOSING)
    assert (rested.not_before, rested.tried) == (MORNING, ())


@given(st.integers(0, 7 * 24 * 60), st.integers(0, 6))
def test_resting_keeps_the_place_and_is_done_once(minutes: int, day: int) -> None:
    at = NOON + timedelta(minutes=minutes)
    window = replace(HOURS, days=tuple({day, (day + 3) % 7}))
    asked = Callback("+15550101234", NOON, "UTC", hours=window)
    waiting = replace(callbacks.enter(Waiting("c", SUPPORT, NOON), asked, NOON), not_before=None)
    rested = callbacks.rest(waiting, at)
    assert place(rested) == place(waiting)
    assert rested.deadline == waiting.deadline
    assert rested.sleeps(at) is not window.shows_open(at)
    assert callbacks.rest(rested, at) is rested
    if rested.not_before is not None:
        assert callbacks.rest(rested, rested.not_before) is rested, "it wakes within the hours"


EVENTS = st.lists(
    st.tuples(st.sampled_from(["free", "away", "decline", "accept", ""]), st.integers(1, 50_000))
)


@settings(max_examples=200)
@given(EVENTS)
def test_whatever_happens_nobody_is_rung_or_serves_outside_the_hours(
    events: list[tuple[str, int]],
) -> None:
    day = Day(promised(), "available")
    for word, seconds in events:
        day.reach(day.at + timedelta(seconds=seconds))
        rung = day.rung()
        match word:
            case "free" | "away" if not day.floor.agents["ann"].assignment:
                day.floor.choose("ann", "available" if word == "free" else "away", day.at)
            case "decline" if rung:
                day.floor.end_offer(rung[0], "declined", day.at)
            case "accept" if rung:
                day.floor.accept(rung[0], day.at)
        day.settle()
        assert not day.rung() or HOURS.shows_open(day.at)
        assert all(HOURS.shows_open(each.began) for each in day.floor.assignments.values())
