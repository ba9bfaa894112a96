"""What came while nobody was there is found in the carrier's list."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from digital.carrier.messages import Messages
from digital.sms.missed import Missed
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
        self.missed = Missed(
            messages, self.ours, self.take, lambda _address: True, lambda: self.now
        )

    def ours(self) -> Sequence[str]:
        return [OURS, WHATSAPP]

    def take(self, incoming: Incoming) -> Taken:
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
