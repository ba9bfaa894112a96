"""One whole installation inside the test's process: the real application on a real database."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import sqlalchemy as sa
from flask import Flask

from app import Telephony, create_app
from flow.language.load import load
from flow.ledger import Run
from ivr.webhooks import voice_blueprint
from jobs.queue import migrate
from runner.effects import Effects
from runner.messages.sending import Sending
from runner.settings import Settings, load_settings
from runner.voice import Voice
from store.migrate import upgrade
from tests.support.carrier import ACCOUNT, TOKEN, Call, Carrier
from tests.support.transport import InProcess
from web.house import House, now

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
BASE = "https://calls.example.com"
NUMBER = "+15550100001"
KEY = "5a" * 32
_OF_A_TURN = (
    "executions", "turns", "history", "outbox", "survey_answers", "reports", "recordings",
    "calls", "call_log",
)  # fmt: skip


@dataclass
class Clock:
    """The time of an installation: the real one, or `fixed`; `ahead` of it by so much."""

    fixed: datetime | None = None
    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        """Read it."""
        return (self.fixed or now()) + self.ahead


def prepare(url: str) -> None:
    """Make an empty database ready, our tables and the job library's."""
    upgrade(url)
    migrate(url)


def copy_of(template: Path, folder: Path) -> str:
    """A database of its own, as a copy of a prepared SQLite file."""
    path = folder / "linewalk.db"
    shutil.copy(template, path)
    return f"sqlite:///{path}"


@dataclass
class Installation:
    """The application and everything behind it; `clock` says what time it is there."""

    app: Flask
    settings: Settings
    house: House
    carrier: Carrier
    clock: Callable[[], datetime]
    _worker: list[Telephony] = field(default_factory=list)

    def publish(self, path: Path, *numbers: str, replacing: Mapping[str, str] | None = None) -> str:
        """Publish a document, with texts in it replaced, and bind numbers; its version's id."""
        text = path.read_text()
        for old, new in (replacing or {}).items():
            assert old in text, old
            text = text.replace(old, new)
        flow = load(text, path.name)
        version = self.house.library.publish(flow.slug, flow.type, text, self.clock())
        for number in numbers:
            self.house.library.bind(number, flow.slug, self.clock())
        return version.id

    def call(self, to: str = NUMBER, **given: Any) -> Call:
        """A call that is about to arrive here."""
        return self.carrier.call(to, **given)

    @property
    def telephony(self) -> Telephony:
        """What a worker process has; a second process as far as leases go."""
        if not self._worker:
            self._worker.append(Telephony(self.house, sweeps=True))
        return self._worker[0]

    def job(self, name: str, data: Mapping[str, Any]) -> None:
        """Run one job once, as the worker does; its error comes through."""
        table = self.telephony.worker()._jobs
        next(job for job in table if job.name == name).work(data)

    def schedule(self, name: str) -> None:
        """Do once what the worker does by the clock."""
        table = self.telephony.worker()._schedule
        next(entry for entry in table if entry.name == name).work()

    # -- what is kept -------------------------------------------------------------------------

    def rows(self, query: str, **values: Any) -> list[Any]:
        """Rows of a query on the database."""
        with self.house.database.read() as connection:
            return [tuple(row) for row in connection.execute(sa.text(query), values)]

    def run(self, call: Call) -> Run:
        """The execution of a call."""
        (execution,) = self.rows("SELECT id FROM lw_executions WHERE call = :sid", sid=call.sid)[0]
        run = self.house.past.run(execution)
        assert run is not None
        return run

    def steps(self, call: Call) -> list[tuple[str, str]]:
        """The steps a call has left, and by which exits."""
        return [(entry.path, entry.exit) for entry in self.house.past.steps(self.run(call).id)]

    def counts(self) -> dict[str, int]:
        """How many rows every table of a turn has."""
        return {name: self.rows(f"SELECT count(*) FROM lw_{name}")[0][0] for name in _OF_A_TURN}  # noqa: S608  table names of ours

    def jobs(self, name: str) -> list[str]:
        """The keys of the durable jobs of one kind."""
        schema = "" if self.house.database.sqlite else "dbos."
        query = f"SELECT workflow_uuid FROM {schema}workflow_status WHERE name = :name"  # noqa: S608  a name of ours
        return [row[0] for row in self.rows(query, name=name)]


@contextmanager
def installation(
    url: str,
    folder: Path,
    clock: Callable[[], datetime] | None = None,
    budget: float = 4.0,
    **given: Any,
) -> Iterator[Installation]:
    """Build the application for a prepared database; everything is closed at the end.

    `budget` is how many seconds a turn may wait for something outside.
    """
    settings = _settings(url, folder, given)
    clock = clock or Clock()
    made: list[Effects] = []
    sendings: list[Sending] = []
    with ExitStack() as stack:
        stack.enter_context(patch("app.now", clock))
        stack.enter_context(patch("runner.messages.messaging.Sending", _noted(Sending, sendings)))
        stack.enter_context(patch("runner.assembly.Effects", _noted(Effects, made)))
        stack.enter_context(patch("runner.assembly.Voice", partial(Voice, budget=budget)))
        stack.enter_context(patch("app.voice_blueprint", partial(voice_blueprint, now=clock)))
        app = create_app(settings)
        house: House = app.extensions["linewalk"]
        here = Installation(app, settings, house, Carrier(InProcess(app), BASE), clock)
        try:
            yield here
        finally:
            _shut(here, made, sendings)


def _settings(url: str, folder: Path, given: Mapping[str, Any]) -> Settings:
    usual = {
        "database_url": url,
        "public_url": BASE,
        "data_dir": folder / "data",
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": TOKEN,
        "secret_key": KEY,
    }
    return load_settings(**(usual | dict(given)))


def _noted(kind: Callable[..., T], made: list[T]) -> Callable[..., T]:
    """Give what makes one of a kind, and notes it."""

    def make(*parts: Any, **more: Any) -> T:
        made.append(kind(*parts, **more))
        return made[-1]

    return make


def _shut(here: Installation, made: Sequence[Effects], sendings: Sequence[Sending]) -> None:
    """Close what the installation and its second process have open."""
    for each in sendings:
        each.close()
    for worker in here._worker:
        worker.jobs.close()
    for one in made:
        one.orders.close()
        one._pool.shutdown()
    here.house.database.close()
