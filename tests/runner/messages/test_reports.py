"""What providers say of our messages: in any order, any number of times, about anybody's."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.conversations import Delivery, joined
from runner.messages.channels import Report
from tests.runner.messages.house import House, write

TOLD: tuple[Delivery, ...] = ("sent", "delivered", "read", "undelivered", "failed")


def last(facts: list[Delivery]) -> Delivery:
    state: Delivery = "sending"
    for fact in facts:
        state = joined(state, fact)
    return state


@given(st.lists(st.sampled_from(TOLD), min_size=1, max_size=5), st.randoms())
def test_any_order_of_facts_that_agree_ends_the_same(
    facts: list[Delivery], dice: random.Random
) -> None:
    """A message fails or is delivered; a provider that says both has no order that is right."""
    if {"undelivered", "failed"} & set(facts):
        bad: Delivery = "failed" if "failed" in facts else "undelivered"
        facts = [bad if fact in ("undelivered", "failed") else fact for fact in facts]
    shuffled = [*facts, *facts]
    dice.shuffle(shuffled)
    assert last(shuffled) == last(facts)


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["sent", "delivered", "read", "sent"]))[::5]
)
def test_reports_that_overtake_each_other_end_at_the_last(
    house: House, order: list[Delivery]
) -> None:
    message = write(house, "one")
    house.one()
    for state in order:
        house.inbox.report(Report("sms", state, house.clock(), sid=f"SM{message.id}"))
    assert house.message(message.id).state == "read"


def test_a_report_may_come_before_the_answer(house: House) -> None:
    message = write(house, "one")
    sending = house.sending()
    claimed = house.claim(sending)
    told = Report("sms", "delivered", house.clock(), sid="SM9", message=message.id)
    house.inbox.report(told)
    assert house.message(message.id).sid == "SM9"
    sending._send(*claimed)
    kept = house.message(message.id)
    assert (kept.state, kept.segments) == ("delivered", 1)


def test_a_report_finds_a_message_whose_answer_was_lost(house: House) -> None:
    message = write(house, "one")
    house.claim(house.sending())
    house.inbox.report(Report("sms", "sent", house.clock(), sid="SM9", message=message.id))
    house.clock.forward(60)
    house.look()
    kept = house.message(message.id)
    assert (kept.state, kept.sid) == ("sent", "SM9")
    assert house.one() is None


def test_a_failure_says_why(house: House) -> None:
    message = write(house, "one")
    house.one()
    why = Report("sms", "undelivered", house.clock(), f"SM{message.id}", code=30003, reason="off")
    house.inbox.report(why)
    kept = house.message(message.id)
    assert (kept.state, kept.code, kept.reason) == ("undelivered", 30003, "off")


def test_reports_of_nobodys_messages_change_nothing(house: House) -> None:
    taken = house.say("Hello")
    before = house.messages(taken.conversation)
    for report in (
        Report("sms", "delivered", house.clock(), sid="SMother"),
        Report("sms", "delivered", house.clock(), message="nothing"),
        Report("sms", "delivered", house.clock()),
        Report("sms", "failed", house.clock(), message=taken.message),
        Report("whatsapp", "failed", house.clock(), message=before[1].id),
    ):
        house.inbox.report(report)
    assert house.messages(taken.conversation) == before


def test_an_id_that_is_anothers_is_not_taken_over(house: House) -> None:
    first, second = write(house, "one"), write(house, "two")
    house.inbox.report(Report("sms", "sent", house.clock(), sid="SM1", message=first.id))
    house.inbox.report(Report("sms", "sent", house.clock(), sid="SM1", message=second.id))
    assert [house.message(each.id).sid for each in (first, second)] == ["SM1", ""]
