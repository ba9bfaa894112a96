"""Transfers, warm and blind, to agents, ring groups and outside; whoever hangs up, whenever."""

from typing import Any

import pytest

from tests.centre.centre import ANN, BOB, Centre
from tests.centre.handled import OUTSIDE, Talk, begin
from tests.standin.leg import Leg

TARGETS = [
    ({"agent": "bob"}, BOB),
    ({"ring_group": "support"}, BOB),
    ({"number": OUTSIDE}, OUTSIDE),
]


@pytest.fixture
def talk(centre: Centre) -> Talk:
    """A caller with Ann; Bob is free."""
    return begin(centre)


def warm(talk: Talk, to: dict[str, Any] | None = None) -> None:
    """Ask for a warm transfer; the contact hears music."""
    told = talk.do("transfer", {"kind": "warm", **(to or {"agent": "bob"})})
    assert (told["transfer"], told["is_held"]) == ("warm", True)
    talk.until(talk.held)


def consulted(talk: Talk, to: dict[str, Any] | None = None, number: str = BOB) -> Leg:
    """Ann and the other one speak, and the contact does not hear them."""
    warm(talk, to)
    other = talk.takes(number)
    talk.until(lambda: talk.ann.hears(other) and other.hears(talk.ann))
    assert not talk.caller.hears(other)
    assert talk.held()
    return other


def served(talk: Talk) -> list[Any]:
    found: list[Any] = talk.centre.state()["served"]
    return found


@pytest.mark.parametrize(("to", "number"), TARGETS)
@pytest.mark.parametrize("by_api", [True, False])
def test_a_warm_transfer_leaves_the_contact_to_the_other(
    talk: Talk,
    to: dict[str, Any],
    number: str,
    by_api: bool,  # noqa: FBT001  which way it is completed
) -> None:
    other = consulted(talk, to, number)
    if by_api:
        talk.do("complete")
    else:
        talk.ann.hang_up()
    talk.until(lambda: talk.ann.over and talk.two(other))
    assert talk.agents()["ann"] == "available"
    other.hang_up()
    talk.rate("ann" if number == OUTSIDE else "bob")
    assert served(talk) == [("ann", "finished"), ("" if number == OUTSIDE else "bob", "finished")]


@pytest.mark.parametrize("end", ["busy", "no_answer", "fail"])
@pytest.mark.parametrize(("to", "number"), [TARGETS[0], TARGETS[2]])
def test_a_warm_transfer_that_nobody_takes_brings_the_contact_back(
    talk: Talk, to: dict[str, Any], number: str, end: str
) -> None:
    warm(talk, to)
    getattr(talk.centre.carrier.leg_to(number), end)()
    talk.until(lambda: talk.two(talk.ann))
    talk.ann.hang_up()
    talk.rate("ann")


def test_a_declined_transfer_brings_the_contact_back(talk: Talk) -> None:
    warm(talk)
    bob = talk.centre.carrier.leg_to(BOB)
    bob.answer()
    talk.until(lambda: "A call from Ann." in bob.said())
    bob.press("7")
    talk.until(lambda: talk.two(talk.ann))
    assert talk.agents()["bob"] == "available"


def test_a_transfer_is_called_off_while_it_rings_and_after(talk: Talk) -> None:
    warm(talk)
    bob = talk.centre.carrier.leg_to(BOB)
    assert talk.do("cancel-transfer")["is_held"] is False
    talk.until(lambda: bob.over and talk.two(talk.ann))
    bob = consulted(talk)
    talk.do("cancel-transfer")
    talk.until(lambda: bob.over and talk.two(talk.ann))
    talk.until(lambda: talk.agents()["bob"] == "available")


def test_who_was_asked_leaves_and_the_contact_is_back(talk: Talk) -> None:
    bob = consulted(talk)
    bob.hang_up()
    talk.until(lambda: talk.two(talk.ann))
    talk.caller.hang_up()
    talk.quiet()


@pytest.mark.parametrize("joined", [True, False])
def test_a_contact_who_hangs_up_during_a_transfer_ends_it_for_all(
    talk: Talk,
    joined: bool,  # noqa: FBT001  whether Bob is there
) -> None:
    if joined:
        consulted(talk)
    else:
        warm(talk)
        talk.centre.carrier.leg_to(BOB)
    talk.caller.hang_up()
    talk.quiet()
    assert talk.centre.outcomes() == ["completed"]


def test_an_agent_who_leaves_before_the_other_has_answered(talk: Talk) -> None:
    warm(talk)
    talk.ann.hang_up()
    talk.until(lambda: talk.agents()["ann"] == "available")
    assert talk.held()
    bob = talk.takes()
    talk.until(lambda: talk.two(bob))
    bob.hang_up()
    talk.rate("bob")


def test_all_three_speak_when_the_contact_comes_back(talk: Talk) -> None:
    bob = consulted(talk)
    talk.do("resume")
    talk.until(lambda: talk.caller.hears(bob) and talk.caller.hears(talk.ann))
    bob.hang_up()
    talk.until(lambda: talk.two(talk.ann))


