"""Each room introduces itself, and no file names a place of somebody's machine."""

from pathlib import Path

import pytest

from tests.rules.places import machine_paths
from tests.rules.tree import ROOMS, ROOT, source, tracked_files

TEXT = {".py", ".md", ".toml", ".txt", ".in", ".yaml", ".yml", ".json", ".html", ".js", ".css", ""}


@pytest.mark.parametrize("room", [*ROOMS, "examples", "tests"])
def test_each_room_says_what_comes_in_goes_out_and_is_forbidden(room: str) -> None:
    text = source(f"{room}/README.md")
    assert len(text.splitlines()) <= 15
    for word in ("comes in:", "goes out:", "forbidden"):
        assert word in text.lower(), word


def test_no_file_names_a_place_of_this_machine() -> None:
    found = {
        name: lines
        for name in tracked_files()
        if Path(name).suffix in TEXT
        and not name.startswith("tests/rules/")
        and (lines := machine_paths((ROOT / name).read_text(errors="replace")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "see /home/ann/linewalk/app.py",
        "/root/.cache/x",
        "/Users/ann/Desktop/x",
        "--index-url https://index.example/simple",
        "cd /srv/checkouts/linewalk",
    ],
)
def test_a_place_of_the_machine_is_found(line: str) -> None:
    assert machine_paths(f"first\n{line}\n", Path("/srv/checkouts/linewalk"))[0].startswith("2: ")


@pytest.mark.parametrize("line", ["var/prompts", "/ivr/voice", "https://example.com/home/", "/app"])
def test_other_paths_pass(line: str) -> None:
    assert machine_paths(line, Path("/app")) == []
