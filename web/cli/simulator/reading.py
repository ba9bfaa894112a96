"""Reads dialogue files; every mistake in one is reported with its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from flow.language.explain import dotted, explain
from flow.language.reader import Text, Unreadable, read
from web.cli.simulator.dialogue import Dialogue, DialogueFile
from web.cli.simulator.errors import CannotWalk, Together
from web.cli.simulator.shelf import DIALOGUES, SUFFIXES, Shelf, is_dialogue

_FLOW_LINE = re.compile(r"""^flow:[ ]*["']?([^"'#\n]+?)["']?[ ]*(?:#.*)?$""", re.MULTILINE)


@dataclass(frozen=True)
class Scripted:
    """The dialogues of one file: `path` is the file's, `flow` the file of the flow they are with.

    `text` knows the lines.
    """

    path: Path
    flow: Path
    dialogues: tuple[Dialogue, ...]
    text: Text

    def line(self, dialogue: int, *place: str | int) -> int:
        """Find the line of something inside a dialogue."""
        return self.text.line(("dialogues", dialogue, *place))


def read_dialogues(path: Path, shelf: Shelf) -> Scripted:
    """Read a dialogue file.

    Raises:
        CannotWalk: it cannot be read or is no dialogue file; each line says where and why.
    """
    try:
        text = read(shelf.text(path))
    except Unreadable as error:
        raise CannotWalk(f"{path}:{error.line}: {error}") from None
    if not isinstance(text.value, dict):
        raise CannotWalk(f"{path}:1: a dialogue file is a mapping with dialogues: and a list")
    problems = [
        (second, f"{dotted(place)}: is given twice, in line {first} and here; keep one")
        for place, first, second in text.twice
    ]
    try:
        found = DialogueFile.model_validate(text.value)
    except ValidationError as error:
        for place, message in explain(error, DialogueFile, text.value):
            problems.append((text.line(place), f"{dotted(place)}: {message}"))
    if problems:
        raise CannotWalk([f"{path}:{line}: {message}" for line, message in sorted(problems)])
    return Scripted(path, _flow(path, found.flow, text), found.dialogues, text)


def _flow(path: Path, named: str, text: Text) -> Path:
    if named:
        wanted = path.parent / named
        if not wanted.is_file():
            line = text.line(("flow",))
            raise CannotWalk(f"{path}:{line}: flow: there is no file {named!r} beside this one")
        return wanted
    stem = path.stem.removesuffix(DIALOGUES)
    beside = (path.with_name(stem + suffix) for suffix in SUFFIXES)
    found = next((flow for flow in beside if flow.is_file()), None)
    if found is None:
        raise CannotWalk(f"{path}:1: there is no {stem}.yaml beside it; name the flow with flow:")
    return found


def scripts(paths: tuple[Path, ...], shelf: Shelf) -> tuple[list[Path], list[Scripted]]:
    """Find the flows and the dialogues that some files and folders stand for.

    A dialogue file stands for itself and its flow, a flow for itself and every dialogue file
    beside it that is with it.

    Raises:
        CannotWalk: files are not usable; the lines tell of all of them.
    """
    flows: list[Path] = []
    found: dict[Path, Scripted] = {}
    with Together() as together:
        for path in dict.fromkeys(_files(paths)):
            alone = is_dialogue(path)
            flows += [] if alone else [path]
            for other in [path] if alone else _beside(path):
                with together.part():
                    _take(found, other, None if alone else path, shelf)
    flows += [script.flow for script in found.values()]
    return _unique(flows), list(found.values())


def _take(found: dict[Path, Scripted], path: Path, flow: Path | None, shelf: Shelf) -> None:
    """Read a dialogue file once, and keep it unless it is with another flow than this one."""
    script = found.get(path) or read_dialogues(path, shelf)
    if flow is None or script.flow.resolve() == flow.resolve():
        found[path] = script


def _unique(paths: list[Path]) -> list[Path]:
    return list({path.resolve(): path for path in paths}.values())


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.iterdir() if p.suffix in SUFFIXES)
        else:
            yield path


def _beside(flow: Path) -> list[Path]:
    """List the dialogue files in a flow's folder that are, by their name or text, with it."""
    if not flow.parent.is_dir():
        return []
    listed = sorted(p for p in flow.parent.iterdir() if is_dialogue(p))
    return [p for p in listed if _named(p) == flow.name or _stem(p) == flow.stem]


def _named(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    try:
        found = read(text).value
    except Unreadable:
        # It still says what it is with, so that its mistake is reported and not passed over.
        line = _FLOW_LINE.search(text)
        return line[1] if line else ""
    return str(found.get("flow", "")) if isinstance(found, dict) else ""


def _stem(path: Path) -> str:
    return path.stem.removesuffix(DIALOGUES)
