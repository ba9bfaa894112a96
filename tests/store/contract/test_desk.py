"""The desk's rows: written by one, read by another as of a version; legs and tickets."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from desk.agents import Agent, RingGroup
from desk.assignments import Assignment
from desk.calling_hours import CallingHours
from desk.changes import Changes
from desk.offers import Offer, end
from desk.queue import Ringing, Waiting
from desk.rooms import Room, Watcher
from desk.who import Skill, Who
from desk.window import Window
from flow.ledger import Call, Leg, Saved, Ticket
from tests.store.builders import MINUTE, NOON, a_run, an_item, at_once, begin
from tests.store.conftest import AnyStore

DAY = timedelta(days=1)
HORIZON = NOON - DAY

ANN = Agent(
    "ann",
    "Ann Ö",
    "+15550101001",
    ("support", "sales"),
    {"french": 80},
    accept_by_key=False,
    presence="wrap_up",
    since=NOON,
    then="available",
    wrap_up_until=NOON + MINUTE,
    last_call_ended=NOON,
    language="de-AT",
)
BOB = Agent("bob", "Bob", "sip:bob@example.com")
CARA = Waiting(
    "e1.1",
    Who(attributes=(Skill("french", 50), Skill("vip")), match="any"),
    NOON,
    3,
    deadline=NOON + MINUTE,
    ringing=Ringing(2, 15, "single", "most_proficient", "any"),
    tried=("bob",),
    excluded=("zoe",),
    returned=True,
    not_before=NOON,
    kind="callback",
    permitted=Window(CallingHours(480, 1200, (0, 4)), ("Europe/Lisbon", "Atlantic/Azores"), "UTC"),
    instead=Who(ring_groups=("sales",)),
)
DORA = Waiting("e2.1", Who(ring_groups=("support",)), NOON)
OFFER = Offer("o1", "e1.1", "ann", NOON, NOON + MINUTE)
SERVED = Assignment("o2", "e3.1", "bob", NOON)


def write(store: AnyStore, **changed: Any) -> int:
    with store.work() as work:
        version = work.open_desk() + 1
        work.keep_desk(Changes(version, **changed))
    return version


def test_an_empty_desk_has_no_version(store: AnyStore) -> None:
    assert store.desk_since(0, HORIZON) == Changes(0)


def test_everything_comes_back_as_it_was(store: AnyStore) -> None:
    version = write(
        store, agents=[ANN, BOB], waiting=[CARA, DORA], offers=[OFFER], assignments=[SERVED]
    )
    found = store.desk_since(0, HORIZON)
    assert found.version == version
    assert sorted(found.agents, key=lambda a: a.id) == [ANN, BOB]
    assert sorted(found.waiting, key=lambda w: w.id) == [CARA, DORA]
    assert (list(found.offers), list(found.assignments)) == ([OFFER], [SERVED])
    assert (list(found.removed), list(found.gone)) == ([], [])


def test_only_what_changed_since_is_read(store: AnyStore) -> None:
    first = write(store, agents=[ANN, BOB], waiting=[CARA, DORA])
    second = write(store, removed=["bob"], gone=[DORA], offers=[OFFER])
    with store.work() as work:
        assert work.open_desk() == second
        news = work.desk_since(first, HORIZON)
    assert news == Changes(second, removed=("bob",), gone=(DORA,), offers=(OFFER,))
    assert store.desk_since(second, HORIZON) == Changes(second)


def test_who_comes_first_reads_only_what_is_open_or_recent(store: AnyStore) -> None:
    old = Offer("o0", "e0.1", "ann", HORIZON - MINUTE, HORIZON)
    ended = Assignment("o3", "e4.1", "ann", HORIZON - DAY, HORIZON - MINUTE, "finished")
    recent = Assignment("o4", "e5.1", "ann", NOON, NOON + MINUTE, "accident")
    ages = Assignment("o5", "e6.1", "ann", HORIZON - DAY)
    write(store, gone=[CARA], offers=[old, OFFER], assignments=[ended, recent, ages])
    found = store.desk_since(0, HORIZON)
    assert list(found.gone) == []
    assert list(found.offers) == [OFFER]
    assert sorted(each.id for each in found.assignments) == ["o4", "o5"]


def test_a_room_comes_back_until_it_is_closed(store: AnyStore) -> None:
    watcher = Watcher("w1", "sue", "whisper")
    room = Room("o2", "e3.1", is_held=True, pending="t1", purpose="warm", watchers=(watcher,))
    room = replace(room, leaving=("o3",), round=2)
    write(store, rooms=[room])
    assert list(store.desk_since(0, HORIZON).rooms) == [room]
    closed = replace(room, closed=NOON)
    version = write(store, rooms=[closed])
    assert list(store.desk_since(version - 1, HORIZON).rooms) == [closed]
    assert list(store.desk_since(0, HORIZON).rooms) == []


def test_a_removed_agent_may_come_again(store: AnyStore) -> None:
    write(store, agents=[ANN])
    write(store, removed=["ann"])
    assert list(store.desk_since(0, HORIZON).agents) == []
    write(store, agents=[ANN])
    assert list(store.desk_since(0, HORIZON).agents) == [ANN]


def test_what_is_undone_leaves_no_trace(store: AnyStore) -> None:
    first = write(store, agents=[ANN], offers=[OFFER])
    ended = end(OFFER, "declined", NOON)

    def broken() -> None:
        with store.work() as work:
            work.open_desk()
            work.keep_desk(Changes(first + 1, removed=["ann"], offers=[ended]))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert store.desk_since(0, HORIZON).agents == (ANN,)
    assert store.desk_since(first, HORIZON) == Changes(first)


def test_changes_wait_for_each_other(store: AnyStore) -> None:
    """Eight change the desk at once: eight versions, and nobody's change is lost."""

    def change(number: int) -> int:
        return write(store, agents=[Agent(f"a{number}", "A", f"+1555010{number:04}")])

    assert sorted(at_once(8, change)) == list(range(1, 9))
    assert len(store.desk_since(0, HORIZON).agents) == 8


