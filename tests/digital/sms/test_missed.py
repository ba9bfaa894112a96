"""What came while nobody was there is found in the carrier's list."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from digital.carrier.messages import Messages
from digital.sms.missed import Here, Missed
from runner.errors import CarrierError
from runner.messages.channels import Incoming, Taken
from tests.digital.carrier.doors import OURS, THEIRS
from tests.standin import Standin
from tests.standin.product import Product

WHATSAPP = f"whatsapp:{OURS}"


class Shop:
    """A product's door that knows what it has, and a clock a test moves."""

    def __init__(self, messages: Messages) -> None:
        self.now = datetime.now(UTC) + timedelta(minutes=2)
        self.taken: list[Incoming] = []
        self.known: set[str] = set()
        self.bound = self.now - timedelta(days=9)
        self.poison = ""
        here = Here(self.ours, self.having)
        self.missed = Missed(messages, here, self.take, lambda _address: True, lambda: self.now)

    def ours(self) -> Mapping[str, datetime]:
        return dict.fromkeys([OURS, WHATSAPP], self.bound)

    def having(self, sids: Sequence[str]) -> set[str]:
        return self.known & set(sids)

    def take(self, incoming: Incoming) -> Taken:
        if incoming.text == self.poison:
            raise ValueError(incoming.text)
        repeated = incoming.sid in self.known
        self.known.add(incoming.sid)
        if not repeated:
            self.taken.append(incoming)
        return Taken("c1", "m1", repeated=repeated)


@pytest.fixture
def shop(messages: Messages) -> Shop:
    return Shop(messages)


def test_what_was_missed_is_taken_once_and_in_order(
    carrier: Standin, product: Product, shop: Shop
) -> None:
    product.says("/digital/sms", (503, ""))
    first = carrier.text(OURS, "One")
    first.sent = first.created - timedelta(minutes=3)
    second = carrier.text(WHATSAPP, "Two", f"whatsapp:{THEIRS}")
    carrier.text("+15550100099", "Not ours")
    third = carrier.text(OURS, "STOP", files=[("image/png", b"png")])
    carrier.settle()
    shop.known.add(second.sid)
    assert shop.missed.round() == 2
    assert [each.text for each in shop.taken] == ["One", "STOP"]
    one, stop = shop.taken
    assert (one.channel, one.address, one.peer, one.sid) == ("sms", OURS, THEIRS, first.sid)
    assert one.at == first.sent.replace(microsecond=0)
    assert stop.details == {"answered": True}
    assert stop.files[0].source == f"{third.sid}/{third.pieces[0].sid}"
    assert stop.files[0].type == "image/png"
    assert shop.missed.round() == 0


def test_messages_of_whatsapp_come_as_such(carrier: Standin, shop: Shop) -> None:
    carrier.text(WHATSAPP, "Two", f"whatsapp:{THEIRS}")
    carrier.settle()
    assert shop.missed.round() == 1
    assert (shop.taken[0].channel, shop.taken[0].peer) == ("whatsapp", THEIRS)


def test_what_we_sent_and_what_just_came_are_left_alone(carrier: Standin, shop: Shop) -> None:
    shop.now = datetime.now(UTC)
    carrier.text(OURS, "Just now")
    carrier.settle()
    assert shop.missed.round() == 0
    shop.now += timedelta(minutes=2)
    assert shop.missed.round() == 1


def test_a_round_that_failed_is_made_up_for(carrier: Standin, shop: Shop) -> None:
    text = carrier.text(OURS, "Hello?")
    carrier.settle()
    assert text.sent is not None
    text.sent -= timedelta(hours=5)
    carrier.fail_next("GET", r"/Messages\.json$", status=503)
    with pytest.raises(CarrierError):
        shop.missed.round()
    shop.now += timedelta(hours=1)
    assert shop.missed.round() == 1


def test_what_is_older_than_a_look_back_stays_where_it_is(carrier: Standin, shop: Shop) -> None:
    text = carrier.text(OURS, "Long ago")
    carrier.settle()
    assert text.sent is not None
    text.sent -= timedelta(hours=25)
    assert shop.missed.round() == 0


def test_a_message_that_cannot_be_taken_keeps_no_other_from_it(
    carrier: Standin, shop: Shop
) -> None:
    shop.poison = "Poison"
    carrier.text(OURS, "Poison")
    carrier.text(OURS, "Hello?")
    carrier.settle()
    assert shop.missed.round() == 1
    assert [each.text for each in shop.taken] == ["Hello?"]
    assert shop.missed.round() == 0


def test_files_of_what_is_known_are_not_asked_for(carrier: Standin, shop: Shop) -> None:
    text = carrier.text(OURS, "Look", files=[("image/png", b"png")])
    carrier.settle()
    shop.known.add(text.sid)
    assert shop.missed.round() == 0
    assert not [asked for asked in carrier.requests if "/Media" in asked.path]


def test_what_came_before_the_address_was_bound_is_for_somebody_else(
    carrier: Standin, shop: Shop
) -> None:
    before, after = carrier.text(OURS, "Yesterday"), carrier.text(OURS, "Today")
    carrier.settle()
    before.sent, after.sent = (shop.now - timedelta(hours=hours) for hours in (20, 1))
    shop.bound = shop.now - timedelta(hours=2)
    assert shop.missed.round() == 1
    assert [each.text for each in shop.taken] == ["Today"]


def test_a_list_of_several_pages_is_read_to_its_end(
    carrier: Standin, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digital.carrier.messages.PAGE", 2)
    for number in range(5):
        carrier.text(OURS, f"Message {number}")
    carrier.settle()
    assert shop.missed.round() == 5
