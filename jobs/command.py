"""`flask worker`: the process that runs jobs."""

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import click

from flow.ledger import Unavailable
from runner.errors import BadSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobs.worker import Worker


def worker_command(build: "Callable[[], Worker]") -> click.Command:
    """Make the command; `build` is called when it runs."""

    @click.command("worker")
    def worker() -> None:
        """Run jobs, timers and schedules until told to end."""
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        try:
            finished = build().run(stop)
        except (BadSettings, Unavailable) as error:
            raise click.ClickException(str(error)) from None
        if not finished:
            # The interpreter would wait for the jobs' threads; the jobs are another worker's now.
            sys.stderr.flush()
            os._exit(0)

    return worker
