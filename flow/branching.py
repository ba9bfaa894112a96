"""What components that choose an exit share: the names exits may take, and the local time."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from flow.context import Context, zone
from flow.errors import StepError
from flow.language.templates import is_template

ERROR_EXIT = "error"


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Give every name once, in the order of its first appearance."""
    return tuple(dict.fromkeys(names))


def exit_problems(
    path: str, names: Sequence[str], fixed: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """Find exits in a list of branches that have a meaning of their own already.

    `path` is the list's field; the problems name `path.INDEX.exit`.
    """
    taken = {*fixed, ERROR_EXIT}
    return [
        (f"{path}.{index}.exit", f"{name!r} is a fixed exit of this component; take another name")
        for index, name in enumerate(names)
        if name in taken
    ]


def local_now(context: Context, timezone: str) -> datetime:
    """Give the event's time in a step's own zone, else in the flow's.

    Raises:
        StepError: there is no such zone.
    """
    name = context.render(timezone)
    return context.at.astimezone(zone(name)) if name else context.now


def zone_problems(timezone: str) -> list[tuple[str, str]]:
    """Find a `timezone` field that names no zone; a template is only known when it is walked."""
    if not timezone or is_template(timezone):
        return []
    try:
        zone(timezone)
    except StepError as error:
        return [("timezone", f"{error}; write one such as Europe/Lisbon")]
    return []
