"""The errors of the simulator.

CannotWalk       a flow or a file cannot be used; `lines` are what the user is shown
"""

from collections.abc import Sequence


class CannotWalk(Exception):
    """A flow or a file beside it cannot be used; each line says what is wrong, and where."""

    def __init__(self, lines: str | Sequence[str]) -> None:
        self.lines = (lines,) if isinstance(lines, str) else tuple(lines)
        super().__init__("\n".join(self.lines))
