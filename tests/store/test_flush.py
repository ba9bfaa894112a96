"""Commits on SQLite are durable before anyone is answered: one flush serves all who wait for it."""

import threading
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from store import flush
from store.errors import Unavailable
from tests.support.waiting import wait_until


class Disk:
    """A disk whose flushes wait until they are let go, and can be made to fail."""

    def __init__(self) -> None:
        self.flushes = 0
        self.go = threading.Event()
        self.fails = False

    def __call__(self, descriptor: int) -> None:
        self.flushes += 1
        assert self.go.wait(10)
        if self.fails:
            raise OSError(5, "Input/output error")


@pytest.fixture
def disk() -> Iterator[Disk]:
    made = Disk()
    with patch.object(flush, "_write_through", made):
        yield made


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "db-wal").write_bytes(b"frames")
    return tmp_path / "db"


def test_whoever_comes_during_a_flush_shares_the_next_one(disk: Disk, log: Path) -> None:
    flushes = flush.Flush(log)
    done: list[int] = []

    def commit(number: int) -> None:
        flushes.flush()
        done.append(number)

    threads = [threading.Thread(target=commit, args=(number,)) for number in range(8)]
    threads[0].start()
    wait_until(lambda: disk.flushes == 1, 5, what="the first flush")
    for thread in threads[1:]:
        thread.start()
    assert done == []
    disk.go.set()
    for thread in threads:
        thread.join(10)
    assert sorted(done) == list(range(8))
    assert disk.flushes <= 3


def test_a_commit_during_a_flush_is_not_covered_by_it(disk: Disk, log: Path) -> None:
    flushes = flush.Flush(log)
    first = threading.Thread(target=flushes.flush)
    first.start()
    wait_until(lambda: disk.flushes == 1, 5, what="the first flush")
    second = threading.Thread(target=flushes.flush)
    second.start()
    disk.go.set()
    first.join(10)
    second.join(10)
    assert disk.flushes == 2


def test_after_a_failed_flush_nothing_counts_as_written(disk: Disk, log: Path) -> None:
    flushes = flush.Flush(log)
    disk.go.set()
    disk.fails = True
    with pytest.raises(Unavailable, match="did not take a commit: Input/output error") as failed:
        flushes.flush()
    assert not failed.value.undone
    disk.fails = False
    with pytest.raises(Unavailable):
        flushes.flush()


def test_a_log_that_went_into_the_database_needs_no_flush(disk: Disk, tmp_path: Path) -> None:
    flush.Flush(tmp_path / "db").flush()
    assert disk.flushes == 0
