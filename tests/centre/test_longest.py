"""The longest time of calls: told to the carrier with every call, and with every <Dial>."""

from pathlib import Path
from typing import Any

from tests.centre.centre import ANN, Centre, centre_on
from tests.centre.test_api_flows import OFFICE, start
from tests.centre.test_outbound import ADA, asked, make_key
from tests.support.installation import NUMBER, ROOT

HOUR = 3600


def limits(centre: Centre) -> dict[str, str]:
    """The limit that the carrier was told, by the number called."""
    made = [one for one in centre.carrier.requests if one.path.endswith("/Calls.json")]
    return {one.form["To"]: one.form.get("TimeLimit", "") for one in made if one.method == "POST"}


def test_a_call_for_a_key_ends_after_an_hour(centre: Centre) -> None:
    asked(centre, make_key(centre))
    leg = centre.carrier.leg_to(ADA)
    leg.answer()
    centre.carrier.until(lambda: leg.verb == "Gather")
    centre.carrier.pass_time(HOUR)
    centre.carrier.until(lambda: leg.over)
    assert limits(centre) == {ADA: str(HOUR)}
    centre.carrier.settle()


def test_an_agents_leg_ends_after_four_hours(centre: Centre) -> None:
    centre.hire({"id": "ann", "address": ANN})
    agent = centre.joined(centre.call(), ANN)
    assert limits(centre) == {ANN: str(4 * HOUR)}
    agent.hang_up()


def test_those_who_were_put_through_are_parted(ready_url: str, tmp_path: Path) -> None:
    given: dict[str, Any] = {
        "call_limits_in_all": "minutes_per_call=30",
        "call_limits_per_key": "minutes_per_call=none",
    }
    with centre_on(ready_url, tmp_path, **given) as centre:
        centre.house.publish(ROOT / "examples" / "front-desk.yaml", NUMBER)
        caller = centre.call()
        centre.carrier.until(lambda: caller.verb == "Gather")
        caller.press("2")
        office = centre.carrier.leg_to("+15550100021")
        office.answer()
        centre.carrier.until(lambda: caller.hears(office))
        centre.carrier.pass_time(HOUR / 2)
        centre.carrier.until(lambda: office.over)
        centre.carrier.until(lambda: caller.over)
        assert caller.said().endswith("Thank you for calling.")


def test_a_forward_of_a_walk_that_a_key_began_has_the_keys_limit(centre: Centre) -> None:
    name = make_key(centre)
    start(centre, name, "dial-and-forward", {"number": ADA, "forward_to": OFFICE})
    leg = centre.carrier.leg_to(ADA)
    leg.answer()
    leg.press("1")
    office = centre.carrier.leg_to(OFFICE)
    answers = [one.reply.body for one in centre.carrier.sent if one.reply is not None]
    (told,) = [body for body in answers if b"<Dial" in body]
    assert b'timeLimit="3600"' in told
    office.busy()
