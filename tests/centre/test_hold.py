"""Hold, resume and end, by API."""

import pytest

from tests.centre.centre import Centre
from tests.centre.handled import Talk, begin


@pytest.fixture
def talk(centre: Centre) -> Talk:
    """A caller with Ann."""
    return begin(centre)


def test_a_held_contact_hears_music_and_not_the_agent(talk: Talk) -> None:
    assert talk.do("hold")["is_held"] is True
    talk.until(talk.held)
    assert not talk.ann.hears(talk.caller)
    assert not talk.caller.hears(talk.ann)
    talk.centre.carrier.pass_time(70)
    assert talk.centre.carrier.told("document", talk.caller.sid)[-1].url.startswith(
        "https://calls.example.com/ivr/hold/"
    )
    assert talk.do("hold")["is_held"] is True
    assert talk.do("resume")["is_held"] is False
    talk.until(lambda: talk.two(talk.ann))
    assert talk.do("resume")["is_held"] is False
    talk.ann.hang_up()
    talk.rate("ann")


def test_an_agent_who_leaves_a_held_contact_lets_the_walk_go_on(talk: Talk) -> None:
    talk.do("hold")
    talk.until(talk.held)
    talk.ann.hang_up()
    talk.rate("ann")
    assert talk.centre.state()["served"] == [("ann", "finished")]


def test_a_held_contact_who_leaves_frees_the_agent(talk: Talk) -> None:
    talk.do("hold")
    talk.until(talk.held)
    talk.caller.hang_up()
    talk.quiet()
    assert talk.centre.outcomes() == ["completed"]


def test_end_is_for_everybody_and_no_survey_follows(talk: Talk) -> None:
    talk.do("end")
    talk.quiet()
    assert "How was it" not in talk.caller.said()
    assert talk.centre.outcomes() == ["completed"]
    talk.refused(404, "hold")
    talk.refused(404, "end")


def test_what_is_no_conversation_is_not_found(talk: Talk) -> None:
    for action in ("hold", "resume", "complete", "cancel-transfer", "end"):
        talk.api.refused(404, "POST", f"/calls/nothing/{action}")
    assert "no transfer" in talk.refused(409, "cancel-transfer")["detail"]
    assert "nobody else" in talk.refused(409, "complete")["detail"]


@pytest.mark.parametrize(("status", "code"), [(500, 20500), (429, 20429)])
@pytest.mark.parametrize("path", [r"/Conferences\.json", r"/Participants\.json", r"/Participants/"])
def test_a_carrier_that_fails_is_asked_again(talk: Talk, path: str, status: int, code: int) -> None:
    for method in ("GET", "POST"):
        talk.centre.carrier.fail_next(method, path, status=status, code=code)
    talk.do("hold")
    talk.until(talk.held)
    talk.do("resume")
    talk.until(lambda: talk.two(talk.ann))


def test_an_answer_that_is_lost_changes_nothing(talk: Talk) -> None:
    talk.centre.carrier.act_then_time_out("POST", r"/Participants/", times=2)
    talk.do("hold")
    talk.until(talk.held)
    talk.do("resume")
    talk.until(lambda: talk.two(talk.ann))


def test_a_participant_who_is_gone_is_no_error(talk: Talk) -> None:
    talk.centre.carrier.fail_next("POST", r"/Participants/", status=404, code=20404)
    talk.centre.carrier.fail_next("POST", r"/Participants/", status=400, code=21220)
    talk.do("hold")
    talk.caller.hang_up()
    talk.quiet()
    dead = talk.centre.house.rows("SELECT id FROM lw_outbox WHERE state = 'dead'")
    assert dead == []
