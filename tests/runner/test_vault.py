"""What is sealed opens with the same key at the same place, and nowhere else."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.errors import BadSettings
from runner.vault import Vault, load_key

VAULT = Vault(b"k" * 32)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(JSON, st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_comes_back(value: Any, place: str) -> None:
    assert VAULT.open(VAULT.seal(value, place), place) == value


def test_two_seals_of_one_value_differ_and_show_nothing() -> None:
    seals = [VAULT.seal({"pin": "12345678"}, "e1") for _ in range(2)]
    assert seals[0] != seals[1]
    assert b"12345678" not in b"".join(seals)


@pytest.mark.parametrize(
    ("key", "place", "change"),
    [
        (b"x" * 32, "e1", lambda sealed: sealed),
        (b"k" * 32, "e2", lambda sealed: sealed),
        (b"k" * 32, "e1", lambda sealed: sealed[:-1]),
        (b"k" * 32, "e1", lambda sealed: sealed[:20] + bytes([sealed[20] ^ 1]) + sealed[21:]),
        (b"k" * 32, "e1", lambda sealed: bytes([sealed[0] ^ 1]) + sealed[1:]),
        (b"k" * 32, "e1", lambda _: b""),
        (b"k" * 32, "e1", lambda _: b"short"),
    ],
)
def test_another_key_place_or_byte_is_refused(key: bytes, place: str, change: Any) -> None:
    sealed = change(VAULT.seal("value", "e1"))
    with pytest.raises(BadSettings, match="SECRET_KEY"):
        Vault(key).open(sealed, place)


def test_marks_are_equal_for_equal_text_and_key_alone() -> None:
    assert VAULT.mark("a") == VAULT.mark("a") != VAULT.mark("b")
    assert VAULT.mark("a") != Vault(b"x" * 32).mark("a")


def test_a_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: load_key("", folder), range(8)))
    assert len(set(keys)) == 1
    assert [path.name for path in folder.iterdir()] == ["secret.key"]
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600


def test_a_given_key_is_used(tmp_path: Path) -> None:
    assert load_key("ab" * 32, tmp_path) == b"\xab" * 32
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["short", "ab" * 31, "zz" * 32, "ab" * 33])
def test_a_wrong_key_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadSettings, match="SECRET_KEY: give 64 hex digits"):
        load_key(text, tmp_path)
    (tmp_path / "secret.key").write_text(text)
    with pytest.raises(BadSettings, match=r"secret\.key: give 64 hex digits"):
        load_key("", tmp_path)
