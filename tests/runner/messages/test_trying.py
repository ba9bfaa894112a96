"""What was surely not taken is tried again, hammers nobody, and keeps no other sender waiting."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from desk.conversations import BULK, URGENT, Message
from runner.messages.mailroom import Mailroom
from runner.messages.sending import (
    LONGEST_PAUSE,
    LOOKED_FOR,
    LOST,
    TOO_LATE,
    TRIED_FOR,
    UNREACHED,
)
from tests.runner.messages.house import BOB, OURS, House, fails, write
from tests.support.waiting import wait_until


def test_what_was_surely_not_taken_is_tried_again_with_pauses(house: House) -> None:
    message = write(house, "one")
    house.provider.answers = [fails(retry=True)] * 8
    pauses = [min(2.0**tries, LONGEST_PAUSE) for tries in range(1, 9)]
    for pause in pauses:
        assert house.one() is not None
        house.clock.forward(pause - 0.5)
        assert house.one() is None
        house.clock.forward(0.5 + UNREACHED)
    assert house.one() is not None
    assert house.message(message.id).state == "sent"


@pytest.mark.parametrize("bulk", [False, True])
def test_who_is_not_reached_for_hours_is_given_up(house: House, *, bulk: bool) -> None:
    message = write(house, "one", bulk=bulk)
    house.provider.answers = [fails(retry=True)] * 1_000
    began = house.clock()
    while house.message(message.id).state == "queued":
        house.one()
        house.clock.forward(LONGEST_PAUSE)
    assert house.message(message.id).state == "failed"
    within = TRIED_FOR[BULK if bulk else URGENT]
    assert within < house.clock() - began < within + timedelta(minutes=5)


def test_what_was_taken_back_while_nobody_knew_of_it_is_not_sent_again(house: House) -> None:
    lost, other = write(house, "one"), write(house, "two", peer="+15550101111")
    house.provider.answers = [fails(code=20500, unsure=True)] * 2
    house.all()
    assert [house.message(each.id).state for each in (lost, other)] == ["unknown"] * 2
    assert Mailroom(house.store, house.clock).cancel() == 0, "none of them waits"
    for _ in range(20):
        house.clock.forward(2)
        house.look()
        house.one()
    assert house.message(lost.id).reason == TOO_LATE
    assert len(house.provider.sent) == 2


def test_an_outage_burns_nothing_and_hammers_nobody(house: House) -> None:
    for number in range(30):
        write(house, str(number), peer=f"+1555010{number:04}")
    house.provider.answers = [fails(retry=True)] * 1_000
    for _ in range(60):
        house.one()
        house.clock.forward(1)
    assert len(house.provider.sent) <= 60 / UNREACHED
    house.provider.sent.clear()
    house.provider.answers.clear()
    house.clock.forward(LONGEST_PAUSE)
    assert sorted(house.all()) == sorted(map(str, range(30)))


def test_an_outage_inside_the_provider_burns_nothing_either(house: House) -> None:
    for number in range(10):
        write(house, str(number), peer=f"+1555010{number:04}")
    house.provider.answers = [fails(code=503, retry=True, unsure=True)] * 1_000
    for _ in range(300):
        house.one()
        house.look()
        house.clock.forward(1)
    assert len(house.provider.sent) <= 300 / UNREACHED
    house.provider.sent.clear()
    house.provider.answers.clear()
    for _ in range(60):
        house.one()
        house.look()
        house.clock.forward(1)
    assert sorted(house.provider.texts()) == sorted(map(str, range(10)))


def test_a_provider_that_fails_inside_for_hours_is_given_up(house: House) -> None:
    message = write(house, "one")
    house.provider.answers = [fails(code=503, retry=True, unsure=True)] * 10_000
    began = house.clock()
    while house.message(message.id).state in ("queued", "unknown"):
        house.one()
        house.look()
        house.clock.forward(20)
    assert (house.message(message.id).state, house.message(message.id).reason) == ("failed", LOST)
    assert TRIED_FOR[URGENT] < house.clock() - began < TRIED_FOR[URGENT] + timedelta(minutes=5)


def test_who_is_told_to_wait_is_never_given_up(house: House) -> None:
    message = write(house, "one")
    house.provider.answers = [fails(code=20003, retry=True, wait=600.0)] * 30
    for _ in range(30):
        house.one()
        house.clock.forward(601)
    assert house.message(message.id).state == "queued"
    house.one()
    assert house.message(message.id).state == "sent"


def test_who_was_throttled_is_not_nearer_to_being_given_up(house: House) -> None:
    message = write(house, "one")
    slow, away = fails(code=429, retry=True, wait=1.0), fails(retry=True)
    house.provider.answers = [slow] * 6 + [away]
    for _ in range(9):
        house.one()
        house.clock.forward(LONGEST_PAUSE)
    assert house.message(message.id).state == "sent"


def test_a_slow_sender_with_much_to_send_leaves_the_threads_to_others(house: House) -> None:
    made = house.another(threads=1, sweeps=True).messaging.sending
    for number in range(5):
        write(house, f"slow {number}", bulk=True)
    house.provider.per_second = 1.5
    made.soon("sms", OURS)
    write(house, "quick", ours="+15550109999")
    made.soon("sms", "+15550109999")
    try:
        wait_until(lambda: "quick" in house.provider.texts(), 20, what="the other sender's turn")
        assert len(house.provider.sent) < 6
    finally:
        made.close()


def test_a_message_that_cannot_be_looked_for_stands_in_nobodys_way(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, well = write(house, "one"), write(house, "two", peer=BOB)
    house.provider.answers = [fails(retry=True, unsure=True)] * 2
    house.one()
    house.one()

    def find(message: Message) -> Sequence[str]:
        if message.id == broken.id:
            raise TypeError
        return ["SMtwo"]

    monkeypatch.setattr(house.provider, "find", find)
    house.clock.forward(LOOKED_FOR[0] + 1)
    house.look()
    assert [house.message(each.id).state for each in (broken, well)] == ["unknown", "sent"]
