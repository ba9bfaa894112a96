"""The stores are what the runner and the audio room ask for: mypy proves it, this runs it."""

from typing import TYPE_CHECKING

from store.memory import MemoryStore, MemoryWork
from store.shelves import PromptShelf, RecordingShelf
from store.store import SqlStore, SqlWork

if TYPE_CHECKING:
    from audio.prompts import PromptShelf as WantedPrompts
    from audio.recordings import RecordingShelf as WantedRecordings
    from runner.keys import KeyShelf
    from runner.ports import Store, Work
    from store.database import Database
    from tests.store.conftest import AnyStore


def test_the_stores_fit_the_runner(store: "AnyStore") -> None:
    wanted: Store = store
    with wanted.work() as work:
        fitting: Work = work
        assert isinstance(fitting, SqlWork | MemoryWork)
    assert isinstance(wanted, SqlStore | MemoryStore)


def test_the_keys_fit_the_runner(store: "AnyStore") -> None:
    keys: KeyShelf = store.keys
    assert list(keys.all()) == []


def test_the_shelves_fit_the_audio_room(database: "Database") -> None:
    prompts: WantedPrompts = PromptShelf(database)
    recordings: WantedRecordings = RecordingShelf(database)
    assert list(prompts.list()) == []
    assert recordings.get("RE1") is None
