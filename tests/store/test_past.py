"""What people and programs read of the past."""

import pytest

from flow.effects import ReportLabel, SurveyAnswer
from flow.ledger import CallFact, Recording, Saved
from store.database import Database
from store.past import Past
from store.store import SqlStore
from tests.store.builders import MINUTE, NOON, a_run, a_turn, an_entry, an_item, begin


@pytest.fixture
def past(database: Database) -> Past:
    return Past(database)


def test_everything_a_turn_left(database: Database, past: Past) -> None:
    answers = [
        SurveyAnswer("csat", "ask", f"q{n}", "rating", "csat", "5", 5.0, "ann", "support")
        for n in range(2)
    ]
    labels = [ReportLabel("reason", "billing"), ReportLabel("wait", 12.5)]
    store = SqlStore(database)
    begin(store, pins={"m": "v2"}, ended=NOON)
    with store.work() as work:
        work.save(
            Saved(
                a_run(pins={"m": "v2"}, ended=NOON),
                turn=a_turn(),
                history=[an_entry(1), an_entry(2, exit="", error="no answer")],
                outbox=[an_item()],
                facts=[*answers, *labels],
            )
        )
        work.keep_recording(Recording("RE1", "ready", NOON, execution="e1"))
        work.log_call(CallFact("CA1", "ringing", NOON, 1, raw={"a": "b"}))
    assert past.run("e1") == a_run(pins={"m": "v2"}, ended=NOON)
    assert past.steps("e1") == [an_entry(1), an_entry(2, exit="", error="no answer")]
    assert past.turns("e1") == [a_turn()]
    assert past.survey_answers("e1") == answers
    assert past.labels("e1") == labels
    assert past.outbox("e1") == [an_item()]
    assert past.recordings("e1") == [Recording("RE1", "ready", NOON, execution="e1")]
    assert past.call_facts("CA1") == [CallFact("CA1", "ringing", NOON, 1, raw={"a": "b"})]


def test_executions_are_listed_the_newest_first(database: Database, past: Past) -> None:
    store = SqlStore(database)
    for number in range(5):
        flow = "sales" if number % 2 else "support"
        begin(store, id=f"e{number}", flow=flow, started=NOON + number * MINUTE)
    begin(store, id="e9", interaction="i2", started=NOON - MINUTE)
    assert [run.id for run in past.runs(2)] == ["e4", "e3"]
    assert [run.id for run in past.runs(9, before=NOON + 3 * MINUTE)] == ["e2", "e1", "e0", "e9"]
    assert [run.id for run in past.runs(9, flow="sales")] == ["e3", "e1"]
    assert [run.id for run in past.interaction("i2")] == ["e9"]
    assert past.run("none") is None
