"""An erased contact stays erased: here, at the carrier, and whatever comes late."""

from pathlib import Path

import pytest

from tests.keeping.commands import done
from tests.messages.town import ANN, OURS, Town

THANKS = Path(__file__).parent / "thanks.yaml"


@pytest.fixture
def erased(town: Town) -> Town:
    """Ann wrote with a picture, was answered, and was erased."""
    town.house.publish(THANKS, f"sms:{OURS}")
    town.house.house.library.bind(f"sms:{OURS}", "thanks", town.clock())
    town.carrier.text(OURS, "My lamp is broken", ANN, files=[("image/png", b"picture")])
    town.carrier.settle()
    town.carrier.until(lambda: [each for each in town.carrier.texts if each.to == ANN])
    town.carrier.settle()
    town.carrier.until(lambda: town.states() == [("sms", "closed")])
    town.until_sent()
    done(town.house, "contacts", "erase", ANN, "--yes")
    return town


def test_the_carrier_has_nothing_of_an_erased_contact(erased: Town) -> None:
    assert erased.states() == []
    assert len(erased.carrier.texts) == 2
    erased.later(60)
    erased.carrier.until(lambda: not erased.carrier.texts)


def test_a_late_repeat_brings_nothing_back(erased: Town) -> None:
    (arrival,) = [one for one in erased.carrier.sent if one.form.get("SmsStatus") == "received"]
    assert erased.carrier.resend(arrival).status == 200
    assert erased.states() == []
    media = erased.house.settings.data_dir / "media"
    assert list(media.iterdir()) == []


def test_what_the_carrier_still_lists_brings_nothing_back(erased: Town) -> None:
    telephony = erased.house.telephony
    missed = telephony.digital.missed(telephony.messaging.inbox)
    assert missed is not None
    erased.later(120)
    assert missed.round() == 0
    assert erased.states() == []
