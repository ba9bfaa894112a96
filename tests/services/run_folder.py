"""One folder that all pytest processes of a run share: its services live there."""

import os
import shutil
import tempfile
from pathlib import Path

VARIABLE = "LINEWALK_TEST_RUN"


def make_run_folder() -> None:
    """Called once by the process that leads the run; its workers inherit the variable.

    Not pytest's own folder: its rights are 0700, and a server started by root runs as another user.
    """
    os.environ[VARIABLE] = tempfile.mkdtemp(prefix="linewalk-test-")


def run_folder() -> Path:
    """The folder of this run."""
    return Path(os.environ[VARIABLE])


def remove_run_folder() -> None:
    """Called by the process that made it, when every worker has ended."""
    shutil.rmtree(os.environ.pop(VARIABLE), ignore_errors=True)
