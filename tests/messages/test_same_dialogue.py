"""One flow holds the same dialogue by SMS, WhatsApp, web chat and e-mail."""

import pytest

from tests.messages.town import Town

CHANNELS = ["sms", "whatsapp", "chat", "email"]


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_same_flow_talks_by_every_channel(town: Town, channel: str) -> None:
    town.publish("auto-reply")
    ann = town.contact(channel)
    ann.say("Good morning")
    asked = town.until_heard(ann, 1)[0]
    assert "Welcome to Acme. What is it about?" in asked
    assert all(label in asked for label in ("Help with a product", "An invoice", "Opening hours"))
    ann.say("What do you mean?")
    again = town.until_heard(ann, 2)[1]
    assert again.startswith("Sorry, I did not understand that.")
    ann.say("3")
    assert "We are here from Monday to Friday, 9 to 18." in town.until_heard(ann, 3)[2]
    assert town.states() == [(channel, "closed")]
