"""The durable queue: in the turn's transaction, once per key, on time, with retries."""

import base64
import json
import pickle
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from jobs.queue import DurableJobs
from store import migrate
from store.database import Database
from store.errors import Unavailable
from store.store import SqlStore
from tests.jobs.conftest import Plant
from tests.support.waiting import wait_until


def tables(url: str) -> str:
    """The schema of the job tables, as a prefix."""
    return "" if url.startswith("sqlite") else "dbos."


def rows(plant: Plant, query: str, **values: Any) -> list[Any]:
    query = query.replace("{}", tables(plant.url))
    with closing(Database(plant.url, 1)) as database, database.read() as connection:
        return list(connection.execute(sa.text(query), values))


def test_a_job_is_asked_for_with_the_transaction_or_not_at_all(shared: Plant) -> None:
    def broken_turn() -> None:
        with shared.store.work() as work:
            shared.queue.enqueue(work, "note", "rolled-back", {"tag": "rolled-back"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken_turn()
    shared.ask("note", "committed")
    shared.wait("note", "committed")
    assert not shared.lines(tag="rolled-back")
    assert not rows(
        shared, "SELECT 1 FROM {}workflow_status WHERE workflow_uuid = :k", k="rolled-back"
    )


def test_a_key_runs_once_whenever_it_is_asked_for_again(shared: Plant) -> None:
    shared.ask("note", "again")
    with shared.store.work() as work:
        shared.queue.enqueue(work, "note", "again", {"tag": "again"})
        shared.queue.enqueue(work, "note", "after-again", {"tag": "after-again"})
    shared.wait("note", "again")
    shared.ask("note", "again")
    shared.ask("note", "last")
    shared.wait("note", "last")
    shared.wait("note", "after-again")
    assert len(shared.lines("note", "again")) == 1


def test_a_job_begins_soon_and_a_delayed_one_on_time(shared: Plant) -> None:
    asked = time.time()
    shared.ask("note", "soon")
    shared.ask("note", "delayed", delay=2.0)
    assert shared.wait("note", "soon").at - asked < 2
    late = shared.wait("note", "delayed").at - asked - 2.0
    assert -0.05 <= late <= 2


def test_a_failing_job_is_tried_again_with_backoff_and_given_up_once(shared: Plant) -> None:
    shared.ask("failing", "hopeless")
    shared.wait("give-up", "hopeless", timeout=15)
    times = [line.at for line in shared.lines("try", "hopeless")]
    assert len(times) == 3
    assert times[1] - times[0] >= 0.2
    assert times[2] - times[1] >= 0.5
    shared.ask("note", "afterwards")
    shared.wait("note", "afterwards")
    assert len(shared.lines("give-up", "hopeless")) == 1


def test_the_log_says_what_failed_without_what_it_was_about(shared: Plant) -> None:
    shared.ask("failing", "4711")
    shared.wait("give-up", "4711", timeout=15)
    output = shared.started[0].output
    wait_until(lambda: "job failed" in shared.started[0].output)
    assert "RuntimeError" in output
    assert "personal" not in shared.started[0].output


def test_job_data_is_json_in_the_database(shared: Plant) -> None:
    shared.ask("note", "written", more=["a", 1, None])
    found = rows(
        shared,
        "SELECT s.inputs, i.inputs, s.serialization FROM {}workflow_status s"
        " LEFT JOIN {}workflow_input i ON i.workflow_uuid = s.workflow_uuid"
        " WHERE s.workflow_uuid = :k",
        k="written",
    )
    kept, apart, label = found[0]
    assert label == "portable_json"
    assert json.loads(kept or apart)["positionalArgs"] == [
        {"tag": "written", "more": ["a", 1, None]},
        0,
    ]


class Bomb:
    """Runs code when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (open, (self.path, "w"))


def test_a_pickle_in_the_database_is_never_read(shared: Plant) -> None:
    """Whoever could write a row could otherwise run code in the worker."""
    mark = shared.file.with_name("exploded")
    bomb = base64.b64encode(pickle.dumps({"args": (Bomb(str(mark)),), "kwargs": {}})).decode()
    shared.ask("note", "bomb", delay=1.0)
    prefix = tables(shared.url)
    changes = {
        "workflow_status": f"inputs = '{bomb}', serialization = 'py_pickle'",
        "workflow_input": f"inputs = '{bomb}'",
    }
    with closing(Database(shared.url, 1)) as database, database.write() as connection:
        for table, change in changes.items():
            update = f"UPDATE {prefix}{table} SET {change} WHERE workflow_uuid = 'bomb'"  # noqa: S608  constants of this test
            connection.execute(sa.text(update))
    shared.ask("note", "after-bomb", delay=1.5)
    shared.wait("note", "after-bomb")
    wait_until(
        lambda: (
            rows(shared, "SELECT status FROM {}workflow_status WHERE workflow_uuid = 'bomb'")
            == [("ERROR",)]
        ),
        what="the refusal",
    )
    assert not mark.exists()
    assert not shared.lines(tag="bomb")


def test_a_job_of_an_older_server_runs_on_this_one(shared: Plant) -> None:
    """Every server version writes the one pinned version of the jobs."""
    shared.ask("note", "older")
    assert rows(
        shared,
        "SELECT application_version FROM {}workflow_status WHERE workflow_uuid = 'older'",
    ) == [("1",)]
    shared.wait("note", "older")


def test_old_jobs_are_forgotten_and_others_stay(shared: Plant) -> None:
    shared.ask("note", "ended")
    shared.ask("note", "waiting", delay=600)
    shared.wait("note", "ended")
    query = "SELECT status FROM {}workflow_status WHERE workflow_uuid = :k"
    wait_until(lambda: rows(shared, query, k="ended") == [("SUCCESS",)])
    assert shared.queue.forget(datetime.now(UTC) - timedelta(hours=1)) == 0
    assert shared.queue.forget(datetime.now(UTC) + timedelta(hours=1)) >= 1
    assert rows(shared, query, k="ended") == []
    assert rows(shared, query, k="waiting") == [("DELAYED",)]


def test_a_queue_that_was_not_released_says_so(database_url: str) -> None:
    migrate.upgrade(database_url)
    database = Database(database_url, 2)
    queue = DurableJobs(database_url)
    with pytest.raises(Unavailable, match="not migrated"), SqlStore(database).work() as work:
        queue.enqueue(work, "note", "k", {})
    queue.close()
    database.close()
