"""What leaves: each message once, in order, at its pace, and never after an opt-out."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from desk.conversations import BULK, URGENT, OptOut
from runner.messages.channels import Receipt, Report
from runner.messages.sending import LOOKED_FOR, LOST, MOST_TRIES, PATIENCE, TOO_LATE
from runner.messages.threads import OPTED_OUT
from tests.runner.messages.house import ANN, BOB, OURS, House, Lost, dies, fails, write


def test_what_a_walk_says_leaves_in_its_order(house: House) -> None:
    house.say("Hello")
    house.say("A lamp")
    assert house.all() == ["What is it?", "You said A lamp.", "And then?"]
    assert house.states() == ["sent", "sent", "sent"]
    first = house.provider.sent[0]
    kept = house.message(first.id)
    assert (kept.sid, kept.tries, kept.segments) == (f"SM{first.id}", 1, 1)


def test_of_one_conversation_one_leaves_at_a_time(house: House) -> None:
    house.say("Hello")
    house.say("A lamp")
    sending = house.sending()
    claimed = house.claim(sending)
    house.clock.forward(1)
    assert house.claim(sending) is None
    sending._send(*claimed)
    house.clock.forward(1)
    assert house.claim(sending)[0].text == "You said A lamp."


def test_an_answer_overtakes_what_nobody_waits_for(house: House) -> None:
    for number in range(3):
        write(house, f"bulk {number}", peer=BOB, bulk=True)
    house.one()
    house.say("Hello")
    assert house.all() == ["What is it?", "bulk 1", "bulk 2"]


def test_only_the_worker_sends_what_nobody_waits_for(house: House) -> None:
    assert write(house, "bulk", bulk=True).priority == BULK
    house.clock.forward(1)
    assert house.one(most=URGENT) is None
    assert house.one(most=BULK) is not None


def test_a_sender_keeps_its_pace(house: House) -> None:
    house.provider.per_second = 4.0
    for number in range(9):
        write(house, str(number), peer=BOB)
    assert len(house.all()) == 9
    tried = sorted(each.tried for each in house.provider.sent if each.tried)
    assert [each - tried[0] for each in tried] == [timedelta(seconds=0.25 * n) for n in range(9)]


def test_a_long_message_takes_as_many_turns_as_it_counts(house: House) -> None:
    house.provider.per_second = 4.0
    for text in ("1", "2\n2\n2", "3"):
        write(house, text, peer=BOB)
    assert len(house.all()) == 3
    tried = sorted(each.tried for each in house.provider.sent if each.tried)
    assert [each - tried[0] for each in tried] == [timedelta(seconds=0.25 * n) for n in (0, 1, 4)]


def test_what_no_longer_fits_when_its_turn_comes_is_not_sent(house: House) -> None:
    write(house, "Hello", peer=BOB)
    house.provider.longest = 3
    assert house.all() == []
    assert (house.states(BOB), house.provider.sent) == (["failed"], [])


def test_one_sender_waits_for_nothing_of_another(house: House) -> None:
    house.provider.per_second = 0.1
    house.channels["whatsapp"] = replace(house.provider, name="whatsapp", sent=[])
    house.store.bind(f"whatsapp:{OURS}", "hello")
    house.say("Hello")
    house.say("Hello", channel="whatsapp", sid="WA1")
    assert house.one() is not None
    assert house.one(channel="whatsapp") is not None
    house.say("A lamp")
    assert house.one() is None


# -- opting out -------------------------------------------------------------------------------


def test_a_stop_is_obeyed_before_any_step_and_confirmed_once(house: House) -> None:
    house.say("Hello")
    house.say("STOP")
    assert house.states() == ["canceled", "queued"]
    told = house.all()
    assert len(told) == 1
    assert "What is it?" not in told
    house.say("A lamp")
    assert house.states()[2:] == ["canceled"]
    assert house.messages(house.thread().id)[-1].reason == OPTED_OUT
    assert house.all() == []


def test_a_stop_between_queueing_and_sending_counts(house: House) -> None:
    """The row is looked at again when its turn comes, whoever wrote the opt-out."""
    message = write(house, "Sale!", bulk=True)
    with house.store.work() as work:
        work.opt_out(OptOut("sms", "", ANN, at=house.clock(), by="operator"))
    assert house.one() is None
    kept = house.message(message.id)
    assert (kept.state, kept.reason) == ("canceled", OPTED_OUT)
    assert house.provider.sent == []


def test_a_start_lets_messages_through_again(house: House) -> None:
    house.say("STOP")
    assert write(house, "Sale!").state == "canceled"
    house.say("START")
    assert write(house, "Sale!").state == "queued"
    house.say("Hello")
    assert "What is it?" in house.all()


def test_a_stop_that_changes_nothing_is_not_confirmed_again(house: House) -> None:
    house.say("Hello")
    house.all()
    house.say("STOP")
    assert house.all()[-1].startswith("You will get no more messages")
    for _ in range(5):
        house.say("STOP")
    assert house.all() == []


def test_help_is_answered_where_nothing_is_asked_and_is_an_answer_where_something_is(
    house: House,
) -> None:
    house.say("HELP")
    assert len(house.told()) == 1
    assert "What is it?" not in house.told()
    house.say("Hello")
    house.say("help")
    assert house.told()[1] == "You said help."


def test_who_the_provider_has_confirmed_to_is_not_told_again(house: House) -> None:
    house.say("Hello")
    house.say("STOP", wish="stop")
    assert house.all() == []
    house.say("START", wish="start")
    assert house.all() == []
    assert write(house, "Sale!").state == "queued"


def test_the_provider_knows_of_an_opt_out_that_we_do_not(house: House) -> None:
    first, second = write(house, "one"), write(house, "two")
    house.provider.answers = [fails(code=21610, opted_out=True)]
    house.one()
    house.clock.forward(1)
    assert house.one() is None
    assert [house.message(each.id).state for each in (first, second)] == ["canceled", "canceled"]


def test_a_report_of_an_opt_out_cancels_what_waits_once(house: House) -> None:
    first = write(house, "one")
    house.one()
    second, third = write(house, "two"), write(house, "three")
    report = Report("sms", "failed", house.clock(), message=first.id, code=21610)
    house.inbox.report(report)
    states = [house.message(each.id).state for each in (first, second, third)]
    assert states == ["failed", "canceled", "canceled"]
    house.say("START")
    house.inbox.report(report)
    assert write(house, "four").state == "queued"


# -- what goes wrong --------------------------------------------------------------------------


def test_a_message_that_was_refused_is_not_sent_again(house: House) -> None:
    message = write(house, "one")
    house.provider.answers = [fails(code=21211)]
    assert house.all() == ["one"]
    kept = house.message(message.id)
    assert (kept.state, kept.code, kept.reason) == ("failed", 21211, "refused")


def test_who_sends_too_fast_for_the_provider_waits_as_told(house: House) -> None:
    write(house, "one", peer=ANN)
    write(house, "two", peer=BOB)
    house.provider.answers = [fails(code=20429, retry=True, wait=30.0)] * (MOST_TRIES + 2)
    house.one()
    assert house.claim(house.sending()) is None or isinstance(house.claim(house.sending()), float)
    house.clock.forward(29)
    assert house.one() is None
    for _ in range(MOST_TRIES + 1):
        house.clock.forward(31)
        house.one()
    house.clock.forward(31)
    assert sorted(house.all()) == ["one", "two"]


def test_what_was_not_sent_in_its_time_is_not_sent(house: House) -> None:
    message = write(house, "now")
    with house.store.work() as work:
        late = house.clock() + timedelta(minutes=1)
        work.keep_message(replace(message, not_after=late, number=1))
    house.clock.forward(61)
    assert house.one() is None
    kept = house.message(message.id)
    assert (kept.state, kept.reason) == ("failed", TOO_LATE)


def test_a_lost_answer_is_looked_for_and_found(house: House) -> None:
    message = write(house, "one")
    house.provider.answers = [fails(unsure=True)]
    house.one()
    assert house.message(message.id).state == "unknown"
    house.provider.found = ["SM9"]
    house.clock.forward(LOOKED_FOR[0] + 1)
    house.look()
    kept = house.message(message.id)
    assert (kept.state, kept.sid) == ("sent", "SM9")
    assert len(house.provider.sent) == 1


def test_a_lost_answer_that_is_not_found_is_never_sent_again(house: House) -> None:
    message = write(house, "one")
    house.provider.answers = [fails(unsure=True)]
    house.one()
    for _ in range(20):
        house.clock.forward(2)
        house.look()
        house.one()
    kept = house.message(message.id)
    assert (kept.state, kept.reason) == ("failed", LOST)
    assert house.provider.looks == len(LOOKED_FOR)
    assert len(house.provider.sent) == 1


def test_a_failure_inside_the_provider_is_sent_again_after_fruitless_looks(house: House) -> None:
    message = write(house, "one")
    house.provider.answers = [fails(code=20500, unsure=True)]
    house.one()
    for _ in range(10):
        house.clock.forward(2)
        house.look()
        house.one()
    assert house.message(message.id).state == "sent"
    assert len(house.provider.sent) == 2


def test_a_receiver_that_knows_messages_by_their_id_gets_it_again(house: House) -> None:
    house.provider.repeats = True
    message = write(house, "one")
    house.provider.answers = [fails(unsure=True)]
    house.one()
    house.clock.forward(3)
    assert house.one() is not None
    assert house.message(message.id).state == "sent"
    assert [each.id for each in house.provider.sent] == [message.id] * 2


def test_a_channel_that_takes_its_time_is_not_thought_dead_meanwhile(house: House) -> None:
    house.provider.repeats, house.provider.patience = True, timedelta(minutes=3)
    message = write(house, "one")
    assert isinstance(house.claim(house.sending()), tuple)
    house.clock.forward(179)
    house.look()
    assert house.message(message.id).state == "sending"
    assert house.claim(house.sending()) is None
    house.clock.forward(2)
    house.look()
    assert house.message(message.id).state != "sending"


def test_a_process_that_died_before_it_asked_is_followed_up(house: House) -> None:
    """The claim is committed; whether the provider was asked nobody can say."""
    message = write(house, "one")
    assert isinstance(house.claim(house.sending()), tuple)
    house.clock.forward(PATIENCE.total_seconds() - 1)
    house.look()
    assert house.message(message.id).state == "sending"
    for _ in range(10):
        house.clock.forward(5)
        house.look()
        house.one()
    assert house.message(message.id).state == "sent"
    assert house.provider.texts() == ["one"]


def test_a_process_that_died_after_it_asked_has_sent_it(house: House) -> None:
    message = write(house, "one")
    house.provider.answers = [dies]
    with pytest.raises(Lost):
        house.one()
    house.provider.found = ["SM9"]
    house.clock.forward(PATIENCE.total_seconds() + 1)
    house.look()
    kept = house.message(message.id)
    assert (kept.state, kept.sid) == ("sent", "SM9")
    assert house.provider.texts() == ["one"]


def test_a_process_that_was_held_up_does_not_send(house: House) -> None:
    message = write(house, "one")
    sending = house.sending()
    claimed = house.claim(sending)
    house.clock.forward(PATIENCE.total_seconds() / 2 + 1)
    sending._send(*claimed)
    assert house.provider.sent == []
    assert house.message(message.id).state == "sending"


def test_what_is_found_is_not_anothers(house: House) -> None:
    """The same words to the same contact twice: each finding counts for one of them."""
    first, second = write(house, "Your code is 7"), write(house, "Your code is 7")
    house.provider.answers = [fails(unsure=True), lambda _: Receipt("SM2")]
    house.one()
    house.clock.forward(1)
    house.one()
    house.provider.found = ["SM2"]
    house.clock.forward(2)
    house.look()
    states = [house.message(each.id).state for each in (first, second)]
    assert states == ["unknown", "sent"]


def test_an_answer_whose_id_was_given_to_another_counts_all_the_same(house: House) -> None:
    first, second = write(house, "Your code is 7"), write(house, "Your code is 7")
    kept = house.message(first.id)
    with house.store.work() as work:
        work.keep_message(replace(kept, state="sent", sid="SM2"))
    house.provider.answers = [lambda _: Receipt("SM2")]
    house.one()
    kept = house.message(second.id)
    assert (kept.state, kept.sid) == ("sent", "")


# -- what stands in the way -------------------------------------------------------------------


def test_a_message_without_a_conversation_does_not_stop_the_others(house: House) -> None:
    lonely = write(house, "lonely")
    with house.store.work() as work:
        kept = work.message(lonely.id)
        assert kept is not None
        work.keep_message(replace(kept, conversation="gone"))
    write(house, "other", peer=BOB)
    assert house.all() == ["other"]
    assert house.message(lonely.id).state == "canceled"


def test_a_long_text_leaves_in_several_messages(house: House) -> None:
    house.provider.longest = 10
    more: dict[str, Any] = {
        "key": "k1",
        "media": ({"url": "https://x.example/a.png"},),
        "choices": ({"label": "a"},),
    }
    first = write(house, "abcdefghijklmnopqrstuvwxy", **more)
    rows = house.messages(first.conversation)
    assert [each.text for each in rows] == ["abcdefghij", "klmnopqrst", "uvwxy"]
    assert [each.id for each in rows] == [first.id, f"{first.id}~2", f"{first.id}~3"]
    assert [each.key for each in rows] == ["k1", "", ""]
    assert [len(each.media) for each in rows] == [1, 0, 0]
    assert [len(each.choices) for each in rows] == [0, 0, 1]
    assert house.all() == ["abcdefghij", "klmnopqrst", "uvwxy"]


def test_a_long_text_that_may_not_leave_is_one_message(house: House) -> None:
    house.say("STOP")
    house.provider.longest = 10
    first = write(house, "abcdefghijklmnopqrstuvwxy")
    (row,) = house.messages(first.conversation)
    assert (row.text, row.state) == ("abcdefghijklmnopqrstuvwxy", "canceled")