def test_ring_groups_are_added_retitled_and_removed(store: AnyStore) -> None:
    with store.work() as work:
        work.keep_ring_groups([RingGroup("b", "B"), RingGroup("a")])
        work.keep_ring_groups([RingGroup("a", "Anew")])
        assert work.ring_groups() == [RingGroup("a", "Anew"), RingGroup("b", "B")]
        assert work.remove_ring_group("b")
        assert not work.remove_ring_group("b")
        assert work.ring_groups() == [RingGroup("a", "Anew")]


def a_leg(**changes: Any) -> Leg:
    values = {"id": "o1", "token": "t", "kind": "agent", "execution": "e1"}
    values |= {"recipient": "+15550101001", "sender": "+15550100001"}
    return Leg(**{**values, "ring_seconds": 20, "created": NOON, **changes})


def test_a_leg_is_inserted_then_updated(store: AnyStore) -> None:
    with store.work() as work:
        assert work.leg("o1") is None
        work.keep_leg(a_leg())
        assert work.leg("o1") == a_leg()
        after = a_leg(
            state="placed", sid="CA1", status="ringing", sip=200, tries=1, tried=NOON, ended=NOON,
            answer_after=0,
        )  # fmt: skip
        work.keep_leg(after)
        assert work.leg("o1") == after


def test_calls_that_are_ours_are_known(store: AnyStore) -> None:
    with store.work() as work:
        work.keep_leg(a_leg(sid="CA1"))
        work.keep_call(Call("CA2", "ringing", NOON))
        assert work.known_calls(["CA1", "CA2", "CA3"]) == {"CA1", "CA2"}
        assert work.known_calls([]) == set()


def test_the_first_ticket_counts(store: AnyStore) -> None:
    with store.work() as work:
        first = Ticket("e1.1", "e1", {"queue": "support", "name": "Zoë"}, NOON)
        assert work.keep_ticket(first) == first
        assert work.keep_ticket(Ticket("e1.1", "e1", {}, NOON)) == first
        assert work.tickets(["e1.1", "e9.9"]) == {"e1.1": first}
        assert work.tickets([]) == {}


def test_what_is_noted_twice_is_there_once(store: AnyStore) -> None:
    begin(store)
    with store.work() as work:
        work.save(Saved(a_run(), outbox=[an_item(attempts=3)]))
        work.note_outbox([an_item(), an_item("e1.2")])
        work.note_outbox([])
    with store.work() as work:
        taken = work.claim("e1.1", "w", NOON + MINUTE, NOON)
        assert taken is not None
        assert taken.attempts == 4
    assert store.overdue(NOON, 10) == ["e1.2"]


def test_a_postponed_item_is_left_alone(store: AnyStore) -> None:
    begin(store)
    with store.work() as work:
        work.note_outbox([an_item("e1.1"), an_item("e1.2")])
        work.finish("e1.2", "done")
        for item in ("e1.1", "e1.2", "e1.3"):
            work.postpone(item, NOON + MINUTE)
        assert [work.is_outstanding(f"e1.{number}") for number in (1, 2, 3)] == [True, False, False]
    assert store.overdue(NOON, 10) == []
    assert store.overdue(NOON + MINUTE, 10) == ["e1.1"]
