"""Programs that tests start, and that are gone when the test is over, whatever happened."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.support.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@dataclass
class Program:
    """One running program: its process, and the file its output goes to."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        """The id of the process, which also leads its process group."""
        return self.process.pid

    @property
    def output(self) -> str:
        """Everything the program has written so far, stdout and stderr together."""
        return self.log.read_text(errors="replace")

    def alive(self) -> bool:
        """Whether the program still runs."""
        return self.process.poll() is None

    def family(self) -> list[int]:
        """The ids of the program and of all it started, the program first; none once it has ended.

        Its number may be somebody else's by then.
        """
        if not self.alive():
            return []
        try:
            children = psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        return [self.pid, *(child.pid for child in children)]

    def wait_for_output(self, text: str, timeout: float = 20.0) -> None:
        """Return once `text` was written; AssertionError with the output if it never is."""
        wait_until(
            lambda: text in self.output or not self.alive(), timeout, what=f"output {text!r}"
        )
        assert text in self.output, f"ended with {self.process.returncode}:\n{self.output}"

    def kill(self) -> None:
        """kill -9 for the program and all it started, at once."""
        for pid in self.family():
            _send(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, timeout: float = 10.0) -> int:
        """Ask the program to end, insist after `timeout` seconds, return its exit code."""
        family = self.family()
        _send(self.pid, signal.SIGTERM)
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
        for pid in family[1:]:
            _send(pid, signal.SIGKILL)
        return self.process.wait()


@dataclass
class Programs:
    """Starts programs for one test and remembers them, so that they can be ended after it."""

    folder: Path
    started: list[Program] = field(default_factory=list)

    def start(
        self, command: Sequence[str], env: Mapping[str, str] | None = None, cwd: Path = ROOT
    ) -> Program:
        """Start `command` (a name from .venv/bin or a path) with `env` added to ours."""
        name = command[0]
        path = BIN / name
        log = self.folder / f"{len(self.started)}-{Path(name).name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(path) if path.exists() else name, *command[1:]],
                cwd=cwd,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        program = Program(process, log)
        self.started.append(program)
        return program


@contextmanager
def programs(folder: Path) -> Iterator[Programs]:
    """A place to start programs from; all of them are killed when the block is left."""
    running = Programs(folder)
    try:
        yield running
    finally:
        for program in running.started:
            program.kill()


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
