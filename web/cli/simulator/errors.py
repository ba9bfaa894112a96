"""The errors of the simulator.

CannotWalk       a flow or a file cannot be used; `lines` are what the user is shown
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Self


class CannotWalk(Exception):
    """A flow or a file beside it cannot be used; each line says what is wrong, and where."""

    def __init__(self, lines: str | Sequence[str]) -> None:
        self.lines = (lines,) if isinstance(lines, str) else tuple(lines)
        super().__init__("\n".join(self.lines))


class Together:
    """Collects what is wrong with several files, to tell of all of them at once on leaving."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._lines:
            raise CannotWalk(list(dict.fromkeys(self._lines)))

    @contextmanager
    def part(self) -> Iterator[None]:
        """Look at one file; what is wrong with it does not keep the others from being looked at."""
        try:
            yield
        except CannotWalk as error:
            self._lines += error.lines
