"""Worker processes: killed, ended, restarted, two at once, started too early."""

import re
import signal
import time

import psutil
import pytest
import sqlalchemy as sa

from tests.jobs.conftest import Plant
from tests.support.processes import Programs
from tests.support.waiting import wait_until

TAKEN_OVER = 15.0
"""Seconds from the death of a worker to the new beginning of its job: lease, reaper, poll."""


def test_a_job_of_a_killed_worker_is_begun_anew_by_one_started_afterwards(plant: Plant) -> None:
    """A restarted worker has another name, so nobody but the reaper brings its jobs back."""
    first = plant.worker("w1")
    plant.ask("slow", "cut-off", seconds=3)
    plant.wait("begin", "cut-off")
    first.kill()
    died = time.time()
    plant.worker("w2")
    wait_until(lambda: len(plant.lines("begin", "cut-off")) == 2, 25, what="the take-over")
    again = plant.lines("begin", "cut-off")[1]
    assert again.executor == "w2"
    assert again.at - died <= TAKEN_OVER
    plant.wait("end", "cut-off", 15)
    assert len(plant.lines("end", "cut-off")) == 1


def test_a_job_runs_once_while_its_worker_lives_and_on_once_it_is_dead(plant: Plant) -> None:
    """A job longer than the lease is nobody else's as long as its worker beats."""
    workers = {name: plant.begin_worker(name) for name in ("w1", "w2")}
    for program in workers.values():
        program.wait_for_output("worker listens")
    plant.ask("slow", "long", seconds=14)
    plant.ask("slow", "killed", seconds=600)
    owner = plant.wait("begin", "killed").executor
    plant.wait("begin", "long")
    if plant.lines("begin", "long")[0].executor == owner:
        plant.wait("end", "long", 25)
    workers[owner].kill()
    died = time.time()
    wait_until(lambda: len(plant.lines("begin", "killed")) == 2, 25, what="the take-over")
    again = plant.lines("begin", "killed")[1]
    assert again.executor != owner
    assert again.at - died <= TAKEN_OVER
    plant.wait("end", "long", 25)
    assert len(plant.lines("begin", "long")) == 1


def test_a_delay_outlives_every_worker(plant: Plant) -> None:
    asked = time.time()
    plant.ask("note", "later", delay=4.0)
    plant.worker("w1").kill()
    plant.worker("w2")
    late = plant.wait("note", "later", 20).at - max(asked + 4.0, plant_ready(plant))
    assert -0.05 <= late <= 2.5


def plant_ready(plant: Plant) -> float:
    """When the last worker said that it listens."""
    return plant.running.started[-1].log.stat().st_mtime


def test_a_schedule_fires_once_for_all_workers(plant: Plant) -> None:
    for name in ("w1", "w2"):
        plant.begin_worker(name, "* * * * * *")
    for program in plant.running.started:
        program.wait_for_output("worker listens")
    wait_until(lambda: len(plant.lines("tick")) >= 5, 20, what="five ticks")
    query = sa.text(
        "SELECT workflow_uuid FROM {}workflow_status WHERE name = 'scheduled-tick'"
        " AND status = 'SUCCESS'".replace("{}", "" if plant.url.startswith("sqlite") else "dbos.")
    )
    ended = [program.stop() for program in plant.running.started]
    assert ended == [0, 0]
    engine = sa.create_engine(plant.url)
    with engine.connect() as connection:
        fired = list(connection.scalars(query))
    engine.dispose()
    assert len(fired) == len(set(fired)) == len(plant.lines("tick"))


def test_a_worker_told_to_end_finishes_its_job(plant: Plant) -> None:
    program = plant.worker("w1")
    plant.ask("slow", "last", seconds=2)
    plant.wait("begin", "last")
    assert program.stop(timeout=12) == 0
    assert plant.lines("end", "last")
    assert not re.search("Traceback|Error", program.output)
    plant.worker("w2")
    plant.ask("note", "afterwards")
    plant.wait("note", "afterwards")
    assert len(plant.lines("begin", "last")) == 1


def test_a_job_that_does_not_end_in_time_is_left_to_the_next_worker(plant: Plant) -> None:
    program = plant.worker("w1")
    plant.ask("slow", "endless", seconds=600)
    plant.wait("begin", "endless")
    began = time.monotonic()
    assert program.stop(timeout=16) == 0
    assert time.monotonic() - began < 15
    plant.worker("w2")
    wait_until(lambda: len(plant.lines("begin", "endless")) == 2, 25, what="the take-over")


def test_a_suspended_worker_loses_its_job_and_works_on_when_it_wakes(plant: Plant) -> None:
    """Nobody can tell it from a dead one: the job runs twice, which jobs must bear."""
    first = plant.worker("w1")
    plant.ask("slow", "suspended", seconds=1)
    plant.wait("begin", "suspended")
    psutil.Process(first.pid).send_signal(signal.SIGSTOP)
    second = plant.worker("w2")
    wait_until(lambda: plant.lines("end", "suspended"), 30, what="the take-over")
    psutil.Process(first.pid).send_signal(signal.SIGCONT)
    assert second.stop(12) == 0
    plant.ask("note", "awake")
    assert plant.wait("note", "awake", 15).executor == "w1"
    assert first.alive()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg://nobody@127.0.0.1:1/none", "the database does not answer"),
        ("sqlite:////proc/none/linewalk.db", "the database file cannot be opened"),
    ],
)
def test_a_worker_without_a_database_ends_with_one_line(
    start_program: Programs, url: str, said: str
) -> None:
    program = start_program.start(["python", "-m", "tests.jobs.program", url, "w1", "unused"])
    assert program.process.wait(30) == 1
    assert said in program.output
    assert "Traceback" not in program.output
    assert len(program.output.strip().splitlines()) == 1


def test_a_worker_on_a_database_that_was_not_prepared_ends_with_one_line(
    start_program: Programs, database_url: str
) -> None:
    command = ["python", "-m", "tests.jobs.program", database_url, "w1", "unused"]
    program = start_program.start(command)
    assert program.process.wait(30) == 1
    assert "not migrated: run the release step" in program.output
    assert len(program.output.strip().splitlines()) == 1


def test_a_worker_without_job_tables_ends_with_one_line(
    start_program: Programs, database_url: str
) -> None:
    from store.migrate import upgrade  # noqa: PLC0415  this database has our tables only

    upgrade(database_url)
    command = ["python", "-m", "tests.jobs.program", database_url, "w1", "unused"]
    program = start_program.start(command)
    assert program.process.wait(30) == 1
    assert "the tables of the jobs are missing: run flask release" in program.output
    assert "Traceback" not in program.output
