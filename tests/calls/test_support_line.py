"""The example of the first page, from the first ring to the last: what the issue asks to work."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support.carrier import Call
from tests.support.far_end import FarEnd
from tests.support.installation import NUMBER, Clock, Installation, installation

ROOT = Path(__file__).parents[2]
MONDAY = datetime(2026, 3, 2, 11, 30, tzinfo=UTC)
"""In Lisbon as well: eleven thirty, when somebody is there."""


@pytest.fixture
def line(ready_url: str, tmp_path: Path, crm: FarEnd, rest: FarEnd) -> Iterator[Installation]:
    """The support line at a fixed time, with a CRM."""
    crm.answers = {
        r"GET /accounts/123456 ": [{"name": "Ada", "balance": 40}],
        r"GET /accounts/": [404],
    }
    given: dict[str, Any] = {"egress_allow": crm.host, "twilio_api_url": rest.base}
    with installation(ready_url, tmp_path, Clock(MONDAY), **given) as made:
        example = ROOT / "examples" / "support-line.yaml"
        made.publish(example, NUMBER, replacing={"http://127.0.0.1:8099": crm.base})
        yield made


def survey(call: Call, service: str, solved: str, recommend: str) -> Call:
    """Answer the three questions."""
    return call.press(service).press(solved).press(recommend)


def test_a_caller_finds_the_account_and_rates_the_service(line: Installation, crm: FarEnd) -> None:
    call = line.call().arrive()
    assert call.heard == (
        "Welcome to Acme. For English press 1. | Pour le français, appuyez sur le 2."
    )
    call.press("7")
    assert "For English press 1" in call.heard
    call.press("1")
    assert call.heard.startswith("Our team is here for you. | For your account press 1")
    call.press("8")
    assert call.heard.startswith("Sorry, that is not an option. | For your account press 1")
    call.press("1")
    assert call.heard.startswith("Please enter your six digit account number")
    call.press("123456#")
    assert call.heard.startswith("Thank you, Ada. Your balance is 40 euros. | How was our service")
    survey(call, "5", "1", "10#")
    assert call.heard.endswith("Thank you for calling. Goodbye.")
    assert call.over
    call.report("completed")
    assert line.steps(call) == [
        ("language", "english"),
        ("hours", "open"),
        ("greeting", "done"),
        ("main-menu", "account"),
        ("account-number", "collected"),
        ("look-up", "success"),
        ("account-found", "done"),
        ("survey-service", "answered"),
        ("survey-solved", "answered"),
        ("survey-recommend", "answered"),
        ("goodbye", "done"),
        ("the-end", ""),
    ]
    run = line.run(call)
    assert (run.status, run.business_hours) == ("ended", "in")
    answers = line.house.past.survey_answers(run.id)
    assert [(a.survey, a.step, a.metric, a.score) for a in answers] == [
        ("support", "survey-service", "csat", 5.0),
        ("support", "survey-solved", "none", 1.0),
        ("support", "survey-recommend", "nps", 10.0),
    ]
    assert all(step.left >= step.entered for step in line.house.past.steps(run.id))
    assert len(crm.asked()) == 1


def test_a_french_caller_without_an_account_leaves_a_message(line: Installation) -> None:
    call = line.call().arrive().say("en français s'il vous plaît")
    assert "Notre équipe est à votre écoute." in call.heard
    call.say("compte").press("654321")
    assert "Nous ne trouvons pas ce compte." in call.heard
    assert call.waits == "Record"
    call.speak(12)
    assert "De 1 pour mauvais" in call.heard
    call.press("4").hang_up()
    assert ("voicemail", "recorded") in line.steps(call)
    assert line.run(call).outcome == "hung_up"


def test_a_caller_at_night_hears_so_and_one_who_says_nothing_is_let_go(
    line: Installation,
) -> None:
    assert isinstance(line.clock, Clock)
    line.clock.fixed = datetime(2026, 3, 2, 22, 0, tzinfo=UTC)
    call = line.call().arrive().press("1")
    assert "Our office is closed." in call.heard
    call.speak(0)
    assert call.heard.endswith("Goodbye.")
    assert call.over
    line.clock.fixed = MONDAY
    silent = line.call().arrive().silence().silence()
    for _ in range(3):
        silent.silence()
    assert silent.over
    assert line.steps(silent)[0] == ("language", "timeout")
    assert ("main-menu", "timeout") in line.steps(silent)


def test_a_call_stays_on_the_version_it_began_with(line: Installation) -> None:
    before = line.call().arrive()
    example = ROOT / "examples" / "support-line.yaml"
    line.publish(example, replacing={"Our team is here": "Our new team is here"})
    after = line.call().arrive()
    assert "Our team is here" in before.press("1").heard
    assert "Our new team is here" in after.press("1").heard
    line.house.library.publish_version("support-line", 1)
    assert "Our team is here" in line.call().arrive().press("1").heard
    assert after.press("1").waits == "Gather"
