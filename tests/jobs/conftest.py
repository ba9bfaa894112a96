"""Migrated databases, worker processes and what their jobs wrote."""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs.queue import DurableJobs
from jobs.queue import migrate as migrate_jobs
from store import migrate
from store.database import Database
from store.store import SqlStore
from tests.support.processes import Program, Programs, programs
from tests.support.waiting import wait_until

if TYPE_CHECKING:
    from tests.services.databases import NewDatabase
    from tests.services.postgresql import Postgresql


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long tests of this folder to `make chaos`; the others are their short form."""
    here = Path(__file__).parent
    long = [item for item in items if here in item.path.parents and "chaos" in item.keywords]
    if long and not os.environ.get("LINEWALK_LONG"):
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


def _prepare(url: str) -> None:
    migrate.upgrade(url)
    migrate_jobs(url)


@dataclass(frozen=True)
class Line:
    """One thing a job did, where and when."""

    job: str
    tag: str
    executor: str
    at: float


@dataclass
class Plant:
    """A database, its job queue, and the workers a test started on it."""

    url: str
    running: Programs
    file: Path
    store: SqlStore
    queue: DurableJobs
    started: list[Program] = field(default_factory=list)

    def worker(self, executor: str = "w1", every: str = "") -> Program:
        """Start a worker and wait until it takes jobs."""
        program = self.begin_worker(executor, every)
        program.wait_for_output("worker listens")
        return program

    def begin_worker(self, executor: str = "w1", every: str = "") -> Program:
        """Start a worker and do not wait."""
        command = ["python", "-m", "tests.jobs.program", self.url, executor, str(self.file), every]
        return self.running.start(command)

    def ask(self, job: str, key: str, delay: float = 0.0, **data: object) -> None:
        """Enqueue a job in a transaction of our own; `tag` is the key unless given."""
        with self.store.work() as work:
            self.queue.enqueue(work, job, key, {"tag": key, **data}, delay)

    def lines(self, job: str = "", tag: str = "") -> list[Line]:
        """What the jobs did so far."""
        if not self.file.exists():
            return []
        rows = [row.split() for row in self.file.read_text().splitlines()]
        every = [Line(name, what, who, float(at)) for name, what, who, at in rows]
        return [one for one in every if job in ("", one.job) and tag in ("", one.tag)]

    def wait(self, job: str, tag: str, timeout: float = 10.0) -> Line:
        """Wait until a job of this tag wrote its line; give the first one."""
        return wait_until(
            lambda: self.lines(job, tag), timeout, what=f"{job} {tag} in {self.lines()}"
        )[0]


def _plant(url: str, folder: Path, running: Programs) -> Iterator[Plant]:
    database = Database(url)
    queue = DurableJobs(url)
    with closing(queue), closing(database):
        yield Plant(url, running, folder / "lines", SqlStore(database), queue)


@pytest.fixture(scope="session")
def prepared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared SQLite database that nobody is in: tests copy it."""
    file = tmp_path_factory.mktemp("prepared") / "linewalk.sqlite3"
    _prepare(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def ready_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database, our tables and the job library's, once on each engine."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("prepared_file"), tmp_path)
        return f"sqlite:///{file}"
    server: Postgresql = request.getfixturevalue("postgresql")
    new: NewDatabase = request.getfixturevalue("new_postgresql_database")
    return new(server.template("linewalk_jobs", _prepare))


@pytest.fixture
def plant(ready_url: str, tmp_path: Path) -> Iterator[Plant]:
    """A plant without workers, of this test alone."""
    with programs(tmp_path) as running:
        yield from _plant(ready_url, tmp_path, running)


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Plant]:
    """A plant with one worker, for all tests of a module: each uses keys of its own."""
    folder = tmp_path_factory.mktemp("plant")
    server: Postgresql | None = None
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("prepared_file"), folder)
        url = f"sqlite:///{file}"
    else:
        server = request.getfixturevalue("postgresql")
        url = server.create(server.template("linewalk_jobs", _prepare))
    with programs(folder) as running:
        for plant in _plant(url, folder, running):
            plant.started.append(plant.worker("w1"))
            yield plant
    if server is not None:
        server.drop(url)
