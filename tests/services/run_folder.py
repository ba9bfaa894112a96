"""One folder that all pytest processes of a run share: its services live there."""

import os
import shutil
import tempfile
from pathlib import Path

VARIABLE = "LINEWALK_TEST_RUN"
MEMORY, ENOUGH = Path("/dev/shm"), 4 * 1024**3


def make_run_folder() -> None:
    """Called once by the process that leads the run; its workers inherit the variable.

    Not pytest's own folder: its rights are 0700, and a server started by root runs as another user.
    """
    os.environ[VARIABLE] = tempfile.mkdtemp(prefix="linewalk-test-", dir=_in_memory())


def _in_memory() -> Path | None:
    """Where files cost no disk, if there is room: thousands of databases are made and removed."""
    there = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    return MEMORY if there and shutil.disk_usage(MEMORY).free > ENOUGH else None


def run_folder() -> Path:
    """The folder of this run."""
    return Path(os.environ[VARIABLE])


def remove_run_folder() -> None:
    """Called by the process that made it, when every worker has ended."""
    shutil.rmtree(os.environ.pop(VARIABLE), ignore_errors=True)
