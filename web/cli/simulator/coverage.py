"""Which steps and exits of a flow some walks have reached."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flow.flow import Flow
from web.cli.simulator.modules import Walkable
from web.cli.simulator.session import Session

Visited = frozenset[tuple[str, str, str]]
"""The flow's slug, the step, and the exit it was left by; without an exit: it was entered."""


def visited(run: Walkable, session: Session) -> Visited:
    """Collect what a session's walk has reached, in its flow and in the modules it entered."""
    found: set[tuple[str, str, str]] = set()
    left = [(entry.path.split("/"), entry.exit) for entry in session.history]
    for names, exit_ in [*left, (session.step.split("/"), "")]:
        found.update(_along(run, names, exit_))
    return frozenset(found)


def _along(run: Walkable, names: list[str], exit_: str) -> Iterator[tuple[str, str, str]]:
    flow: Flow | None = run.flow
    for depth, name in enumerate(names):
        if flow is None or name not in flow.steps:
            return
        if not (run.prefix and depth == 0):
            yield flow.slug, name, ""
            if exit_ and depth == len(names) - 1:
                yield flow.slug, name, exit_
        flow = run.flow.modules.get(flow.steps[name].enters())


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of one flow was reached; exits are the connected ones, as `step.exit`."""

    steps: int
    exits: int
    missed_steps: tuple[str, ...]
    missed_exits: tuple[str, ...]

    @property
    def steps_percent(self) -> float:
        """The share of steps that were reached."""
        return _share(self.steps, len(self.missed_steps))

    @property
    def exits_percent(self) -> float:
        """The share of connected exits that were taken."""
        return _share(self.exits, len(self.missed_exits))

    @property
    def percent(self) -> float:
        """The smaller of both shares."""
        return min(self.steps_percent, self.exits_percent)


def _share(all_: int, missed: int) -> float:
    return 100 * (all_ - missed) / all_ if all_ else 100.0


def coverage(flow: Flow, walks: Iterable[Visited]) -> Coverage:
    """Compare a flow with what all walks together have reached."""
    reached = frozenset().union(*walks)
    exits = [(name, exit_) for name, step in flow.steps.items() for exit_ in step.exits]
    missed = [name for name in flow.steps if (flow.slug, name, "") not in reached]
    untaken = [f"{n}.{e}" for n, e in exits if (flow.slug, n, e) not in reached]
    return Coverage(len(flow.steps), len(exits), tuple(missed), tuple(untaken))
