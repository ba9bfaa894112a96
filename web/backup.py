"""Backs an installation up while it runs, and restores one: database, sounds, files of messages."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from runner.errors import RunnerError
from runner.settings import Settings
from runner.vault import Vault, load_key
from store import copies, migrate
from store.archive import Archive, Writer, reading, writing
from store.database import Database

FOLDERS = ("prompts", "recordings", "media")
KEY = "secret.key"

_KEY_MARK = "the key of a backup"
_SOUND = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")


class NotRestored(RunnerError):
    """The restore was refused before anything was touched; the text says what to do."""


@dataclass(frozen=True)
class Done:
    """What a backup holds or a restore brought: files of each folder, whether the key is in it."""

    files: dict[str, int]
    key: bool
    made: str


def back_up(settings: Settings, database: Database, to: Path, at: datetime, *, key: bool) -> Done:
    """Write a whole backup to one file.

    The database comes first: a sound that is added later is in no row, and one that is removed
    later was to go anyway.

    Raises:
        NotRestored: the key was asked for, but it comes from the environment.
    """
    facts = {
        "made": at.isoformat(),
        "database": copies.engine_of(database),
        "revision": migrate.current(settings.database),
        "key": _mark(settings),
    }
    if key and settings.secret_key:
        raise NotRestored("SECRET_KEY comes from the environment: keep it where that is kept")
    with _drafts(to.parent) as drafts, writing(to, facts) as writer:
        copies.copy_out(database, writer, drafts)
        files = {name: _add(writer, settings.data_dir, name) for name in FOLDERS}
        with_key = key and writer.add(KEY, settings.data_dir / KEY)
    return Done(files, with_key, at.isoformat())


def restore(
    settings: Settings,
    database: Callable[[], Database],
    archive_file: Path,
    migrate_jobs: copies.Migrate,
    *,
    replace: bool,
) -> Done:
    """Restore a backup, into an empty installation unless `replace`.

    Everything is checked first. Then sounds are put into place, then the database changes in one
    moment, then the sounds that belonged to the old one go: broken off anywhere, what was there
    still works.

    Raises:
        BadArchive, Refused, NotRestored: nothing was touched.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with reading(archive_file) as archive, _drafts(settings.data_dir) as drafts:
        here = database()
        copies.check(archive, here)
        _check_key(archive, settings)
        migrate.upgrade(settings.database)
        migrate_jobs(settings.database)
        if not replace and not copies.is_empty(here):
            raise NotRestored("this installation is not empty: --replace puts the backup in place")
        _put_key(archive, settings, drafts)
        sounds = {name: _bring(archive, settings, name, drafts) for name in FOLDERS}
        copies.copy_in(archive, here, migrate_jobs, drafts)
        for name, kept in sounds.items():
            _clear(settings.data_dir / name, kept)
        count = {name: len(kept) for name, kept in sounds.items()}
        return Done(count, KEY in archive.names, str(archive.manifest.get("made", "")))


def _add(writer: Writer, data: Path, folder: str) -> int:
    """Add the sounds of a folder; half-saved ones begin with a dot."""
    here = data / folder
    names = sorted(path.name for path in here.iterdir()) if here.is_dir() else []
    return sum(writer.add(f"{folder}/{name}", here / name) for name in names if _SOUND.match(name))


def _bring(archive: Archive, settings: Settings, folder: str, drafts: Path) -> set[str]:
    """Put the sounds of a folder beside those that are there; their names are nobody else's."""
    here = settings.data_dir / folder
    here.mkdir(mode=0o700, exist_ok=True)
    kept = set()
    for entry in archive.names:
        place, _, name = entry.partition("/")
        if place == folder:
            draft = drafts / name
            archive.take(entry, draft)
            draft.replace(here / name)
            kept.add(name)
    return kept


def _clear(folder: Path, kept: set[str]) -> None:
    for path in folder.iterdir():
        if path.name not in kept:
            path.unlink(missing_ok=True)


def _mark(settings: Settings) -> str:
    """Give what tells whether two installations have the same key, and nothing of the key."""
    return Vault(load_key(settings.secret_key, settings.data_dir)).mark(_KEY_MARK)


def _check_key(archive: Archive, settings: Settings) -> None:
    """See that what is sealed in the backup can be opened here.

    Raises:
        NotRestored: it cannot.
    """
    given = settings.secret_key or (settings.data_dir / KEY).exists()
    if given and _mark(settings) == archive.manifest.get("key"):
        return
    if KEY in archive.names and not settings.secret_key:
        return
    raise NotRestored(
        "the backup's values were sealed with another key:"
        f" set SECRET_KEY, or put {KEY} of the old installation into DATA_DIR, before you restore"
    )


def _put_key(archive: Archive, settings: Settings, drafts: Path) -> None:
    """Put the key of the backup into place: what the one that is here has sealed is gone."""
    path = settings.data_dir / KEY
    if KEY in archive.names and not settings.secret_key:
        draft = drafts / KEY
        archive.take(KEY, draft)
        draft.replace(path)


@contextmanager
def _drafts(beside: Path) -> Iterator[Path]:
    """Give a folder for drafts on the same disk; it is removed at the end."""
    folder = beside / f".drafts-{uuid4().hex}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
