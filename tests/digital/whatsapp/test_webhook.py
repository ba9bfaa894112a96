"""Webhooks of WhatsApp, in the documented shapes."""

from pathlib import Path
from typing import Any

import pytest

from tests.digital.carrier.doors import Door, a_form
from tests.digital.carrier.golden import cases, expected

CASES = cases(Path(__file__).parent)
BOTH = {"From": "whatsapp:+15550123456", "To": "whatsapp:+15550100001"}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_documented_form_becomes_a_message(door: Door, case: Any) -> None:
    assert door.post(case["form"]).status_code == 200
    assert door.told.taken == [expected(case)]


def test_a_forged_message_is_refused(door: Door) -> None:
    assert door.post(a_form(**BOTH), token="x").status_code == 403
    assert door.told.taken == []


def test_half_a_place_is_no_place(door: Door) -> None:
    door.post(a_form(**BOTH, Body="", Latitude="1.5"))
    assert (door.told.taken[0].text, door.told.taken[0].details) == ("", {})


def test_the_text_counts_before_what_a_button_is_called(door: Door) -> None:
    door.post(a_form(**BOTH, Body="I'll take it", ButtonText="Book", ButtonPayload="b"))
    assert (door.told.taken[0].text, door.told.taken[0].choice) == ("I'll take it", "b")


def test_a_names_length_has_a_bound(door: Door) -> None:
    door.post(a_form(**BOTH, ProfileName="n" * 5_000))
    assert len(door.told.taken[0].name) == 1_000
