"""Reads flow documents for the commands: from files, from siblings, from what is published."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click

from flow.errors import DocumentError
from flow.flow import Flow
from flow.language.check import check
from flow.language.load import load
from flow.language.problem import Problem

Pair = tuple[str, str]
Resolve = Callable[[str, str], Flow | None]

_SUFFIXES = (".yaml", ".yml", ".json")


def read(files: Iterable[Path]) -> list[Pair]:
    """Read documents as pairs of name and text.

    Raises:
        click.ClickException: one is no text.
    """
    found = []
    for path in files:
        try:
            found.append((str(path), path.read_text("utf-8")))
        except UnicodeDecodeError:
            raise click.ClickException(f"{path}: this is not UTF-8 text") from None
    return found


def is_document(path: Path) -> bool:
    """Say whether a file's name is that of a flow document."""
    return path.suffix in _SUFFIXES and not path.stem.endswith(".dialogue")


def siblings(files: Sequence[Path]) -> list[Flow]:
    """Load the modules that lie beside some files; what does not load is somebody else's."""
    folders = dict.fromkeys(path.resolve().parent for path in files)
    given = {path.resolve() for path in files}
    beside = [
        path
        for folder in folders
        for path in sorted(folder.iterdir())
        if path.is_file() and is_document(path) and path not in given
    ]
    found = []
    for path in beside:
        try:
            flow = load(path.read_text("utf-8"), str(path))
        except (DocumentError, UnicodeDecodeError, OSError):
            continue
        if flow.type == "module":
            found.append(flow)
    return found


def resolver(files: Sequence[Path], published: Resolve | None = None) -> Resolve:
    """Make the function `check` finds modules with: siblings first, then what is published."""
    beside = {flow.slug: flow for flow in siblings(files)}

    def resolve(slug: str, version: str) -> Flow | None:
        if slug in beside and version == "latest":
            return beside[slug]
        return published(slug, version) if published is not None else None

    return resolve


def checked(files: Sequence[Path], published: Resolve | None = None) -> list[Pair]:
    """Read documents and check them; prints every problem.

    Raises:
        SystemExit: with 1, when one of them has an error.
    """
    pairs = read(files)
    problems = check(pairs, resolver(files, published))
    show(problems)
    if any(problem.is_error for problem in problems):
        raise SystemExit(1)
    return pairs


def show(problems: Iterable[Problem]) -> None:
    """Print problems, one a line, on standard output."""
    for problem in problems:
        click.echo(problem.line_text())
