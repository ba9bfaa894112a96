"""Supervisors listen, whisper and speak; whoever of them leaves ends nothing."""

from typing import Any

import pytest

from tests.centre.centre import Centre
from tests.centre.handled import SUE, Talk, begin
from tests.standin.leg import Leg


@pytest.fixture
def talk(centre: Centre) -> Talk:
    """A caller with Ann; Sue may supervise."""
    return begin(centre)


def watched(talk: Talk, mode: str) -> Leg:
    """Sue is in the room."""
    told = talk.do("supervise", {"agent": "sue", "mode": mode})
    assert told["supervisors"] == [{"agent": "sue", "mode": mode}]
    sue = talk.takes(SUE)
    talk.until(lambda: sue.hears(talk.caller) and sue.hears(talk.ann))
    return sue


def heard_by(talk: Talk, sue: Leg) -> tuple[bool, bool]:
    """Whether Ann and the caller hear Sue."""
    return talk.ann.hears(sue), talk.caller.hears(sue)


MODES = [("listen", (False, False)), ("whisper", (True, False)), ("barge", (True, True))]


@pytest.mark.parametrize(("mode", "heard"), MODES)
def test_who_hears_the_supervisor(talk: Talk, mode: str, heard: Any) -> None:
    sue = watched(talk, mode)
    assert heard_by(talk, sue) == heard
    assert talk.agents()["sue"] == "busy"
    sue.hang_up()
    talk.until(lambda: talk.agents()["sue"] == "available")
    assert talk.two(talk.ann)
    talk.ann.hang_up()
    talk.rate("ann")


def test_the_supervisor_changes_from_one_to_the_other(talk: Talk) -> None:
    sue = watched(talk, "listen")
    for mode, heard in (*MODES[1:], *MODES):
        talk.do("supervise", {"agent": "sue", "mode": mode})
        talk.until(lambda: heard_by(talk, sue) == heard)  # noqa: B023  called at once
    assert len(talk.centre.carrier.legs_to(SUE)) == 1


@pytest.mark.parametrize("first", ["ann", "caller"])
def test_the_end_of_the_conversation_ends_the_supervision(talk: Talk, first: str) -> None:
    sue = watched(talk, "barge")
    getattr(talk, first).hang_up()
    talk.until(lambda: sue.over and talk.agents()["sue"] == "available")
    if first == "ann":
        talk.rate("ann")
    talk.quiet()


def test_a_whisper_follows_the_conversation_to_the_next_agent(talk: Talk) -> None:
    sue = watched(talk, "whisper")
    talk.do("transfer", {"kind": "blind", "agent": "bob"})
    bob = talk.takes()
    talk.until(lambda: talk.ann.over and bob.hears(sue) and talk.two(bob))
    assert not talk.caller.hears(sue)


def test_a_supervisor_who_does_not_come_is_free_again(talk: Talk) -> None:
    talk.do("supervise", {"agent": "sue", "mode": "listen"})
    talk.centre.carrier.leg_to(SUE).no_answer()
    talk.until(lambda: talk.agents()["sue"] == "available")
    talk.do("supervise", {"agent": "sue", "mode": "listen"})
    sue = talk.centre.carrier.leg_to(SUE)
    sue.answer()
    sue.press("2")
    talk.until(lambda: sue.over and talk.agents()["sue"] == "available")
    assert talk.two(talk.ann)


def test_supervision_needs_its_own_permission_and_is_written_down(talk: Talk) -> None:
    path, body = f"/calls/{talk.call}/supervise", {"agent": "sue", "mode": "listen"}
    for scope in ("calls:create", "read"):
        talk.api.refused(403, "POST", path, json=body, key=talk.api.new_key(scope))
    assert talk.centre.carrier.legs_to(SUE) == []
    told = talk.refused(422, "supervise", {"agent": "zoe", "mode": "listen"})
    assert [error["field"] for error in told["errors"]] == ["agent"]
    talk.refused(409, "supervise", {"agent": "ann", "mode": "listen"})
    watched(talk, "listen")
    rows = talk.centre.house.rows("SELECT action, subject FROM lw_audit")
    assert rows[-1] == ("calls.supervise", talk.call)
