"""Write the facts of a turn: survey answers, report labels, recordings to expect."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from flow.effects import KeepRecording, ReportLabel, SurveyAnswer
from flow.ledger import Saved
from store.part import Part
from store.recordings import Recordings, expected
from store.schema import reports, survey_answers


def write(part: Part, saved: Saved) -> None:
    """Write all facts, dated by the run's `updated`."""
    base = {"execution": saved.run.id, "at": saved.run.updated}
    answers = [base | asdict(fact) for fact in saved.facts if isinstance(fact, SurveyAnswer)]
    labels = [base | _label(fact) for fact in saved.facts if isinstance(fact, ReportLabel)]
    _insert(part, survey_answers, answers)
    _insert(part, reports, labels)
    wanted = [fact for fact in saved.facts if isinstance(fact, KeepRecording)]
    recordings = Recordings(part.connection, part.hot)
    for fact in wanted:
        known = recordings.recording(fact.recording)
        recordings.keep_recording(expected(fact, known, saved.run))
    part.happened += recordings.happened


def _insert(part: Part, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        part.execute(sa.insert(table), rows)


def _label(fact: ReportLabel) -> dict[str, Any]:
    number = None if isinstance(fact.value, str) else float(fact.value)
    return {"name": fact.name, "label": str(fact.value), "number": number}
