"""PostgreSQL as it has to be set for calls: no endless wait, no ping that a turn pays for."""

import time
from typing import Any

import sqlalchemy as sa

POOL_SECONDS = 3.0
IDLE_SECONDS = 1.0  # a connection unused for longer is asked whether it still lives

SESSION = {
    "timezone": "UTC",
    "synchronous_commit": "on",
    "plan_cache_mode": "force_generic_plan",  # every statement finds its rows by key
    "statement_timeout": "3s",  # a carrier waits 15 s at most; a caller much less
    "idle_in_transaction_session_timeout": "10s",  # a stopped process frees its locks
}

SOCKET = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,  # ms: a half-open connection is noticed within 5 s
    "application_name": "linewalk",
}


def engine(url: sa.URL, connections: int) -> sa.Engine:
    """Make the engine of one process, with as many connections as it has threads."""
    options = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
    made = sa.create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        connect_args={**SOCKET, "options": options},
    )
    sa.event.listen(made, "checkin", _stamp)
    sa.event.listen(made, "checkout", _ask(made))
    return made


def _stamp(_connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _ask(made: sa.Engine) -> Any:
    """Ping idle connections only: a broken busy one empties the whole pool by its own error."""

    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        used = record.info.get("used")
        if used is None or time.monotonic() - used < IDLE_SECONDS:
            return
        try:
            made.dialect.do_ping(connection)
        except made.dialect.loaded_dbapi.Error as error:
            raise sa.exc.DisconnectionError from error

    return ask
