"""Queues as people see them: names, places and likely waits, as the floor itself counts them."""

from datetime import UTC, datetime, timedelta

import pytest

from desk.agents import Agent
from desk.floor import Floor
from desk.lines import lines, name_of
from desk.queue import Waiting
from desk.who import Skill, Who
from desk.wrap_up import disposition

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
SUPPORT, BOTH = Who(ring_groups=("support",)), Who(ring_groups=("support", "sales"))
SKILLED = Who(attributes=(Skill("french", 80), Skill("vip")), match="any")


@pytest.fixture
def floor() -> Floor:
    """Two agents, of whom one is in both groups, and four who wait; one only keeps a place."""
    made = Floor()
    made.put_agent(Agent("ann", "Ann", "client:ann", ("support", "sales"), presence="available"))
    made.put_agent(Agent("bob", "Bob", "client:bob", ("sales",), presence="away"))
    later = AT + timedelta(hours=1)
    for number, (who, until) in enumerate(
        ((SUPPORT, later), (BOTH, None), (SUPPORT, None), (BOTH, None))
    ):
        entered = AT + timedelta(seconds=number)
        made.enter(Waiting(f"e{number}.1", who, entered, not_before=until))
    return made


@pytest.mark.parametrize(
    ("who", "name"),
    [
        (SUPPORT, "support"),
        (BOTH, "support, sales"),
        (Who(agents=("ann", "bob")), "@ann, @bob"),
        (SKILLED, "french>=80 or vip>=0"),
    ],
)
def test_a_queue_is_named_after_whom_it_means(who: Who, name: str) -> None:
    assert name_of(who) == name


def test_every_group_has_a_line_and_who_waits_is_in_one(floor: Floor) -> None:
    found = {line.name: line for line in lines(floor, ["sales", "support"], AT)}
    assert list(found) == ["sales", "support", "support, sales"]
    assert [place.contact.id for place in found["support"].waiting] == ["e0.1", "e2.1"]
    assert found["sales"].waiting == ()
    assert found["support"].agents == {"available": 1}
    assert found["sales"].agents == {"available": 1, "away": 1}


def test_places_and_waits_are_the_floor_s_own(floor: Floor) -> None:
    places = [place for line in lines(floor, ["support"], AT) for place in line.waiting]
    assert {place.contact.id: place.position for place in places} == {
        contact.id: floor.position(contact.id, AT) for contact in floor.queue
    }
    for place in places:
        assert place.estimate == floor.estimate(place.contact.who, place.position, AT)


def test_who_comes_now_comes_last(floor: Floor) -> None:
    found = {line.name: line for line in lines(floor, ["support"], AT)}
    newcomer = Waiting("new.1", SUPPORT, AT + timedelta(minutes=1))
    _, likely = floor.would_be(newcomer, AT)
    assert found["support"].estimate == likely


@pytest.mark.parametrize(
    ("word", "known", "kept"),
    [
        (" call  again ", (), "call again"),
        ("anything", (), "anything"),
        ("solved", ("solved",), "solved"),
        ("", ("solved",), ""),
    ],
)
def test_a_disposition_is_one_of_the_list(word: str, known: tuple[str, ...], kept: str) -> None:
    assert disposition(word, known) == kept


def test_another_disposition_is_refused() -> None:
    with pytest.raises(ValueError, match="choose one of solved, lost"):
        disposition("won", ("solved", "lost"))
