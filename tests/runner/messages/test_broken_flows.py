"""A flow that does not load any more loses no message, obeys a STOP, and leaves nobody waiting."""

from typing import Any

import pytest

from flow.errors import DocumentError
from runner.library import Library, MissingVersion
from tests.runner.messages.house import ANN, HELLO, OURS, House

BROKEN = HELLO.replace("component: ask\n    message: What", "component: gone\n    message: What")


@pytest.fixture(params=[DocumentError, MissingVersion])
def lost(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Take all flows away from the processes, as an upgrade or a restored database may."""

    def take_away() -> None:
        def never(*_given: Any) -> None:
            raise request.param("hello")

        monkeypatch.setattr(Library, "flow", never)
        monkeypatch.setattr(Library, "pin", never)

    return take_away


def opted_out(house: House) -> bool:
    with house.store.work() as work:
        return bool(work.opted_out("sms", OURS, ANN))


def test_a_flow_that_does_not_load_keeps_what_is_written_and_apologises(house: House) -> None:
    house.publish(BROKEN, OURS, f"sms:{OURS}")
    house.say("Hello?")
    assert house.told(direction="in") == ["Hello?"]
    assert len(house.told()) == 1
    assert house.thread().state == "closed"


def test_a_flow_that_does_not_load_obeys_a_stop(house: House) -> None:
    house.publish(BROKEN, OURS, f"sms:{OURS}")
    house.say("STOP")
    assert opted_out(house)


def test_a_flow_that_is_not_there_begins_nothing(house: House, lost: Any) -> None:
    lost()
    house.say("Hello?")
    assert house.told(direction="in") == ["Hello?"]
    assert (len(house.told()), house.thread().state) == (1, "closed")


def test_a_walk_whose_flow_is_gone_meanwhile_leaves_nobody_waiting(house: House, lost: Any) -> None:
    house.say("Hello?")
    before = house.told()
    lost()
    house.say("Are you there?")
    assert house.told(direction="in") == ["Hello?", "Are you there?"]
    assert len(house.told()) == len(before) + 1
    assert house.thread().state == "closed"


def test_a_stop_is_obeyed_in_a_walk_whose_flow_is_gone(house: House, lost: Any) -> None:
    house.say("Hello?")
    lost()
    house.say("STOP")
    assert opted_out(house)
