"""Files that contacts sent come onto our shelf, or stay nowhere."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from jobs.media import media
from runner.errors import CarrierError
from runner.fetching import LARGEST, MediaFetching
from runner.messages.channels import Attached
from tests.runner.messages.house import House
from tests.runner.messages.test_inbox import erase


@dataclass(frozen=True)
class Got:
    data: bytes
    type: str = "image/png"


@dataclass
class Source:
    """Where the provider keeps files; `meanwhile` happens while one is on its way."""

    files: dict[str, bytes] = field(default_factory=lambda: {"MM1/ME1": b"picture"})
    meanwhile: Callable[[], object] = lambda: None
    deleted: list[str] = field(default_factory=list)
    most: int = 0

    def fetch_file(self, source: str, most: int) -> Got:
        self.most = most
        if source not in self.files:
            raise CarrierError("not there", code=20404)
        self.meanwhile()
        return Got(self.files[source])

    def delete_file(self, source: str) -> None:
        self.deleted.append(source)


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def fetching(house: House, source: Source) -> MediaFetching:
    messaging = house.process.messaging
    return MediaFetching(house.store, lambda: messaging.threads, source, house.shelf)


def arrived(house: House, kind: str = "image/png") -> tuple[str, str]:
    """A picture comes; the ids of its row and of its conversation."""
    files = [Attached("file-1.png", kind, source="MM1/ME1")]
    taken = house.say("Look", files=files)
    ((_, key, data, _),) = [job for job in house.asked.jobs if job[0] == "media"]
    assert key == f"media-{data['media']}"
    return data["media"], taken.conversation


def row(house: House, name: str) -> Any:
    with house.store.work() as work:
        return work.media(name)


def shelved(house: House) -> list[bytes]:
    folder = house.shelf._folder
    return [path.read_bytes() for path in folder.iterdir()]


def test_a_file_is_brought_home_and_deleted_there(
    house: House, fetching: MediaFetching, source: Source
) -> None:
    name, conversation = arrived(house)
    version = house.conversation(conversation).version
    media(fetching).work({"media": name})
    kept = row(house, name)
    assert (kept.size, kept.source, kept.tries) == (7, "", 1)
    assert house.shelf.open(kept.file).read_bytes() == b"picture"
    assert source.deleted == ["MM1/ME1"]
    assert source.most == LARGEST
    (message,) = [each for each in house.messages(conversation) if each.media]
    assert message.media[0]["size"] == 7
    assert house.conversation(conversation).version > version
    fetching.fetch(name)
    assert len(shelved(house)) == 1


def test_a_file_whose_message_is_erased_meanwhile_stays_nowhere(
    house: House, fetching: MediaFetching, source: Source
) -> None:
    name, conversation = arrived(house)

    def erased() -> None:
        erase(house, conversation, [])
        work: Any
        with house.store.work() as work:
            if hasattr(work, "_rows"):
                work._take("media", name)

    source.meanwhile = erased
    fetching.fetch(name)
    assert shelved(house) == []
    assert source.deleted == ["MM1/ME1"]
    assert row(house, name) is None
    fetching.fetch(name)


def test_a_file_that_two_processes_bring_is_kept_once(
    house: House, fetching: MediaFetching, source: Source
) -> None:
    name, _ = arrived(house)

    def other() -> None:
        source.meanwhile = lambda: None
        fetching.fetch(name)

    source.meanwhile = other
    fetching.fetch(name)
    assert shelved(house) == [b"picture"]
    assert house.shelf.open(row(house, name).file).read_bytes() == b"picture"


def test_what_a_browser_would_run_is_not_kept(
    house: House, fetching: MediaFetching, source: Source
) -> None:
    name, _ = arrived(house, kind="text/html")
    fetching.fetch(name)
    assert shelved(house) == []
    assert row(house, name).file == ""
    assert source.deleted == ["MM1/ME1"]


def test_a_file_that_is_not_there_is_given_up_in_the_end(
    house: House, fetching: MediaFetching, source: Source
) -> None:
    source.files.clear()
    name, _ = arrived(house)
    job = media(fetching)
    for tries in (1, 2):
        with pytest.raises(CarrierError):
            job.work({"media": name})
        assert row(house, name).tries == tries
    assert job.give_up is not None
    job.give_up({"media": name})
    assert row(house, name).source == ""
    job.work({"media": name})
    job.give_up({"media": "gone"})
