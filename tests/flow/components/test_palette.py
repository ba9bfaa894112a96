"""The folder of components and its table of contents say the same."""

from pathlib import Path

import flow.components
from flow.components import NOT_YET_BUILT, PALETTE

FOLDER = Path(flow.components.__file__).parent


def test_every_file_of_the_folder_is_in_the_palette_and_the_other_way_round() -> None:
    files = {path.stem.rstrip("_") for path in FOLDER.glob("*.py")} - {"__init"}
    modules = {kind.__module__.rpartition(".")[2].rstrip("_") for kind in PALETTE.values()}
    assert files == modules


def test_a_component_is_named_as_its_file() -> None:
    for name, kind in PALETTE.items():
        assert kind.__module__.rpartition(".")[2].rstrip("_") == name


def test_nothing_is_built_and_not_yet_built() -> None:
    assert not set(PALETTE) & set(NOT_YET_BUILT)


def test_what_a_component_falls_back_to_is_one_of_its_exits() -> None:
    for name, kind in PALETTE.items():
        named = {*kind.EXITS, *kind.OPTIONAL, "error"}
        assert set(kind.OPTIONAL) <= named, name
        assert not kind.FALLBACK or kind.FALLBACK in named or not kind.EXITS, name
