"""Prompts, recording files, secrets and leases: rows by name."""

from typing import Any

import pytest

from store.database import Database
from store.leases import Leases
from store.sealed import Secrets
from store.shelves import PromptShelf, RecordingShelf
from tests.store.builders import MINUTE, NOON

PROMPT: dict[str, Any] = {
    "name": "hold",
    "file_id": "f1",
    "filename": "hold \u20ac.wav",
    "seconds": 1.25,
    "size": 20_000,
    "loudness": -16.0,
    "sha256": "0" * 64,
}
RECORDING: dict[str, Any] = {
    "recording_id": "RE1",
    "file_id": "f1",
    "kind": "wav",
    "seconds": 2.5,
    "size": 40_000,
    "sha256": "0" * 64,
}


@pytest.mark.parametrize(
    ("shelf", "row", "key"),
    [(PromptShelf, PROMPT, "name"), (RecordingShelf, RECORDING, "recording_id")],
)
def test_a_shelf(database: Database, shelf: Any, row: dict[str, Any], key: str) -> None:
    rows = shelf(database)
    rows.put(row)
    rows.put(row | {"file_id": "f2"})
    rows.put(row | {key: "aa"})
    found = rows.get(row[key])
    assert {name: found[name] for name in row} == row | {"file_id": "f2"}
    assert [found[key] for found in rows.list()] == sorted(["aa", row[key]])
    assert rows.get("none") is None
    assert rows.remove("aa")
    assert not rows.remove("aa")
    assert len(rows.list()) == 1


def test_secrets(database: Database) -> None:
    secrets = Secrets(database)
    for sealed in (b"\x00one", b"two"):
        secrets.put("crm", sealed, NOON)
    secrets.put("aws", b"", NOON)
    assert (secrets.get("crm"), secrets.get("none")) == (b"two", None)
    assert secrets.names() == ["aws", "crm"]
    assert [secrets.remove("crm") for _ in range(2)] == [True, False]


def test_leases(database: Database) -> None:
    leases = Leases(database)
    leases.seen("web-1", NOON - MINUTE)
    leases.seen("web-1", NOON)
    leases.seen("web-2", NOON - MINUTE)
    assert leases.beats() == {"web-1": NOON, "web-2": NOON - MINUTE}
    leases.leave("web-1")
    assert list(leases.beats()) == ["web-2"]


def test_an_exclusive_lock_has_one_holder_and_is_free_afterwards(database: Database) -> None:
    leases = Leases(database)
    with leases.exclusive("reaper") as first, leases.exclusive("reaper") as second:
        assert (first, second) == (True, False)
        with leases.exclusive("other") as another:
            assert another
    with leases.exclusive("reaper") as again:
        assert again
