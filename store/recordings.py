"""Rows of recordings: wanted, ready at the carrier, kept by us, absent or given up."""

from dataclasses import asdict, replace
from datetime import datetime

import sqlalchemy as sa

from flow.effects import KeepRecording
from flow.ledger import Recording, Run
from store.part import Part
from store.schema import recordings
from store.upserts import upsert

_SELECT = (
    sa.select(*(recordings.c[name] for name in Recording.__dataclass_fields__))
    .where(recordings.c.sid == sa.bindparam("key"))
    .with_for_update()
)
_UNHEARD = (
    sa.select(recordings.c.sid)
    .where(recordings.c.state == "wanted", recordings.c.updated < sa.bindparam("before"))
    .order_by(recordings.c.updated)
    .limit(sa.bindparam("most"))
)


def unheard_recordings(connection: sa.Connection, before: datetime, limit: int) -> list[str]:
    """List recordings that a walk expects and of which nothing was heard since `before`."""
    return list(connection.scalars(_UNHEARD, {"before": before, "most": limit}))


class Recordings(Part):
    """Recordings inside one transaction."""

    def recording(self, sid: str) -> Recording | None:
        """Read a recording's row, locked."""
        row = self.locked(_SELECT, sid)
        return Recording(*row) if row else None

    def keep_recording(self, recording: Recording) -> None:
        """Write a recording's row (insert or update)."""
        self.execute(upsert(recordings, sqlite=self.hot.sqlite), asdict(recording))
        if recording.state == "kept":
            self.happened.append(recording)


def expected(fact: KeepRecording, known: Recording | None, run: Run) -> Recording:
    """Give the row of a recording a walk wants kept; the carrier may have spoken of it first."""
    row = known or Recording(fact.recording, "wanted", run.updated, seconds=fact.seconds)
    return replace(
        row,
        updated=max(row.updated, run.updated),
        call=row.call or run.call,
        execution=run.id,
        step=fact.step,
        kind=fact.kind,
        seconds=row.seconds or fact.seconds,
    )
