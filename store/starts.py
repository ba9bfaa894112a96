"""What the API has started, for whom, and what it answered: inside one transaction."""

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from desk.access import REMEMBERED, Interaction, KeptAnswer
from store.part import Part
from store.schema import api_keys, executions, idempotency, interactions
from store.upserts import upsert

_ENTER = sa.select(api_keys.c.id).where(
    api_keys.c.id == sa.bindparam("key"), api_keys.c.revoked.is_(None)
)
_ANSWER = sa.select(*(idempotency.c[name] for name in KeptAnswer.__dataclass_fields__)).where(
    idempotency.c.api_key == sa.bindparam("key"), idempotency.c.name == sa.bindparam("n")
)
_FORGET = sa.delete(idempotency).where(
    idempotency.c.api_key == sa.bindparam("key"), idempotency.c.at <= sa.bindparam("oldest")
)
_SINCE = sa.select(sa.func.count()).where(
    interactions.c.api_key == sa.bindparam("key"), interactions.c.created > sa.bindparam("since")
)
_ENDED = (
    sa.update(interactions)
    .where(
        interactions.c.api_key == sa.bindparam("key"),
        interactions.c.running,
        sa.exists().where(
            executions.c.id == interactions.c.execution, executions.c.ended.is_not(None)
        ),
    )
    .values(running=False)
)
_RUNNING = sa.select(sa.func.count()).where(
    interactions.c.api_key == sa.bindparam("key"), interactions.c.running
)


class Starts(Part):
    """Interactions that the API began, and its answers by Idempotency-Key."""

    def enter_key(self, key: str) -> bool:
        """Keep every other start by this key waiting until the commit; false: it is revoked."""
        return self.first(_ENTER.with_for_update(), {"key": key}) is not None

    def kept_answer(self, key: str, name: str) -> KeptAnswer | None:
        """Find what a key was answered under an Idempotency-Key."""
        row = self.first(_ANSWER, {"key": key, "n": name})
        return KeptAnswer(*row) if row else None

    def keep_answer(self, answer: KeptAnswer) -> None:
        """Keep an answer, and drop those of its key that are forgotten."""
        oldest = answer.at - REMEMBERED
        self.execute(_FORGET, {"key": answer.api_key, "oldest": oldest})
        self.execute(upsert(idempotency, sqlite=self.hot.sqlite), asdict(answer))

    def keep_interaction(self, interaction: Interaction) -> None:
        """Keep who started what."""
        self.execute(sa.insert(interactions), {**asdict(interaction), "running": True})

    def started_since(self, key: str, moment: datetime) -> int:
        """Count what a key has started after a moment."""
        return int(self.first(_SINCE, {"key": key, "since": moment})[0])

    def running_of(self, key: str) -> int:
        """Count the executions a key has started that have not ended.

        Those that ended since it was last asked are struck off first, so a turn need not do it.
        """
        self.execute(_ENDED, {"key": key})
        return int(self.first(_RUNNING, {"key": key})[0])
