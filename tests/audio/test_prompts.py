"""The library: named, unguessable, replaced live, swept late."""

import hashlib
import io
import os
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from audio.errors import AudioMissing, AudioRefused, AudioStorageFailed
from audio.ids import file_id
from audio.prompts import PromptLibrary
from tests.audio.conftest import MemoryShelf
from tests.audio.sounds import tone, wav

NOW = timedelta(0)
pytestmark = pytest.mark.usefixtures("no_ffmpeg")


def test_what_is_told_is_what_is_kept(library: PromptLibrary) -> None:
    prompt = library.add("hold", io.BytesIO(wav()), "C:\\music\\..\\Hold\u202e\0 me.wav")
    kept = library.open(prompt.file_id).read_bytes()
    assert prompt.sha256 == hashlib.sha256(kept).hexdigest()
    assert (prompt.size, prompt.seconds) == (len(kept), 1.0)
    assert prompt.filename == "Hold me.wav"
    assert library.get("hold") == prompt
    assert library.list() == [prompt]


def test_a_stream_may_come_byte_by_byte(library: PromptLibrary) -> None:
    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(1)

    whole, dripped = library.add("whole", wav()), library.add("dripped", Dripping(wav()))
    assert dripped.sha256 == whole.sha256


def test_a_call_goes_on_hearing_the_old_file_while_the_name_has_a_new_one(
    library: PromptLibrary,
) -> None:
    old = library.add("hold", wav())
    before = library.open(old.file_id).read_bytes()
    new = library.add("hold", wav(tone(2.0)))
    assert new.file_id != old.file_id
    assert library.open(old.file_id).read_bytes() == before
    assert library.get("hold") == new
    library.remove("hold")
    assert library.get("hold") is None
    assert library.open(new.file_id).is_file()


def test_a_refused_replacement_leaves_the_prompt_as_it_was(library: PromptLibrary) -> None:
    kept = library.add("hold", wav())
    with pytest.raises(AudioRefused):
        library.add("hold", wav()[:500])
    assert library.get("hold") == kept
    assert library.open(kept.file_id).is_file()


def test_sweep_counts_from_the_moment_of_replacement(library: PromptLibrary) -> None:
    old = library.add("hold", wav())
    os.utime(library.open(old.file_id), (0, 0))  # added long ago
    new = library.add("hold", wav(tone(2.0)))
    assert library.sweep(timedelta(hours=1)) == 0
    assert library.open(old.file_id).is_file()
    os.utime(library.open(old.file_id), (0, 0))
    os.utime(library.open(new.file_id), (0, 0))
    assert library.sweep(timedelta(hours=1)) == 1
    assert library.open(new.file_id).is_file()
    with pytest.raises(AudioMissing, match="under this address"):
        library.open(old.file_id)


def test_sweep_takes_leftovers_and_nothing_that_is_not_ours(
    library: PromptLibrary, tmp_path: Path
) -> None:
    folder = tmp_path / "prompts"
    (folder / f".incoming-{file_id()}.upload").write_bytes(b"half")
    (folder / "README.txt").write_text("mine")
    assert library.sweep(NOW) == 1
    assert [path.name for path in folder.iterdir()] == ["README.txt"]


def test_removing_what_is_not_there_says_so(library: PromptLibrary) -> None:
    with pytest.raises(AudioMissing, match="no prompt named 'hold'"):
        library.remove("hold")


@pytest.mark.parametrize(
    "identity",
    ["", "..", "../secret", "a" * 39, "A" * 40, "a" * 41, "a" * 40 + "\n", "/etc/passwd", "٣" * 40],
)
def test_only_an_id_opens_a_file(library: PromptLibrary, tmp_path: Path, identity: str) -> None:
    (tmp_path / "secret.wav").write_bytes(b"secret")
    with pytest.raises(AudioMissing):
        library.open(identity)


def test_ids_are_long_random_and_alone() -> None:
    ids = {file_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(re.fullmatch(r"[0-9a-f]{40}", identity) for identity in ids)


def test_two_who_replace_at_once_leave_one_whole_prompt(library: PromptLibrary) -> None:
    sounds = [wav(tone(0.5 + number / 10)) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        added = list(pool.map(lambda sound: library.add("hold", sound), sounds))
    kept = library.get("hold")
    assert kept in added
    assert kept is not None
    assert hashlib.sha256(library.open(kept.file_id).read_bytes()).hexdigest() == kept.sha256


def test_strangers_on_the_machine_cannot_look_in(library: PromptLibrary, tmp_path: Path) -> None:
    assert (tmp_path / "prompts").stat().st_mode & 0o077 == 0


def test_a_disk_that_fails_is_told_apart_from_a_bad_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(AudioStorageFailed, match="could not be kept") as failed:
        PromptLibrary(tmp_path / "file" / "prompts", MemoryShelf("name"))
    assert failed.value.retry


def test_a_source_that_breaks_off_is_its_own_fault(library: PromptLibrary, tmp_path: Path) -> None:
    class Broken:
        def read(self, _size: int, /) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        library.add("hold", Broken())
    assert list((tmp_path / "prompts").iterdir()) == []


def test_a_folder_relative_to_where_the_server_started_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    library = PromptLibrary(Path("var/prompts"), MemoryShelf("name"))
    path = library.open(library.add("hold", wav()).file_id)
    assert path.is_relative_to(tmp_path / "var" / "prompts")
