"""Fills a database with executions that were walked before, fast: copies of one real call."""

import sqlite3
from contextlib import closing

from sqlalchemy.engine import make_url

from store.hot import HISTORY, RUN, TURN
from tests.bench.databases import connect

TURNS, STEPS = 2, 5
"""How many turns and history rows a copy has: enough that their indexes grow with the count."""

_IDS = {
    "sqlite": (
        "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count})"
        " INSERT INTO bench_ids SELECT lower(hex(randomblob(16))) FROM s"
    ),
    "postgresql": (
        "INSERT INTO bench_ids SELECT md5(random()::text || n) FROM generate_series(1, {count}) n"
    ),
}


def store(url: str, count: int) -> None:
    """Copy some execution `count` times, with its call, its first turns and steps."""
    kind = "sqlite" if url.startswith("sqlite") else "postgresql"
    if kind == "sqlite":
        with closing(sqlite3.connect(make_url(url).database or "", timeout=60)) as file:
            for text in _statements(kind, count):
                file.execute(text)
            file.commit()
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    with connect(url) as server:
        with server.transaction():
            for text in _statements(kind, count):
                server.execute(text.encode())
        server.execute("VACUUM ANALYZE")
        server.execute("CHECKPOINT")


def _statements(kind: str, count: int) -> list[str]:
    first = "(SELECT min(id) FROM lw_executions WHERE status = 'ended')"
    copies = [
        _copy("executions", RUN, f"o.id = {first}", {"id": "b.id", "call": "'CA' || b.id"}),
        _copy("turns", TURN, f"o.execution = {first} AND o.number <= {TURNS}"),
        _copy("history", HISTORY, f"o.execution = {first} AND o.seq <= {STEPS}"),
    ]
    return [
        "CREATE TEMPORARY TABLE bench_ids (id TEXT)",
        _IDS[kind].format(count=count),
        *copies,
        "DROP TABLE bench_ids",
    ]


def _copy(
    table: str, columns: tuple[str, ...], where: str, changed: dict[str, str] | None = None
) -> str:
    new = changed or {"execution": "b.id"}
    values = ", ".join(new.get(name, f"o.{name}") for name in columns)
    return (
        f"INSERT INTO lw_{table} ({', '.join(columns)})"  # noqa: S608  constants only
        f" SELECT {values} FROM lw_{table} o, bench_ids b WHERE {where}"
    )
