"""How a test waits: for facts, for quiet, for the carrier's own time; and what is left behind."""

import threading
from collections.abc import Mapping

import pytest

from tests.standin import Standin, stand_in
from tests.standin.product import NUMBER, Product
from tests.support.transport import Reply


def test_until_gives_the_fact(carrier: Standin, product: Product) -> None:
    product.says("/ivr/voice", "<Say>Hello.</Say><Gather timeout='60'/>")
    leg = carrier.call(NUMBER)
    assert carrier.until(leg.said) == "Hello."


def test_what_does_not_come_is_told_with_the_story(carrier: Standin, product: Product) -> None:
    product.says("/ivr/voice", "<Gather timeout='60'/>")
    product.says("/ivr/status", (500, ""))
    leg = carrier.call(NUMBER)
    carrier.settle()
    leg.hang_up()
    carrier.call(NUMBER)
    carrier.settle()
    with pytest.raises(AssertionError) as caught:
        carrier.until(lambda: False, seconds=0.01)
    story = str(caught.value)
    assert f"inbound {leg.sid[-4:]} to {NUMBER}: completed in -/-" in story
    assert "in-progress in Gather/-" in story
    assert "/ivr/status -> 500" in story
    assert "code=15003" in story


def test_a_pause_of_a_legs_own_document_takes_little_real_time(
    carrier: Standin, product: Product
) -> None:
    hold = "<Pause length='1'/><Redirect>/again</Redirect>"
    product.says("/ivr/voice", hold)
    product.says("/again", hold, hold, "<Say>Ready.</Say><Gather timeout='60'/>")
    leg = carrier.call(NUMBER)
    carrier.until(lambda: leg.verb == "Gather")
    assert leg.heard == [("pause", 1.0)] * 3 + [("say", "Ready.")]


def test_or_it_waits_until_the_test_lets_time_pass(carrier: Standin, product: Product) -> None:
    carrier.hurry(None)
    hold = "<Pause length='2'/><Redirect>/again</Redirect>"
    product.says("/ivr/voice", hold)
    product.says("/again", hold, hold, "<Gather timeout='60'/>")
    leg = carrier.call(NUMBER)
    carrier.settle()
    assert product.forms("/again") == []
    carrier.until(lambda: leg.verb == "Gather", passing=1)
    assert len(product.forms("/again")) == 3


def test_time_moves_every_leg_in_the_order_of_what_is_due(
    carrier: Standin, product: Product
) -> None:
    product.says("/ivr/voice", "<Gather timeout='7'/><Say>Late.</Say>", "<Gather timeout='3'/>")
    late = carrier.call(NUMBER)
    carrier.settle()
    early = carrier.call(NUMBER)
    carrier.settle()
    carrier.pass_time(3)
    assert (late.verb, early.status) == ("Gather", "completed")
    carrier.pass_time(4)
    assert (late.said(), late.seconds, early.seconds) == ("Late.", 7, 3)


def test_nothing_is_left_behind() -> None:
    before = set(threading.enumerate())
    with stand_in() as carrier:
        assert len(threading.enumerate()) > len(before)
        assert carrier.legs == []
    assert set(threading.enumerate()) == before


def call_into_nothing() -> None:
    with stand_in() as carrier:
        carrier.script(NUMBER, [])
        carrier.connect(Broken(), "https://calls.example.com")
        carrier.call(NUMBER)
        carrier.settle()


class Broken:
    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        raise RuntimeError("a mistake")


def test_a_mistake_of_the_product_comes_to_light_at_the_end() -> None:
    with pytest.raises(AssertionError, match="a mistake"):
        call_into_nothing()
