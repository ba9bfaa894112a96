"""Which files the rules look at."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("flow", "desk", "runner", "store", "jobs", "audio", "ivr", "digital", "web")
PURE_ROOMS = ("flow", "desk")


@cache
def tracked_files() -> tuple[str, ...]:
    """Every file git knows or would take, relative to the root; all files where git is absent."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return tuple(name for name in sorted(listed.stdout.split("\n")) if (ROOT / name).is_file())
    found = (path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts)
    return tuple(sorted(str(path.relative_to(ROOT)) for path in found))


def python_files(*tops: str) -> list[str]:
    """The Python files under these rooms or with these names."""
    return [name for name in tracked_files() if name.endswith(".py") and name.split("/")[0] in tops]


def product_files() -> list[str]:
    """The Python files that are shipped: the rooms and app.py."""
    return python_files(*ROOMS, "app.py")


def source(name: str) -> str:
    """The text of one file."""
    return (ROOT / name).read_text()
