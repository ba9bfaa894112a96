"""Worker processes: killed, ended, restarted, two at once, started too early."""

import time
from typing import Any

import pytest
import sqlalchemy as sa

from store.migrate import upgrade
from tests.jobs.conftest import Plant
from tests.support.processes import Programs
from tests.support.waiting import wait_until

TAKEN_OVER = 15.0
"""Seconds from the death of a worker to the new beginning of its job: lease, reaper, poll."""


def begun_again(plant: Plant, tag: str) -> Any:
    """Wait for the second beginning of a job."""
    wait_until(lambda: len(plant.lines("begin", tag)) == 2, 40, what="the take-over")
    return plant.lines("begin", tag)[1]


def test_jobs_and_delays_outlive_a_killed_worker(plant: Plant) -> None:
    """A restarted worker has another name, so nobody but the reaper brings its jobs back."""
    first = plant.worker("w1")
    plant.ask("slow", "cut-off", seconds=1)
    plant.wait("begin", "cut-off")
    asked = time.time()
    first.kill()
    died = time.time()
    plant.ask("note", "later", delay=6.0)
    plant.worker("w2")
    up = time.time()
    late = plant.wait("note", "later", 20).at - max(asked + 6.0, up)
    assert late <= 2.5
    again = begun_again(plant, "cut-off")
    assert again.executor == "w2"
    assert again.at - max(died, up - 5) <= TAKEN_OVER
    plant.wait("end", "cut-off", 15)
    assert len(plant.lines("end", "cut-off")) == 1


@pytest.mark.chaos
def test_a_job_is_one_workers_as_long_as_it_lives(plant: Plant) -> None:
    """One job is longer than the lease; of the killed worker's job the other takes care."""
    plant.worker("w1")
    plant.ask("slow", "long", seconds=20)
    plant.wait("begin", "long")
    second = plant.worker("w2")
    lost = ""
    for number in range(20):
        plant.ask("slow", f"k{number}", seconds=600)
        if plant.wait("begin", f"k{number}").executor == "w2":
            lost = f"k{number}"
            break
    assert lost
    second.kill()
    died = time.time()
    again = begun_again(plant, lost)
    assert again.executor == "w1"
    assert again.at - died <= TAKEN_OVER
    plant.wait("end", "long", 30)
    assert len(plant.lines("begin", "long")) == 1


def test_a_schedule_fires_once_for_all_workers_and_they_end_when_told(plant: Plant) -> None:
    for name in ("w1", "w2"):
        plant.begin_worker(name, "* * * * * *")
    for program in plant.running.started:
        program.wait_for_output("worker listens")
    wait_until(lambda: len(plant.lines("tick")) >= 4, 30, what="four ticks")
    plant.ask("slow", "last", seconds=2)
    plant.wait("begin", "last")
    assert [program.stop(timeout=14) for program in plant.running.started] == [0, 0]
    assert plant.lines("end", "last")
    assert not [p.output for p in plant.running.started if "Traceback" in p.output]
    schema = "" if plant.url.startswith("sqlite") else "dbos."
    query = f"SELECT workflow_uuid FROM {schema}workflow_status WHERE name = 'scheduled-tick' AND status = 'SUCCESS'"  # noqa: S608, E501  constants of this test
    engine = sa.create_engine(plant.url)
    with engine.connect() as connection:
        fired = list(connection.scalars(sa.text(query)))
    engine.dispose()
    assert len(fired) == len(set(fired)) == len(plant.lines("tick"))


@pytest.mark.chaos
def test_a_job_that_does_not_end_in_time_is_left_to_the_next_worker(plant: Plant) -> None:
    program = plant.worker("w1")
    plant.ask("slow", "endless", seconds=600)
    plant.wait("begin", "endless")
    began = time.monotonic()
    assert program.stop(timeout=20) == 0
    assert time.monotonic() - began < 18
    plant.worker("w2")
    begun_again(plant, "endless")


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
    command = ["python", "-m", "tests.jobs.program", url, "w1", "unused"]
    program = start_program.start(command)
    assert program.process.wait(40) == 1
    assert said in program.output
    assert len(program.output.strip().splitlines()) == 1


@pytest.mark.parametrize("ours", [False, True])
def test_a_worker_on_a_database_that_was_not_prepared_ends_with_one_line(
    start_program: Programs, database_url: str, *, ours: bool
) -> None:
    """With `ours` only the tables of the job library are missing."""
    if ours:
        upgrade(database_url)
    command = ["python", "-m", "tests.jobs.program", database_url, "w1", "unused"]
    program = start_program.start(command)
    assert program.process.wait(40) == 1
    missing = "the tables of the jobs are missing: run flask release"
    assert (missing if ours else "not migrated: run the release step") in program.output
    assert len(program.output.strip().splitlines()) == 1
