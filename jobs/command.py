"""`flask worker`: the process that runs jobs."""

import signal
import threading
from collections.abc import Callable

import click

from jobs.worker import Worker
from runner.errors import BadSettings


def worker_command(build: Callable[[], Worker]) -> click.Command:
    """Make the command; `build` is called when it runs."""

    @click.command("worker")
    def worker() -> None:
        """Run jobs, timers and schedules until told to end."""
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        try:
            build().run(stop)
        except BadSettings as error:
            raise click.ClickException(str(error)) from None

    return worker
