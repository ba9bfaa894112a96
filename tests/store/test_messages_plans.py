"""A look at the queue costs nothing where a hundred thousand old messages lie."""

import re
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from desk.conversations import BULK
from store.database import Database
from store.messages import _BY_KEY, _HANGING, _LAST_HEARD, _OPEN, _UNTAKEN, MESSAGE, TURN
from store.scanning import take_time
from store.schema_messages import messages
from store.store import SqlStore
from store.threads import _DUE, _NEXT_SENDER
from store.types import to_sqlite
from tests.store.builders import NOON
from tests.store.writing import OURS, PEER, a_message, a_thread, keep, leaving

STORED = 100_000
_SERIES = {
    True: "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {n})"
    " INSERT INTO lw_messages ({columns}) SELECT {values} FROM s",
    False: "INSERT INTO lw_messages ({columns}) SELECT {values} FROM generate_series(1, {n}) AS n",
}
_GIVEN: dict[str, Any] = {
    "conversation": "c7",
    "channel": "sms",
    "address": OURS,
    "peer": PEER,
    "key": "k",
    "at": NOON,
    "before": NOON,
    "most": BULK,
}


@pytest.fixture
def full(database: Database) -> Database:
    """A database with many messages that are through and a few that wait."""
    _patiently(database, _filling(sqlite=database.sqlite))
    keep(SqlStore(database), *(a_message(f"q{n}", n, conversation="c7") for n in range(1, 4)))
    _patiently(database, "ANALYZE")
    return database


def _patiently(database: Database, statement: str) -> None:
    with database.write() as connection:
        take_time(database, connection)
        connection.exec_driver_sql(statement)


def _filling(*, sqlite: bool) -> str:
    written: dict[str, str] = {}
    for column in messages.c:
        written[column.name] = "''"
        if isinstance(column.type, sa.Boolean):
            written[column.name] = "true"
        elif isinstance(column.type, sa.Integer):
            written[column.name] = "n"
        elif column.nullable:
            written[column.name] = "NULL"
    written |= {
        "id": "'m' || n",
        "conversation": "'c' || (n % 5000)",
        "channel": "'sms'",
        "address": f"'{OURS}'",
        "peer": "'+1555' || (n % 5000)",
        "direction": "CASE n % 2 WHEN 0 THEN 'in' ELSE 'out' END",
        "state": "CASE n % 2 WHEN 0 THEN 'received' ELSE 'delivered' END",
        "at": f"'{to_sqlite(NOON)}'" if sqlite else f"timestamptz '{NOON.isoformat()}'",
        "sid": "'SM' || n",
        **dict.fromkeys(("media", "choices"), "'[]'"),
        "details": "'{}'",
    }
    columns, values = ", ".join(f'"{name}"' for name in written), ", ".join(written.values())
    filling = _SERIES[sqlite].format(n=STORED, columns=columns, values=values)
    return filling if sqlite else filling.replace("%", "%%")


def _plan(database: Database, statement: sa.Select[Any]) -> str:
    """Ask how a statement is carried out: on PostgreSQL for all values, as sessions do."""
    if database.sqlite:
        compiled = statement.compile(dialect=sqlite.dialect())
        values = [_bound(compiled, name) for name in compiled.positiontup or ()]
        asked = ("EXPLAIN QUERY PLAN " + str(compiled), tuple(values))
        with database.read() as connection:
            return "\n".join(str(row) for row in connection.exec_driver_sql(*asked))
    compiled = statement.compile(dialect=postgresql.dialect(paramstyle="numeric_dollar"))  # type: ignore[no-untyped-call]  # SQLAlchemy's own
    literals = ", ".join(_literal(_bound(compiled, name)) for name in compiled.positiontup or ())
    with database.read() as connection:
        connection.exec_driver_sql("PREPARE asked AS " + str(compiled))
        plan = connection.exec_driver_sql(f"EXPLAIN EXECUTE asked({literals})").all()
        connection.exec_driver_sql("DEALLOCATE asked")
    return "\n".join(row[0] for row in plan)


def _bound(compiled: Any, name: str) -> Any:
    value = compiled.params.get(name)
    value = _GIVEN.get(name, value) if value is None else value
    return to_sqlite(value) if isinstance(value, datetime) else value


def _literal(value: Any) -> str:
    return str(value) if isinstance(value, int) else f"'{value}'"


_SINCE = sa.select(*MESSAGE).where(
    messages.c.conversation == "c7", messages.c.version > sa.literal(3)
)


_PLANS: tuple[tuple[Any, set[str]], ...] = (
    (TURN, {"turn_ix", "not_through_ix"}),
    (_NEXT_SENDER, {"due_ix|turn_ix"}),
    (_DUE, {"due_ix|turn_ix|peer_ix"}),
    (_HANGING, {"hanging_ix"}),
    (_UNTAKEN, {"untaken_ix"}),
    (_LAST_HEARD, {"number_ix"}),
    (_BY_KEY, {"one_per_key"}),
    (_SINCE.order_by(messages.c.version), {"version_ix"}),
)
_WHOLE = re.compile(r"Seq Scan on lw_messages|SCAN (lw_messages|mine|other)(?! USING)")


def test_messages_are_found_by_their_index(full: Database) -> None:
    for statement, indices in _PLANS:
        plan = _plan(full, statement)
        assert not _WHOLE.search(plan), plan
        for index in indices:
            assert re.search(f"lw_messages_({index})", plan), plan
    assert leaving(SqlStore(full)) == "q1"
    assert SqlStore(full).senders_due(NOON) == [("sms", OURS)]


def test_open_conversations_are_found_by_their_index(database: Database) -> None:
    keep(SqlStore(database), *(a_thread(f"c{n}", peer=f"+1555{n}") for n in range(2_000)))
    _patiently(database, "ANALYZE")
    assert re.search("lw_conversations_(one_open|peer_ix)", _plan(database, _OPEN))
