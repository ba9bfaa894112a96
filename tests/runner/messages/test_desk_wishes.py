"""A wish that is refused costs the desk nothing; a half-made change is forgotten."""

from pathlib import Path

import pytest

from desk import texts
from desk.agents import Agent
from desk.handling import NotNow
from runner.desk import Desk, Open
from runner.media import MediaShelf
from store.memory import MemoryStore
from tests.runner.messages.house import House
from tests.runner.walks import NOON

ANN = Agent("ann", "Ann", "+15550123456", presence="available", since=NOON)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk that knows one agent."""
    made = House(MemoryStore(), MediaShelf(tmp_path / "media", set)).process.desk
    with made.change() as opened:
        opened.floor.put_agent(ANN)
    return made


def _put_and_refuse(opened: Open) -> None:
    opened.floor.put_agent(Agent("bob", "Bob", "+15550123457", since=NOON))
    raise NotNow("after all not")


def test_a_refused_wish_has_nothing_read_anew(desk: Desk) -> None:
    known = desk._floor
    with pytest.raises(NotNow), desk.change() as opened:
        texts.take(opened.floor, "nothing", "ann", "a1", opened.at)
    assert desk._floor is known
    with desk.change() as opened:
        assert set(opened.floor.agents) == {"ann"}


def test_what_a_refused_wish_had_changed_is_forgotten(desk: Desk) -> None:
    with pytest.raises(NotNow), desk.change() as opened:
        _put_and_refuse(opened)
    with desk.change() as opened:
        assert set(opened.floor.agents) == {"ann"}
