"""What a process remembers of runs: only the latest, only by the run's own token, only once."""

from typing import Any

import pytest

from flow.execution import Execution
from flow.ledger import Run
from runner.recent import Recent
from tests.store.builders import a_run


def an_execution(**given: Any) -> Execution:
    return Execution("e1", "f", "incoming_call", "2026-11-23T10:00:00+00:00", **given)


def test_a_run_is_given_back_once_and_as_a_copy() -> None:
    recent, run, execution = Recent(), a_run(token="t1"), an_execution()
    recent.keep(run, execution)
    stand = recent.take("e1", "t1")
    assert stand is not None
    assert (stand.run, stand.execution) == (run, execution)
    assert stand.run is not run
    assert recent.take("e1", "t1") is None


def test_another_token_gets_nothing() -> None:
    recent = Recent()
    recent.keep(a_run(token="t1"), an_execution())
    assert recent.take("e1", "t0") is None
    assert recent.take("e2", "t1") is None


@pytest.mark.parametrize(
    ("run", "execution"),
    [
        (a_run(status="ended"), an_execution()),
        (a_run(awaits="e1-1"), an_execution()),
        (a_run(), an_execution(private={"1": {"pin": {"digits": "1234"}}})),
    ],
)
def test_what_is_over_awaits_or_is_sealed_is_not_remembered(run: Run, execution: Execution) -> None:
    recent = Recent()
    recent.keep(run, execution)
    assert recent.take("e1", a_run().token) is None


def test_the_oldest_is_forgotten() -> None:
    recent = Recent(most=2)
    for name in ("a", "b", "c"):
        recent.keep(a_run(id=name, token="t"), an_execution())
    assert recent.take("a", "t") is None
    assert recent.take("b", "t") is not None
    assert recent.take("c", "t") is not None
