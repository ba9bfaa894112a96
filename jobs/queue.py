"""Puts jobs on the durable queue, in the transaction of whoever asks for them."""

from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from typing import Any, Never, Protocol

from dbos import (
    DBOS,
    DBOSClient,
    DBOSPortableJSONSerializer,
    EnqueueOptions,
    WorkflowSerializationFormat,
)
from dbos._serialization import DefaultSerializer
from sqlalchemy import Connection

from jobs.logs import take_over_logs

QUEUE = "linewalk"
"""The one queue of this server; the worker listens to it."""

NAME = "linewalk"
"""What this server is called in the tables of the job library."""

VERSION = "1"
"""The jobs' own version, pinned: jobs enqueued by an older server run on a newer one."""

SERIALIZER = DBOSPortableJSONSerializer()
"""How job data is written: JSON."""

_FORGOTTEN_AT_ONCE = 200
"""Rows one transaction removes: on SQLite everybody else waits for it."""


def _refuse(_self: object, serialized_data: str) -> Never:
    """Read no pickle: whoever could write such a row could run code here."""
    raise ValueError(f"a row of {len(serialized_data)} bytes is a pickle: only JSON is read")


DefaultSerializer.deserialize = _refuse  # type: ignore[method-assign, assignment]  # the library reads a row as its own label says, without a switch


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
        self._opening = Lock()

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

    def forget(self, before: datetime) -> int:
        """Remove the rows of jobs that ended before a moment; gives how many there were.

        Their keys are free again from then on.
        """
        client, gone = self._open(), 0
        while True:
            ended = client.list_workflows(
                status=["SUCCESS", "ERROR", "CANCELLED"],
                completed_before=before.isoformat(),
                limit=_FORGOTTEN_AT_ONCE,
                load_input=False,
                load_output=False,
            )
            if not ended:
                return gone
            client.delete_workflows([workflow.workflow_id for workflow in ended])
            gone += len(ended)

    def close(self) -> None:
        """Close the connections of this queue's own."""
        with self._opening:
            if self._client is not None:
                self._client.destroy()
                self._client = None

    def _open(self) -> DBOSClient:
        # Created late: a client opened before a fork would share its sockets with the child.
        with self._opening:
            if self._client is None:
                take_over_logs()
                self._client = DBOSClient(
                    system_database_url=self._url,
                    serializer=SERIALIZER,
                    application_name=NAME,
                    lazy=True,
                )
            return self._client


def migrate(database_url: str) -> None:
    """Create or migrate the tables of the job library; our own are Alembic's."""
    take_over_logs()
    DBOS.migrate(database_url)


def _options(job: str, key: str, delay: float) -> EnqueueOptions:
    options = EnqueueOptions(workflow_name=job, queue_name=QUEUE)
    options["workflow_id"] = key
    options["app_version"] = VERSION
    options["serialization_type"] = WorkflowSerializationFormat.PORTABLE
    if delay > 0:
        options["delay_seconds"] = delay
    return options
