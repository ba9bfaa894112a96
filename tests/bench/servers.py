"""Starts what is measured: the baseline and this server, under the same gunicorn settings."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench.callers import TOKEN
from tests.bench.engine import FLOW
from tests.support.network import free_port, is_listening
from tests.support.processes import BIN, ROOT, Programs, programs
from tests.support.waiting import wait_until

NUMBER = "+15550100001"
BASELINE, OURS = "tests.bench.baseline:create_app()", "app:create_app()"
_START = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """One running server: its address, its processes, and the database behind it."""

    base: str
    pid: int
    database: str

    def cpu(self) -> float:
        """Give the seconds of CPU that the server's processes have used so far."""
        main = psutil.Process(self.pid)
        times = [one.cpu_times() for one in (main, *main.children(recursive=True))]
        return float(sum(one.user + one.system for one in times))

    def workers(self) -> int:
        """Count its worker processes."""
        return len(psutil.Process(self.pid).children())


@contextmanager
def running(
    folder: Path, database: str, flows: Mapping[str, Path] | None = None
) -> Iterator[Server]:
    """Start this server on an empty database; `flows` are published by the number they answer."""
    with programs(_new(folder)) as place:
        environment = _environment(place.folder, database)
        _flask(environment, "release")
        for number, flow in (flows or {NUMBER: FLOW}).items():
            _flask(environment, "flows", "publish", str(flow), "--bind", number)
        yield _start(place, OURS, environment)


@contextmanager
def baseline(folder: Path, database: str) -> Iterator[Server]:
    """Start the baseline; `database` only decides, as for ours, how many workers there are."""
    with programs(_new(folder)) as place:
        yield _start(place, BASELINE, _environment(place.folder, database))


def _new(folder: Path) -> Path:
    made = folder / f"server-{len(list(folder.iterdir()))}"
    made.mkdir()
    return made


def _environment(folder: Path, database: str) -> dict[str, str]:
    port = free_port()
    return {
        "DATABASE_URL": database,
        "DATA_DIR": str(folder),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000001",
        "TWILIO_AUTH_TOKEN": TOKEN,
        "WEB_CONCURRENCY": "0",
        "LOG_LEVEL": "WARNING",
    }


def _flask(environment: Mapping[str, str], *command: str) -> None:
    done = subprocess.run(
        [str(BIN / "flask"), *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"flask {' '.join(command)} failed:\n{done.stdout}")


def _start(place: Programs, application: str, environment: Mapping[str, str]) -> Server:
    command = ["gunicorn", "-c", "web/gunicorn_conf.py", application]
    program = place.start(command, environment)
    port = int(environment["PORT"])
    wait_until(lambda: is_listening(port) or not program.alive(), _START, what="a server")
    if not program.alive():
        raise RuntimeError(f"{application} did not start:\n{program.output}")
    return Server(environment["PUBLIC_URL"], program.pid, environment["DATABASE_URL"])
