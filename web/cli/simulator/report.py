"""Writes the results of dialogues for people."""

from collections.abc import Iterator
from dataclasses import dataclass

from web.cli.simulator.coverage import Coverage
from web.cli.simulator.play import Played
from web.cli.simulator.reading import Scripted


@dataclass(frozen=True)
class Outcome:
    """One dialogue that was played: its file, its number in it, and what became of it."""

    script: Scripted
    number: int
    played: Played

    @property
    def passed(self) -> bool:
        """Whether all was as the script says."""
        return self.played.failure is None

    @property
    def reason(self) -> str:
        """Where and why it failed, as `file:line: message`; empty when it passed."""
        failure = self.played.failure
        if failure is None:
            return ""
        line = self.script.line(self.number, *failure.place)
        return f"{self.script.path}:{line}: {failure}"

    def lines(self) -> Iterator[str]:
        """Write one line, and the transcript when it failed."""
        word = "ok  " if self.passed else "FAIL"
        yield f"{word} {self.script.flow}: {self.played.dialogue.name}"
        if not self.passed:
            yield from self.played.transcript[:-1]
            yield f"  ✗ {self.reason}"


def coverage_lines(name: str, found: Coverage) -> Iterator[str]:
    """Write how much of a flow was reached, and what was not."""
    steps = f"steps {found.steps - len(found.missed_steps)}/{found.steps}"
    exits = f"exits {found.exits - len(found.missed_exits)}/{found.exits}"
    shares = f"{steps} ({_percent(found.steps_percent)}), {exits} ({_percent(found.exits_percent)})"
    yield f"{name}: {shares}"
    if found.missed_steps:
        yield f"  steps not reached: {', '.join(found.missed_steps)}"
    if found.missed_exits:
        yield f"  exits not taken: {', '.join(found.missed_exits)}"


def _percent(share: float) -> str:
    # Rounded down: 100 % means all of them.
    return f"{int(share)} %"
