"""Callers who are put through to one after another: the rule is asked for each when it is due."""

from pathlib import Path
from typing import Any

import pytest

from tests.centre.centre import Centre, centre_on
from tests.centre.test_api_flows import start
from tests.centre.test_outbound import ADA, exits, flask, make_key, refusals
from tests.standin.leg import Leg
from tests.support.installation import NUMBER, ROOT

FIRST, SECOND = "+15550100021", "+15550100022"


@pytest.fixture
def caller(centre: Centre) -> Leg:
    """A caller for whom the first telephone of the office rings."""
    centre.house.publish(ROOT / "examples" / "front-desk.yaml", NUMBER)
    caller = centre.call()
    centre.carrier.until(lambda: caller.verb == "Gather")
    caller.press("2")
    centre.carrier.leg_to(FIRST)
    return caller


def sorry(centre: Centre, caller: Leg) -> None:
    """The second telephone never rang, and the caller hears so."""
    centre.carrier.until(lambda: caller.over)
    assert centre.carrier.legs_to(SECOND) == []
    assert caller.said().endswith("Please try again later.")


def test_a_switch_thrown_while_the_first_rings_stops_the_second(
    centre: Centre, caller: Leg
) -> None:
    flask(centre, "stop")
    centre.carrier.leg_to(FIRST).no_answer()
    sorry(centre, caller)
    assert refusals(centre)[0][:4] == ["forward", "+15******022", "-", "kill_switch"]


def test_a_number_blocked_while_the_first_rings_is_not_called(centre: Centre, caller: Leg) -> None:
    flask(centre, "block", SECOND)
    centre.carrier.leg_to(FIRST).no_answer()
    sorry(centre, caller)
    assert refusals(centre)[0][3] == "do_not_call"


def test_one_that_may_not_be_called_is_left_out(centre: Centre) -> None:
    flask(centre, "block", FIRST)
    centre.house.publish(ROOT / "examples" / "front-desk.yaml", NUMBER)
    caller = centre.call()
    centre.carrier.until(lambda: caller.verb == "Gather")
    caller.press("2")
    centre.carrier.leg_to(SECOND).busy()
    centre.carrier.until(lambda: caller.over)
    assert centre.carrier.legs_to(FIRST) == []
    assert [row[1] for row in refusals(centre)] == ["+15******021"]


def test_each_of_a_sequence_counts_for_the_key_when_its_turn_comes(
    ready_url: str, tmp_path: Path
) -> None:
    given: dict[str, Any] = {"call_limits_per_key": "per_hour=2,per_second=none"}
    with centre_on(ready_url, tmp_path, calls_per_second=100, **given) as centre:
        name = make_key(centre)
        path = ROOT / "examples" / "dial-and-forward.yaml"
        once = "    component: forward_call\n"
        centre.house.publish(path, replacing={once: f"{once}    strategy: sequence\n"})
        inputs = {"number": ADA, "forward_to": f"{FIRST}, {SECOND}"}
        answer = start(centre, name, "dial-and-forward", inputs)
        leg = centre.carrier.leg_to(ADA)
        leg.answer()
        leg.press("1")
        centre.carrier.leg_to(FIRST).busy()
        assert "busy" in exits(centre, name, answer.json["interaction_id"])
        assert centre.carrier.legs_to(SECOND) == []
        assert refusals(centre)[0][3:] == ["key_limit", "calls per hour: 2 of 2 used"]


def test_what_those_put_through_have_talked_counts_for_the_key(
    ready_url: str, tmp_path: Path
) -> None:
    """Else a leaked key could have the dearest numbers talked to, at the price of the cheapest."""
    tariff = tmp_path / "tariff.csv"
    tariff.write_text(f"+1,0.01\n{FIRST},1\n", "utf-8")
    given: dict[str, Any] = {
        "call_limits_per_key": "spend_per_day=5,per_second=none",
        "call_tariff": str(tariff),
    }
    with centre_on(ready_url, tmp_path, calls_per_second=100, **given) as centre:
        name = make_key(centre)
        assert forwarded(centre, name, seconds=250) == "finished"
        costs = "SELECT seconds, cost FROM lw_dialled"
        centre.carrier.until(lambda: (250, 5.0) in centre.house.rows(costs))
        assert forwarded(centre, name) == "refused"
        assert "spend per day" in refusals(centre)[0][4]


def forwarded(centre: Centre, key: str, seconds: int = 0) -> str:
    """Have somebody called and put through, who talks for so long; the exit of the step."""
    inputs = {"number": ADA, "forward_to": FIRST}
    answer = start(centre, key, "dial-and-forward", inputs)
    interaction = answer.json["interaction_id"]
    if seconds:
        leg = centre.carrier.leg_to(ADA)
        leg.answer()
        leg.press("1")
        office = centre.carrier.leg_to(FIRST)
        office.answer()
        centre.carrier.until(lambda: leg.hears(office))
        centre.carrier.pass_time(seconds)
        office.hang_up()
    return next(word for word in exits(centre, key, interaction) if word in {"finished", "refused"})
