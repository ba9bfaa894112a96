"""What contacts write: taken once, by whoever has the conversation, and never twice."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from runner.messages.bursts import BURSTS
from runner.messages.channels import Attached, Incoming
from store.histories import remove_threads
from tests.runner.messages.house import ANN, BOB, OURS, House


def test_a_message_begins_a_walk_and_the_next_goes_on_with_it(house: House) -> None:
    first = house.say("Hello")
    assert house.told() == ["What is it?"]
    second = house.say("A lamp")
    assert second.conversation == first.conversation
    assert house.told() == ["What is it?", "You said A lamp.", "And then?"]
    house.say("Nothing")
    assert house.conversation(first.conversation).state == "closed"
    assert house.say("Hello again").conversation != first.conversation


def test_a_message_comes_twice_by_its_sid(house: House) -> None:
    first = house.say("Hello", sid="SM1")
    again = house.say("Hello", sid="SM1")
    assert again == replace(first, repeated=True)
    assert house.told(direction="in") == ["Hello"]
    assert house.told() == ["What is it?"]


def test_a_message_comes_twice_by_its_key(house: House) -> None:
    first = house.say("Hello", sid="", key="k1")
    assert house.say("other words", sid="", key="k1") == replace(first, repeated=True)
    house.say("Hello", sid="", key="k2")
    assert house.told(direction="in") == ["Hello", "Hello"]


def test_a_message_without_any_id_comes_twice_by_its_words_for_a_minute(house: House) -> None:
    first = house.say("Hello", sid="")
    house.clock.forward(59)
    assert house.say("Hello", sid="") == replace(first, repeated=True)
    assert not house.say("Hello!", sid="").repeated
    house.clock.forward(61)
    assert not house.say("Hello!", sid="").repeated


def test_what_nobody_is_bound_for_is_not_kept(house: House) -> None:
    taken = house.say("Hello", address="+15550100009")
    assert taken.unbound
    assert list(house.store.conversations_of("sms", "+15550100009", ANN, 5)) == []


def test_a_missed_message_does_not_turn_back_the_time(house: House) -> None:
    house.say("Now")
    before = house.thread()
    earlier = house.clock() - timedelta(hours=3)
    house.inbox.take(Incoming("sms", OURS, ANN, earlier, "Earlier", sid="SMearlier"))
    after = house.thread()
    assert after.id == before.id
    assert after.heard == before.heard
    assert after.updated == before.updated


def test_the_person_is_noted_once(house: House) -> None:
    house.say("Hello", name="Ann")
    house.say("Hello", peer=BOB, number=BOB)
    with house.store.work() as work:
        ann, bob = work.contact_by("number", ANN), work.contact_by("number", BOB)
    assert ann is not None
    assert bob is not None
    assert (ann.name, ann.id) != (bob.name, bob.id)
    assert house.thread().contact == ann.id


def test_a_burst_is_kept_and_answered_no_more(house: House) -> None:
    most, window = BURSTS["sms"]
    for number in range(most + 5):
        house.clock.forward(0.01)
        house.say(f"beep {number}")
    assert len(everything(house, "in")) == most + 5
    answered = len(everything(house, "out"))
    for number in range(5):
        house.clock.forward(0.01)
        house.say(f"beep again {number}")
    assert len(everything(house, "in")) == most + 10
    assert len(everything(house, "out")) == answered
    house.clock.forward(window.total_seconds() + 1)
    house.say("Hello?")
    assert len(everything(house, "out")) > answered


def everything(house: House, direction: str) -> list[str]:
    """The texts of all conversations with the contact."""
    threads = house.store.conversations_of("sms", OURS, ANN, 50)
    found = [each for row in threads for each in house.messages(row.id)]
    return [each.text for each in found if each.direction == direction]


def test_an_automatic_message_is_kept_and_never_answered(house: House) -> None:
    taken = house.say("I am away", automatic=True)
    assert house.conversation(taken.conversation).state == "closed"
    assert house.told() == []


def test_a_message_that_was_erased_does_not_come_back(house: House) -> None:
    house.say("Hello", sid="SMgone")
    erase(house, house.thread().id, ["SMgone"])
    taken = house.say("Hello", sid="SMgone")
    assert taken.repeated
    assert not taken.conversation
    assert list(house.store.conversations_of("sms", OURS, ANN, 5)) == []


def erase(house: House, conversation: str, sids: list[str]) -> None:
    """Erase a conversation as `store.erasing` does; the memory store keeps the marks alone."""
    work: Any
    known = [each.id for each in house.messages(conversation)]
    with house.store.work() as work:
        work.mark_erased(sids, house.clock())
        if hasattr(house.store, "database"):
            remove_threads(work.connection, [conversation])
        else:
            for name in known:
                work._take("messages", name)
            work._take("conversations", conversation)


MAIL: dict[str, Any] = {
    "channel": "email",
    "address": "help@acme.example",
    "peer": "ann@shop.example",
    "number": "",
    "email": "ann@shop.example",
}


@pytest.fixture
def mailbox(house: House) -> House:
    """The house with a mailbox."""
    house.channels["email"] = replace(house.provider, name="email", sent=[], answers=[], found=[])
    house.store.bind("mailto:help@acme.example", "hello")
    return house


def mail(house: House, text: str, last: str, **given: Any) -> Any:
    details = {"thread": {"last": last, "references": [f"<before-{last}>"]}}
    return house.say(text, **{**MAIL, "details": details, **given})


def test_the_threading_of_each_mail_is_remembered(mailbox: House) -> None:
    taken = mail(mailbox, "Hello", "<1@shop>")
    assert mailbox.conversation(taken.conversation).details["last"] == "<1@shop>"
    mail(mailbox, "A lamp", "<2@shop>")
    details = mailbox.conversation(taken.conversation).details
    assert (details["last"], details["references"]) == ("<2@shop>", ["<before-<2@shop>>"])


def test_a_mail_that_names_its_thread_joins_it_from_any_address(mailbox: House) -> None:
    first = mail(mailbox, "Hello", "<1@shop>")
    second = mail(mailbox, "A lamp", "<2@home>", peer="ann@home.example", thread=first.conversation)
    assert second.conversation == first.conversation
    found = mailbox.messages(first.conversation)
    assert [each.text for each in found if each.author != "contact"][1] == "You said A lamp."
    assert {each.peer for each in found if each.direction == "out"} == {"ann@shop.example"}


def test_a_mail_that_names_no_thread_of_ours_begins_its_own(mailbox: House) -> None:
    first = mail(mailbox, "Hello", "<1@shop>")
    other = mail(mailbox, "Hello", "<2@home>", peer="eve@home.example")
    assert other.conversation != first.conversation
    sms = mailbox.say("Hello").conversation
    strange = mail(mailbox, "Hello?", "<3@home>", peer="joe@home.example", thread=sms)
    assert strange.conversation not in {first.conversation, other.conversation, sms}


def test_a_thread_that_is_closed_begins_a_new_one(mailbox: House) -> None:
    first = mail(mailbox, "Hello", "<1@shop>")
    for number, text in enumerate(("A lamp", "Nothing"), 2):
        mail(mailbox, text, f"<{number}@shop>")
    assert mailbox.conversation(first.conversation).state == "closed"
    late = mail(mailbox, "One more", "<4@shop>", thread=first.conversation)
    assert late.conversation != first.conversation
    again = mail(mailbox, "And more", "<5@shop>", thread=first.conversation)
    assert again.conversation == late.conversation


def test_the_mail_as_it_came_lies_with_the_files_of_its_message(mailbox: House) -> None:
    files = [Attached("a.txt", "text/plain", b"file")]
    taken = mail(mailbox, "Hello", "<1@shop>", raw=b"From: ann", files=files)
    (message,) = [each for each in mailbox.messages(taken.conversation) if each.direction == "in"]
    assert [each["name"] for each in message.media] == ["a.txt"]
    folder = mailbox.shelf.open(mailbox.shelf.put(b"x")).parent
    assert {path.read_bytes() for path in folder.iterdir()} == {b"file", b"From: ann", b"x"}
    assert files_of(mailbox, message.id) == {"a.txt": b"file", "message.eml": b"From: ann"}


def files_of(house: House, message: str) -> dict[str, bytes]:
    """The rows of a message's files, with what lies on the shelf."""
    if hasattr(house.store, "database"):
        query = sa.text("SELECT name, file FROM lw_media WHERE message = :message")
        with house.store.database.read() as connection:
            found = [tuple(row) for row in connection.execute(query, {"message": message})]
    else:
        with house.store.work() as work:
            rows = work._rows["media"].values()
            found = [(each.name, each.file) for each in rows if each.message == message]
    return {name: house.shelf.open(file).read_bytes() for name, file in found}


def test_the_files_of_a_message_that_is_not_kept_do_not_stay(mailbox: House) -> None:
    mail(mailbox, "Hello", "<1@shop>", sid="m1", raw=b"raw")
    mail(mailbox, "Hello", "<1@shop>", sid="m1", raw=b"raw")
    mail(mailbox, "Hello", "<1@shop>", sid="m2", raw=b"raw", address="nobody@acme.example")
    folder = mailbox.shelf.open(mailbox.shelf.put(b"x")).parent
    assert sorted(path.read_bytes() for path in folder.iterdir()) == [b"raw", b"x"]


def test_the_clock_of_a_provider_may_be_behind(house: House) -> None:
    house.say("Hello")
    house.clock.now -= timedelta(hours=1)
    house.say("A lamp")
    assert house.told()[1] == "You said A lamp."
