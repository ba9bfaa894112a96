"""Files of messages: kept whole under names of ours, found by nothing else, swept when nobody's."""

import os
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

import pytest

from runner.media import MediaError, MediaShelf


def nobodys(names: Collection[str]) -> set[str]:
    return set()


@pytest.fixture
def shelf(tmp_path: Path) -> MediaShelf:
    return MediaShelf(tmp_path / "data" / "media", nobodys)


def test_what_is_put_is_there_for_its_owner_alone(shelf: MediaShelf) -> None:
    first, second = shelf.put(b"\0picture"), shelf.put(b"\0picture")
    assert first != second
    path = shelf.open(first)
    assert path.read_bytes() == b"\0picture"
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert sorted(each.name for each in path.parent.iterdir()) == sorted([first, second])


def test_what_is_discarded_is_gone(shelf: MediaShelf) -> None:
    name = shelf.put(b"x")
    path = shelf.open(name)
    assert shelf.discard(name)
    assert not path.exists()
    assert not shelf.discard(name)
    with pytest.raises(MediaError, match="not kept here"):
        shelf.open(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "..", "../secret.key", "/etc/passwd", "a" * 39, "A" * 40, "a" * 40 + "\n"),
        *("٣" * 40, ".incoming-" + "a" * 40, "a" * 20 + "/" + "a" * 19, "\0" * 40),
    ],
)
def test_no_name_from_outside_is_a_path(shelf: MediaShelf, tmp_path: Path, name: str) -> None:
    (tmp_path / "data" / "secret.key").write_text("key")
    with pytest.raises(MediaError, match="not kept here"):
        shelf.open(name)
    assert not shelf.discard(name)
    assert (tmp_path / "data" / "secret.key").exists()


def test_orphans_and_drafts_go_and_what_has_a_row_stays(tmp_path: Path) -> None:
    folder = tmp_path / "media"
    kept: set[str] = set()
    shelf = MediaShelf(folder, lambda names: kept & set(names))
    known, orphan, young = (shelf.put(text) for text in (b"known", b"orphan", b"young"))
    kept.add(known)
    for name in (".incoming-" + "a" * 40, "README"):
        (folder / name).write_bytes(b"")
    for name in (known, orphan, ".incoming-" + "a" * 40, "README"):
        os.utime(folder / name, (0, 0))
    assert shelf.sweep() == 2
    assert {path.name for path in folder.iterdir()} == {known, young, "README"}
    assert shelf.sweep(timedelta(seconds=-60)) == 1
    assert {path.name for path in folder.iterdir()} == {known, "README"}


def test_a_sweep_asks_about_a_few_names_at_a_time(tmp_path: Path) -> None:
    asked: list[int] = []

    def known(names: Collection[str]) -> set[str]:
        asked.append(len(names))
        return set()

    shelf = MediaShelf(tmp_path / "media", known)
    for number in range(1_201):
        path = tmp_path / "media" / f"{number:040x}"
        path.write_bytes(b"")
        os.utime(path, (0, 0))
    assert shelf.sweep() == 1_201
    assert asked == [500, 500, 201]


def test_a_file_that_goes_during_a_sweep_is_no_error(tmp_path: Path) -> None:
    folder = tmp_path / "media"
    shelf = MediaShelf(folder, nobodys)
    (folder / ("a" * 40)).symlink_to(folder / "gone")
    assert shelf.sweep(timedelta(seconds=-60)) == 0


def test_a_disk_that_refuses_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "media").write_bytes(b"a file stands in the way")
    with pytest.raises(MediaError, match="could not be kept"):
        MediaShelf(tmp_path / "media", nobodys)
    shelf = MediaShelf(tmp_path / "other", nobodys)
    (tmp_path / "other").rmdir()
    (tmp_path / "other").write_bytes(b"")
    with pytest.raises(MediaError, match="could not be kept"):
        shelf.put(b"x")
