from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from desk import offers
from desk.agents import Agent
from desk.offers import Ending, Offer
from desk.queue import Waiting
from desk.values import from_json, to_json
from desk.who import Who

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = AT + timedelta(seconds=20)
ANNS, BOBS = offers.make("1", "c", "ann", AT, 20), offers.make("2", "c", "bob", AT, 20)
WAITING = Waiting("c", Who(agents=("ann", "bob")), AT)


def test_of_two_who_accept_at_one_moment_the_first_wins_and_the_second_hears_so() -> None:
    won = offers.accept(ANNS, [ANNS, BOBS], AT, is_waiting=True)
    assert won.answer == "accepted"
    assert [(o.agent, o.state) for o in won.changed] == [("ann", "accepted"), ("bob", "cancelled")]
    mine, lost = won.changed
    assert offers.accept(lost, won.changed, AT, is_waiting=False).answer == "taken"
    assert offers.accept(mine, won.changed, AT, is_waiting=False) == offers.Decision("accepted")


def test_who_accepts_when_the_contact_has_left_hears_so_and_is_free() -> None:
    late = offers.accept(ANNS, [ANNS, BOBS], AT, is_waiting=False)
    assert (late.answer, [o.state for o in late.changed]) == ("gone", ["cancelled"])


@pytest.mark.parametrize("how", get_args(Ending))
def test_the_first_word_stays(how: Ending) -> None:
    ended = offers.end(ANNS, how, AT)
    assert (ended.state, ended.ended, ended.is_open) == (how, AT, False)
    assert all(offers.end(ended, other, LATER) == ended for other in get_args(Ending))
    assert offers.expire(ended, LATER) == ended
    assert offers.accept(ended, [ended], LATER, is_waiting=True) == offers.Decision("over")
    accepted = offers.accept(ANNS, [ANNS], AT, is_waiting=True).changed[0]
    assert offers.end(accepted, how, LATER) == accepted


def test_an_offer_expires_at_its_time_and_not_before() -> None:
    assert offers.expire(ANNS, LATER - timedelta(milliseconds=1)) == ANNS
    assert offers.expire(ANNS, LATER).state == "expired"


def test_an_acceptance_in_an_earlier_round_takes_nothing_in_the_next() -> None:
    first = offers.accept(ANNS, [ANNS], AT, is_waiting=True).changed[0]
    second = offers.make("3", "c", "bob", LATER, 20)
    assert offers.accept(second, [first, second], LATER, is_waiting=True).answer == "accepted"
    assert offers.accept(second, [first, second], LATER, is_waiting=False).answer == "gone"


@pytest.mark.parametrize(
    ("how", "tried"),
    [("declined", ("ann",)), ("expired", ("ann",)), ("cancelled", ()), ("lost", ())],
)
def test_only_ringing_in_vain_counts_as_an_attempt(how: Ending, tried: tuple[str, ...]) -> None:
    ended = offers.end(ANNS, how, AT)
    assert offers.after(WAITING, ended).tried == tried
    assert offers.after(offers.after(WAITING, ended), ended).tried == tried


def test_withdrawing_ends_what_is_open() -> None:
    declined = offers.end(BOBS, "declined", AT)
    assert [o.agent for o in offers.withdraw([ANNS, declined], AT)] == ["ann"]
    assert offers.count_open([ANNS, BOBS, declined]) == {"c": 2}


@pytest.mark.parametrize(
    ("agents", "opened", "finding"),
    [
        ([], [ANNS], "ann is rung, but serves somebody or is no agent"),
        (["ann:x"], [ANNS], "ann is rung, but serves"),
        (["ann"], [offers.make("9", "z", "ann", AT, 9)], "z, who waits no more"),
        (["ann"], [ANNS, offers.make("9", "c", "ann", AT, 9)], "ann is rung for 2 contacts"),
        (["ann:c"], [], "c waits and is served"),
        (["ann:x", "bob:x"], [], "x is served by 2 agents"),
    ],
)
def test_whoever_is_stranded_is_found(agents: list[str], opened: list[Offer], finding: str) -> None:
    pairs = [text.partition(":") for text in agents]
    staff = {n: Agent(n, n, "client:x", assignment=contact) for n, _, contact in pairs}
    assert any(finding in line for line in offers.stranded([WAITING], staff, opened))


def test_an_offer_survives_json() -> None:
    ended = offers.end(ANNS, "lost", AT)
    assert from_json(Offer, to_json(ended)) == ended
