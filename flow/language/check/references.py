"""Rules about steps and exits: what leads where, and whether anything gets there."""

from collections.abc import Iterator, Mapping

from flow.language.check.paths import reachable
from flow.language.nearest import did_you_mean, listed
from flow.language.parse import Parsed
from flow.language.problem import Problem
from flow.language.templates import is_name


def start(document: Parsed) -> Iterator[Problem]:
    """`start` names a step of the document."""
    wanted = document.header.start
    if "start" not in document.unusable and document.raw and wanted not in document.names:
        near = did_you_mean(wanted, document.raw)
        yield document.problem(f"there is no step {wanted!r}{near}", path=("start",))


def dangling_exit(document: Parsed) -> Iterator[Problem]:
    """Every exit leads to a step of the document."""
    for step, raw in document.raw.items():
        exits = raw.get("exits")
        for name, target in exits.items() if isinstance(exits, Mapping) else ():
            if isinstance(target, str) and target not in document.names:
                near = did_you_mean(target, document.raw)
                message = f"there is no step {target!r}{near}"
                yield document.problem(message, step, ("exits", name))


def unknown_exit(document: Parsed) -> Iterator[Problem]:
    """A step connects only exits that its component has."""
    for name, step in document.steps.items():
        known = (*step.exit_names(), "error")
        for exit_name in step.exits:
            if exit_name not in known:
                near = did_you_mean(exit_name, known) or f"; it has {listed(known)}"
                message = f"{step.component} has no exit {exit_name!r} here{near}"
                yield document.problem(message, name, ("exits", exit_name))


def missing_exit(document: Parsed) -> Iterator[Problem]:
    """A step connects every exit of its component that may not stay open."""
    for name, step in document.steps.items():
        for exit_name in dict.fromkeys(step.exit_names()):
            if exit_name not in step.exits and exit_name not in (*step.OPTIONAL, "error"):
                message = f"exit {exit_name!r} is not connected; say which step follows"
                yield document.problem(message, name, ("exits",))


def unreachable_step(document: Parsed) -> Iterator[Problem]:
    """Some path from the start comes to every step."""
    if not document.start or any(_exits_unreadable(raw) for raw in document.raw.values()):
        return
    reached = reachable(document, [document.start])
    for step in document.raw:
        if step not in reached:
            message = "no path from the start comes here; connect an exit to it or remove it"
            yield document.problem(message, step)


def _exits_unreadable(raw: Mapping[str, object]) -> bool:
    return not isinstance(raw.get("exits", {}), Mapping)


def names(document: Parsed) -> Iterator[Problem]:
    """Steps, inputs, variables, outputs and `save` use names that templates can read."""
    for step, raw in document.raw.items():
        if not is_name(step):
            yield document.problem(_bad_name(step), step)
        saved = raw.get("save")
        for name in saved if isinstance(saved, Mapping) else ():
            if not is_name(name):
                yield document.problem(_bad_name(name), step, ("save", name))
    header = document.header
    for section in ("inputs", "variables", "outputs"):
        for name in getattr(header, section):
            if not is_name(name):
                yield document.problem(_bad_name(name), path=(section, name))


def _bad_name(name: str) -> str:
    return f"{name!r} is no name; begin with a letter, go on with letters, digits, - and _"
