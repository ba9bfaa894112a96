"""What the numbers were measured on: cores, Python, and what one write to the disk costs."""

import os
import platform
import statistics
import sys
import time
from pathlib import Path
from typing import Any

_WRITES = 100


def describe(folder: Path) -> dict[str, Any]:
    """Say how fast the machine is where the databases are; times in milliseconds."""
    return {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "fsync_ms": round(_fsync(folder / "fsync"), 3),
        "load": round(os.getloadavg()[0], 2),
    }


def _fsync(path: Path) -> float:
    taken = []
    with path.open("wb") as file:
        for _ in range(_WRITES):
            file.write(b"x" * 4096)
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - began)
    path.unlink()
    return statistics.median(taken) * 1000


def progress(text: str) -> None:
    """Say on stderr what is being measured: stdout is for the document alone."""
    print(f"bench: {text}", file=sys.stderr, flush=True)  # noqa: T201  the line a person watches
