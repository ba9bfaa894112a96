"""Runs the benchmarks: `python -m tests.bench`; the document goes to stdout, all else to stderr."""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench import cost, desk, engine, offers, turns
from tests.bench.databases import NAMES, NotDurable
from tests.bench.machine import describe, progress

PARTS = ("engine", "turns", "cost", "desk")


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for and print the document; 1 when it cannot be measured."""
    options = _parser().parse_args(arguments)
    try:
        document = _measured(options)
    except (turns.Unequal, NotDurable) as wrong:
        progress(str(wrong))
        return 1
    json.dump(document, sys.stdout, indent=2)
    sys.stdout.write("\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--seconds", type=float, default=4, help="of one measurement (4)")
    parser.add_argument("--rounds", type=int, default=5, help="baseline and ours in turn (5)")
    parser.add_argument("--callers", type=int, default=16, help="at the same time (16)")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="these parts")
    parser.add_argument(
        "--databases", nargs="+", choices=NAMES, default=NAMES, help="these databases"
    )
    parser.add_argument(
        "--executions", nargs="+", type=int, default=(0, 10_000, 100_000), help="stored ones"
    )
    parser.add_argument("--steps", nargs="+", type=int, default=(10, 100, 1_000), help="of flows")
    parser.add_argument("--waiting", type=int, default=1_000, help="contacts at the desk (1000)")
    parser.add_argument("--agents", type=int, default=500, help="for those who wait (500)")
    return parser


def _measured(options: argparse.Namespace) -> dict[str, Any]:
    document: dict[str, Any] = {}
    with _folder() as folder:
        document["machine"] = describe(folder)
    if "engine" in options.only:
        document["engine"] = engine.measure(options.seconds)
        progress(f"engine: {document['engine']['steps_per_second']} steps/s")
    if "turns" in options.only:
        document["turns"] = {kind: _turns(kind, options) for kind in options.databases}
    if "cost" in options.only:
        document["cost"] = _cost(options)
    if "desk" in options.only:
        document["desk"] = _desk(options)
    return document


def _turns(kind: str, options: argparse.Namespace) -> dict[str, Any]:
    with _folder() as folder:
        return turns.measure(
            kind,
            folder,
            rounds=options.rounds,
            seconds=options.seconds,
            callers=options.callers,
        )


def _cost(options: argparse.Namespace) -> dict[str, Any]:
    executions: dict[str, Any] = {}
    for kind in options.databases:
        with _folder() as folder:
            counts = tuple(sorted(options.executions))
            executions[kind] = cost.by_executions(kind, folder, counts, options.seconds)
    with _folder() as folder:
        grown = cost.by_steps(folder, options.steps, options.seconds)
    return {**grown, "by_executions": executions}


def _desk(options: argparse.Namespace) -> dict[str, Any]:
    size = desk.Size(options.waiting, options.agents)
    found: dict[str, Any] = {"rules": desk.rules(options.seconds, size)}
    progress(f"desk: {found['rules']['decisions_per_second']} decisions/s by the rules alone")
    for kind in options.databases:
        with _folder() as folder:
            decided = desk.stored(kind, folder, options.seconds, size)
        with _folder() as folder:
            joined = offers.measure(kind, folder, options.seconds, options.callers)
        found[kind] = {**decided, **joined}
    return found


@contextmanager
def _folder() -> Iterator[Path]:
    # PostgreSQL started by root runs as another user, who must get in.
    made = Path(tempfile.mkdtemp(prefix="linewalk-bench-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
