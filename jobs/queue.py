"""Puts jobs on the durable queue, in the transaction of whoever asks for them."""

from collections.abc import Mapping
from typing import Any, Protocol

from dbos import DBOS, DBOSClient, EnqueueOptions, WorkflowSerializationFormat
from sqlalchemy import Connection

QUEUE = "linewalk"
"""The one queue of this server; the worker listens to it."""

VERSION = "1"
"""The jobs' own version, pinned: jobs enqueued by an older server run on a newer one."""


class InTransaction(Protocol):
    """An open transaction of ours."""

    @property
    def connection(self) -> Connection:
        """The connection whose commit also commits the job."""


class DurableJobs:
    """Enqueues jobs by name; the process that runs them is another one."""

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._client: DBOSClient | None = None

    def enqueue(
        self, work: InTransaction, job: str, key: str, data: Mapping[str, Any], delay: float = 0.0
    ) -> None:
        """Ask for `job` in the open transaction; a key that was used before changes nothing."""
        client = self._open()
        client.enqueue_in_transaction(work.connection, _options(job, key, delay), dict(data), 0)

    def later(
        self, job: str, key: str, data: Mapping[str, Any], attempt: int, delay: float
    ) -> None:
        """Ask for the next attempt of a job, in a transaction of its own."""
        self._open().enqueue(_options(job, key, delay), dict(data), attempt)

    def _open(self) -> DBOSClient:
        # Created late: a client opened before a fork would share its sockets with the child.
        if self._client is None:
            self._client = DBOSClient(system_database_url=self._url, lazy=True)
        return self._client


def migrate(database_url: str) -> None:
    """Create or migrate the tables of the job library; our own are Alembic's."""
    DBOS.migrate(database_url)


def _options(job: str, key: str, delay: float) -> EnqueueOptions:
    options = EnqueueOptions(workflow_name=job, queue_name=QUEUE)
    options["workflow_id"] = key
    options["app_version"] = VERSION
    options["serialization_type"] = WorkflowSerializationFormat.PORTABLE
    if delay > 0:
        options["delay_seconds"] = delay
    return options
