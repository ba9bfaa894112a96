"""`split` gives every branch its share, and the same person the same branch."""

from collections import Counter
from typing import Any

import pytest

from tests.flow.building import flow_of, menu, started, step_of

BRANCHES = [{"exit": "few", "weight": 1}, {"exit": "many", "weight": 3}]


def _taken(branches: list[dict[str, Any]], by: str, **run: Any) -> str:
    exits = dict.fromkeys([branch["exit"] for branch in branches], "ask")
    flow = flow_of({"it": step_of("split", exits, branches=branches, by=by), "ask": menu()})
    return started(flow, **run).history[0].exit


@pytest.mark.parametrize("by", ["contact", "random"])
def test_shares_follow_the_weights(by: str) -> None:
    runs = ({"id": f"run-{i}", "contact": {"number": f"+1555{i:07}"}} for i in range(1_000))
    taken = Counter(_taken(BRANCHES, by, **run) for run in runs)
    assert 200 <= taken["few"] <= 300


def test_the_same_person_goes_the_same_way_in_every_run() -> None:
    for person in ({"number": "+15550100007"}, {"email": "ann@example.com"}, {"id": "c9"}):
        taken = {_taken(BRANCHES, "contact", id=f"run-{i}", contact=person) for i in range(50)}
        assert len(taken) == 1


def test_strangers_are_spread_like_anybody() -> None:
    taken = {_taken(BRANCHES, "contact", id=f"run-{i}", contact={}) for i in range(50)}
    assert taken == {"few", "many"}


def test_a_share_that_changes_moves_only_the_difference() -> None:
    people = [{"number": f"+1555{i:07}"} for i in range(300)]
    wider = [{"exit": "few", "weight": 2}, {"exit": "many", "weight": 2}]
    before = [_taken(BRANCHES, "contact", contact=person) for person in people]
    after = [_taken(wider, "contact", contact=person) for person in people]
    assert not [pair for pair in zip(before, after, strict=True) if pair == ("few", "many")]
