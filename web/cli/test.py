"""`flask flows test`: plays the scripted dialogues of flows and reports what they reached."""

import sys
from pathlib import Path

import click

from web.cli.simulator.coverage import Coverage, coverage
from web.cli.simulator.errors import CannotWalk, Together
from web.cli.simulator.junit import write_junit
from web.cli.simulator.play import play
from web.cli.simulator.reading import Scripted, scripts
from web.cli.simulator.report import Outcome, coverage_lines
from web.cli.simulator.shelf import Shelf, is_dialogue


@click.command("test")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--min-coverage", type=click.FloatRange(0, 100), help="Fail below so many per cent.")
@click.option("--junit", type=click.Path(path_type=Path), help="Also write JUnit XML here.")
def test(files: tuple[Path, ...], min_coverage: float | None, junit: Path | None) -> None:
    """Play the dialogues of flows: FILE is a flow, a dialogue file or a folder."""
    try:
        passed = run(files, min_coverage, junit)
    except CannotWalk as error:
        for line in error.lines:
            click.echo(line)
        passed = False
    sys.exit(0 if passed else 1)


def run(files: tuple[Path, ...], min_coverage: float | None, junit: Path | None) -> bool:
    """Play everything, print the results, and say whether all is well.

    Raises:
        CannotWalk: a file is not usable; nothing was played.
    """
    shelf = Shelf(tuple(path for path in files if path.is_file() and not is_dialogue(path)))
    flows, found = scripts(files, shelf)
    loaded = {}
    with Together() as together:
        for path in flows:
            with together.part():
                loaded[path] = shelf.flow(path)
    for line in shelf.warnings:
        click.echo(line)
    outcomes = [outcome for script in found for outcome in _play(script, shelf)]
    for path in flows:
        if not any(script.flow.resolve() == path.resolve() for script in found):
            click.echo(f"none {path}: no dialogues ({path.stem}.dialogue.yaml)")
    walks = [outcome.played.visited for outcome in outcomes]
    covered = {path: coverage(flow, walks) for path, flow in loaded.items()}
    well = _summary(outcomes, covered, min_coverage)
    if junit is not None:
        _write(junit, outcomes)
    return well


def _play(script: Scripted, shelf: Shelf) -> list[Outcome]:
    flow = shelf.flow(script.flow)
    outcomes = []
    each = ((n, one) for n, d in enumerate(script.dialogues) for one in d.by_channel())
    for number, dialogue in each:
        outcome = Outcome(script, number, play(dialogue, flow))
        for line in outcome.lines():
            click.echo(line)
        outcomes.append(outcome)
    return outcomes


def _summary(outcomes: list[Outcome], covered: dict[Path, Coverage], least: float | None) -> bool:
    click.echo("")
    for path, found in covered.items():
        for line in coverage_lines(str(path), found):
            click.echo(line)
    failed = sum(not outcome.passed for outcome in outcomes)
    click.echo(f"{len(outcomes)} dialogues, {failed} failed")
    low = [path for path, found in covered.items() if least is not None and found.percent < least]
    for path in low:
        click.echo(f"{path}: less than {least:g} % of its steps or exits were reached")
    return bool(outcomes) and not failed and not low


def _write(path: Path, outcomes: list[Outcome]) -> None:
    try:
        write_junit(path, outcomes)
    except OSError as error:
        raise CannotWalk(f"{path}: cannot be written: {error.strerror}") from None
