"""Shelves in dictionaries, a prompt library and a recording store in a fresh folder, ffmpeg."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from audio.prompts import PromptLibrary
from audio.recordings import RecordingStore


class MemoryShelf:
    """Rows in a dictionary, found by one of their fields."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.rows: dict[str, dict[str, Any]] = {}

    def put(self, row: Mapping[str, Any], /) -> None:
        self.rows[row[self.key]] = dict(row)

    def get(self, name: str, /) -> dict[str, Any] | None:
        return self.rows.get(name)

    def list(self) -> list[dict[str, Any]]:
        return [self.rows[name] for name in sorted(self.rows)]

    def remove(self, name: str, /) -> bool:
        return self.rows.pop(name, None) is not None


@pytest.fixture
def library(tmp_path: Path) -> PromptLibrary:
    return PromptLibrary(tmp_path / "prompts", MemoryShelf("name"))


@pytest.fixture
def store(tmp_path: Path) -> RecordingStore:
    return RecordingStore(tmp_path / "recordings", MemoryShelf("recording_id"))


@pytest.fixture
def no_ffmpeg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A PATH on which no program is found."""
    empty = tmp_path / "empty-path"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))


@pytest.fixture(scope="session")
def ffmpeg() -> str:
    """The real ffmpeg; without it these tests prove nothing."""
    program = shutil.which("ffmpeg")
    if program is None:
        pytest.skip("ffmpeg is not installed: apt-get install ffmpeg")
    return program
