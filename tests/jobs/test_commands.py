"""`flask release` prepares everything, so that no order of the processes matters after it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from jobs.queue import DurableJobs
from store.database import Database
from store.store import SqlStore
from tests.support.processes import Programs


def test_after_the_release_jobs_are_taken_before_and_by_a_worker_that_comes_later(
    start_program: Programs, database_url: str, tmp_path: Path
) -> None:
    env = {"DATABASE_URL": database_url, "DATA_DIR": str(tmp_path / "var")}
    release = start_program.start(["flask", "release"], env)
    assert release.process.wait(60) == 0, release.output
    with (
        closing(Database(database_url, 2)) as database,
        closing(DurableJobs(database_url)) as queue,
    ):
        with SqlStore(database).work() as work:
            queue.enqueue(work, "deliver", "early", {"item": "none"})
        worker = start_program.start(["flask", "worker"], env)
        worker.wait_for_output("worker listens", 60)
        assert "Traceback" not in worker.output
        assert worker.stop(timeout=16) == 0
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as file:
            assert file.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_wrong_setting_ends_the_worker_with_one_line(start_program: Programs) -> None:
    program = start_program.start(["flask", "worker"], {"PORT": "none"})
    assert program.process.wait(60) == 1
    assert program.output.startswith("Error: PORT: ")
    assert len(program.output.strip().splitlines()) == 1
