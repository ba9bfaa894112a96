"""Conversations page by page, and the figures of queues, on both databases."""

from datetime import timedelta

import pytest

from desk.agents import RingGroup
from desk.assignments import Assignment
from desk.changes import Changes
from desk.queue import Waiting
from desk.who import Skill, Who
from desk.wrap_up import WrapUp
from flow.ledger import Saved, Ticket
from store.conversations import Conversations, State
from store.database import Database
from store.queues import Queues, Service
from store.store import SqlStore
from tests.store.builders import MINUTE, NOON, a_run

SECOND = timedelta(seconds=1)
SUPPORT, FRENCH = Who(ring_groups=("support",)), Who(attributes=(Skill("french", 50),))


@pytest.fixture
def store(database: Database) -> SqlStore:
    """A day at the desk.

    Ada was served after 20 s and Eve after 42 s; Bea hung up, Cid pressed a key, Dan waits. An
    agent calls Fay, who has not answered, and Gil, who has; of one conversation nothing is known.
    """
    made = SqlStore(database)
    waits = [Waiting(f"{who}.1", SUPPORT, NOON) for who in ("ada", "bea", "cid", "eve")]
    again = Waiting("ada.2", SUPPORT, NOON, returned=True)
    early = Waiting("old.1", SUPPORT, NOON - MINUTE)
    served = [
        Assignment("a1", "ada.1", "ann", NOON + 20 * SECOND, NOON + MINUTE, "finished"),
        Assignment("a2", "eve.1", "bob", NOON + 42 * SECOND),
        Assignment("a3", "fay.agent", "cleo", NOON + 2 * MINUTE),
        Assignment("a4", "gil.agent", "dora", NOON + 2 * MINUTE),
        Assignment("a5", "(erased)", "ann", NOON + 3 * MINUTE, NOON + 4 * MINUTE, "accident"),
    ]
    with made.work() as work:
        work.keep_ring_groups([RingGroup("support", "Support")])
        version, dan = work.open_desk() + 1, Waiting("dan.1", FRENCH, NOON)
        gone = [*waits, again, early]
        work.keep_desk(Changes(version, waiting=[dan], gone=gone, assignments=served))
        for who in ("ada", "bea", "cid", "dan", "eve", "fay", "gil"):
            outgoing = who in {"fay", "gil"}
            type_ = "outgoing_call" if outgoing else "incoming_call"
            outcome = {"bea": "abandoned", "cid": "completed"}.get(who, "")
            call = "" if who == "fay" else f"CA{who}"
            run = a_run(id=who, interaction=f"i-{who}", type=type_, call=call, outcome=outcome)
            work.save(Saved(run, new=True))
            place = f"{who}.agent" if outgoing else f"{who}.1"
            data = {"to": "+15550101"} if outgoing else {"caller": "+15550102", "queue": "support"}
            work.keep_ticket(Ticket(place, who, data, NOON))
        work.keep_wrap_up(WrapUp("a1", "red", "solved", NOON))
    return made


def test_all_that_is_known_of_a_conversation(store: SqlStore, database: Database) -> None:
    found = Conversations(database).get("a1")
    assert found is not None
    assert (found.interaction, found.call, found.queue) == ("i-ada", "CAada", "support")
    assert (found.number, found.entered, found.state) == ("+15550102", NOON, "ended")
    assert (found.notes, found.disposition, found.noted) == ("red", "solved", NOON)
    assert Conversations(database).get("a9") is None
    nobody = Conversations(database).get("a5")
    assert nobody is not None
    assert (nobody.execution, nobody.number, nobody.entered, nobody.notes) == ("", "", None, "")


def test_conversations_come_page_by_page(store: SqlStore, database: Database) -> None:
    shelf = Conversations(database)
    first = shelf.latest(2)
    assert [one.id for one in first] == ["a5", "a4"]
    rest = shelf.latest(9, behind=(first[-1].began, first[-1].id))
    assert [one.id for one in rest] == ["a3", "a2", "a1"]
    assert [one.id for one in shelf.latest(9, agent="ann")] == ["a5", "a1"]


@pytest.mark.parametrize(
    ("state", "ids"), [("calling", ["a3"]), ("active", ["a4", "a2"]), ("ended", ["a5", "a1"])]
)
def test_a_state_in_a_list_is_that_of_each(
    store: SqlStore, database: Database, state: State, ids: list[str]
) -> None:
    found = Conversations(database).latest(9, state=state)
    assert [(one.id, one.state) for one in found] == [(name, state) for name in ids]


def test_the_figures_of_a_day(store: SqlStore, database: Database) -> None:
    shelf = Queues(database)
    assert shelf.service(NOON) == {
        SUPPORT: Service(served=2, abandoned=1, left=1, average_wait=31),
        FRENCH: Service(),
    }
    assert shelf.service(NOON + SECOND) == {}


def test_groups_and_tickets_are_read(store: SqlStore, database: Database) -> None:
    shelf = Queues(database)
    assert shelf.ring_groups() == [RingGroup("support", "Support")]
    found = shelf.tickets(["dan.1", "nobody"])
    assert [(name, ticket.execution) for name, ticket in found.items()] == [("dan.1", "dan")]
