"""The figures of all processes, also of one that is just starting."""

import struct
from pathlib import Path

import pytest

from web import metrics


@pytest.fixture
def starting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The counters of a process that has its file, and nothing in it."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    file = tmp_path / "counter_1.db"
    file.touch()
    return file


def test_a_process_that_is_just_starting_is_waited_for(
    starting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.metrics.time.sleep", lambda _seconds: starting.unlink())
    assert metrics._text() == b""


def test_a_file_that_stays_broken_is_not_passed_over(
    starting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "_BLINK", 0)
    with pytest.raises(struct.error):
        metrics._text()
    assert starting.exists()