@pytest.mark.parametrize(("to", "number"), TARGETS)
def test_somebody_is_added_and_any_may_leave(talk: Talk, to: dict[str, Any], number: str) -> None:
    talk.do("add", to)
    other = talk.takes(number)
    talk.until(lambda: talk.caller.hears(other) and other.hears(talk.ann))
    talk.until(lambda: talk.ann.participant is not None and not talk.ann.participant.ends)
    talk.ann.hang_up()
    talk.until(lambda: talk.two(other))
    talk.caller.hang_up()
    talk.quiet()


@pytest.mark.parametrize(("to", "number"), TARGETS)
def test_a_blind_transfer_frees_the_agent_at_once(
    talk: Talk, to: dict[str, Any], number: str
) -> None:
    talk.do("transfer", {"kind": "blind", **to})
    talk.until(lambda: talk.ann.over and talk.held())
    assert talk.agents()["ann"] == "available"
    other = talk.takes(number)
    talk.until(lambda: talk.two(other))
    other.hang_up()
    talk.rate("ann" if number == OUTSIDE else "bob")


@pytest.mark.parametrize(("to", "number"), [TARGETS[0], TARGETS[2]])
def test_a_blind_transfer_that_nobody_takes_is_an_accident(
    talk: Talk, to: dict[str, Any], number: str
) -> None:
    talk.do("transfer", {"kind": "blind", **to})
    talk.until(lambda: talk.ann.over)
    talk.centre.staff.choose("ann", "away")
    talk.centre.carrier.leg_to(number).no_answer()
    talk.until(lambda: talk.caller.verb == "Enqueue")
    talk.centre.joined(talk.caller, BOB).hang_up()
    talk.rate("bob")


def test_a_contact_who_hangs_up_during_a_blind_transfer(talk: Talk) -> None:
    talk.do("transfer", {"kind": "blind", "agent": "bob"})
    bob = talk.centre.carrier.leg_to(BOB)
    talk.until(lambda: talk.ann.over)
    talk.caller.hang_up()
    talk.until(lambda: bob.over)
    talk.quiet()


def test_a_group_without_anybody_free_gives_the_contact_back_in_time(talk: Talk) -> None:
    talk.centre.staff.choose("bob", "away")
    warm(talk, {"ring_group": "support"})
    talk.centre.later(121)
    talk.until(lambda: talk.two(talk.ann))


def test_a_third_transfer_goes_on_from_the_second_agent(talk: Talk) -> None:
    bob = consulted(talk)
    talk.do("complete")
    talk.until(lambda: talk.ann.over and talk.two(bob))
    (call,) = talk.centre.house.rows("SELECT id FROM lw_assignments WHERE agent = 'bob'")[0]
    told = talk.api.send("POST", f"/calls/{call}/transfer", json={"kind": "blind", "agent": "ann"})
    assert told.status_code == 202
    ann = talk.takes(ANN)
    talk.until(lambda: bob.over and talk.two(ann))
    ann.hang_up()
    talk.rate("ann")


def test_end_during_a_transfer_ends_it_for_all(talk: Talk) -> None:
    consulted(talk)
    talk.do("end")
    talk.quiet()


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"kind": "warm", "agent": "zoe"}, 422, "agent"),
        ({"kind": "warm", "agent": "ann"}, 409, "agent"),
        ({"kind": "warm", "ring_group": "sales"}, 422, "ring_group"),
        ({"kind": "blind", "number": "+37127777777"}, 422, "number"),
        ({"kind": "blind", "number": "911"}, 422, "number"),
        ({"kind": "cold", "agent": "bob"}, 400, "kind"),
        ({"agent": "bob"}, 400, "kind"),
        ({"kind": "warm", "agent": "bob", "number": OUTSIDE}, 400, ""),
        ({"kind": "warm"}, 400, ""),
    ],
)
def test_what_is_wrong_with_a_transfer_is_named(
    talk: Talk, body: dict[str, Any], status: int, field: str
) -> None:
    told = talk.refused(status, "transfer", body)
    assert [error["field"] for error in told["errors"]] == [field]
    assert talk.two(talk.ann)


def test_two_transfers_at_a_time_are_refused(talk: Talk) -> None:
    warm(talk)
    for action, body in (("transfer", {"kind": "warm", "agent": "sue"}), ("add", {"agent": "sue"})):
        assert "already" in talk.refused(409, action, body)["detail"]
    talk.takes()
    told = talk.refused(409, "transfer", {"kind": "warm", "agent": "sue"})
    assert "others are there" in told["detail"]


@pytest.mark.parametrize(("status", "code"), [(500, 20500), (429, 20429), (404, 20404)])
def test_a_carrier_that_fails_in_the_middle(talk: Talk, status: int, code: int) -> None:
    talk.centre.carrier.fail_next("POST", r"/Participants/", status=status, code=code)
    talk.do("transfer", {"kind": "warm", "agent": "bob"})
    bob = talk.takes()
    talk.centre.carrier.fail_next("POST", r"/Participants/", status=status, code=code)
    talk.do("complete")
    talk.until(lambda: talk.ann.over and talk.caller.hears(bob))
    bob.hang_up()
    talk.until(lambda: talk.agents()["bob"] == "available")
    talk.centre.later(5)  # where the room was not told that two are left, the worker fetches
    talk.rate("bob")
