"""Starts programs at once: they are forked off a process that has read their code already.

Nearly all that starting a server costs is reading code, and tests start hundreds. What is born
here is what the command would start: its own session, the same arguments and environment, its
output in its log.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import psutil

from tests.support.processes import ROOT, Program, Programs

READ = ("gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "flask.cli")


class Mother:
    """The process that all others are forked off; `application` is the module they serve."""

    def __init__(self, application: str = "app") -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.nursery", application],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._lock = threading.Lock()

    def bear(self, command: Sequence[str], env: Mapping[str, str], log: Path) -> int:
        """Start a program; its process id."""
        asked = {"command": list(command), "env": dict(env), "log": str(log)}
        into, out = self.process.stdin, self.process.stdout
        assert into is not None
        assert out is not None
        with self._lock:
            into.write(f"{json.dumps(asked)}\n".encode())
            into.flush()
            return int(out.readline())

    def close(self) -> None:
        """Have it end; those it has borne live on."""
        self.process.communicate()


@dataclass
class Born(Program):
    """A program that was forked; `process` is its mother's."""

    born: psutil.Process

    @property
    def pid(self) -> int:
        """The id of the process, which also leads its process group."""
        return int(self.born.pid)

    def alive(self) -> bool:
        """Whether the program still runs."""
        return bool(self.born.is_running())

    def kill(self) -> None:
        """kill -9 for the program and all it started, at once."""
        for pid in self.family():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.born.wait()

    def stop(self, timeout: float = 10.0) -> int:
        """Ask the program to end, insist after `timeout` seconds; 0 if it ended when asked.

        Its exit code is its mother's to know.
        """
        self.born.terminate()
        try:
            self.born.wait(timeout)
        except psutil.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL
        return 0


@dataclass
class Nursery(Programs):
    """A place to start programs from, each forked off the mother."""

    mother: Mother = field(kw_only=True)

    def start(
        self, command: Sequence[str], env: Mapping[str, str] | None = None, cwd: Path = ROOT
    ) -> Program:
        """Start a command of ours with `env` added to ours."""
        assert cwd == ROOT
        log = self.folder / f"{len(self.started)}-{command[0]}.log"
        log.touch()
        born = psutil.Process(self.mother.bear(command, env or {}, log))
        self.started.append(Born(self.mother.process, log, born))
        return self.started[-1]


@contextmanager
def nursery(folder: Path, mother: Mother) -> Iterator[Nursery]:
    """A nursery whose programs are killed when the block is left."""
    running = Nursery(folder, mother=mother)
    try:
        yield running
    finally:
        for program in running.started:
            program.kill()


def _become(asked: Mapping[str, Any]) -> int:
    """Be the program that was asked for, until it ends; its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND)
    for target, source in ((0, os.open(os.devnull, os.O_RDONLY)), (1, log), (2, log)):
        os.dup2(source, target)
    os.environ.update(asked["env"])
    sys.argv = asked["command"]
    try:
        _main_of(sys.argv[0])()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001  as Python itself ends
        traceback.print_exc()
        return 1
    return 0


def _main_of(name: str) -> Callable[[], object]:
    (script,) = entry_points(group="console_scripts", name=name)
    main: Callable[[], object] = script.load()
    return main


def _serve() -> None:
    """Read the code, then fork whenever a line asks for a program."""
    for name in (*READ, *sys.argv[1:]):
        importlib.import_module(name)
    assert threading.active_count() == 1, "reading code has started threads"
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever has ended is gone
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            code = _become(json.loads(line))
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        print(pid, flush=True)  # noqa: T201  the answer


if __name__ == "__main__":
    _serve()
