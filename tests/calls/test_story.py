"""Single stories: what a caller hears, what is kept, and what is sent outside."""

from tests.support.far_end import FarEnd
from tests.support.installation import Installation


def test_a_look_up_in_time_is_answered_at_once(house: Installation, crm: FarEnd) -> None:
    call = house.call().arrive()
    assert call.heard == "Main menu."
    call.press("1")
    assert "Hello Ada." in call.heard
    assert house.steps(call) == [("menu", "account"), ("look-up", "success"), ("found", "done")]
    call.press("0")
    assert call.heard == "Goodbye."
    assert call.over
    assert house.run(call).status == "ended"
    assert len(crm.asked()) == 1
