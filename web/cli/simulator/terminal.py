"""Reads lines of a person or a pipe, and writes what a walk comes to."""

import contextlib
from collections.abc import Callable
from typing import TextIO


class Terminal:
    """Standard input and output. With a person there is a prompt and a history of lines."""

    def __init__(self, source: TextIO, write: Callable[[str], object]) -> None:
        self._source, self._write = source, write
        self.person = source.isatty()
        if self.person:
            with contextlib.suppress(ImportError):  # some Pythons are built without it
                import readline  # noqa: F401, PLC0415  being imported is what gives input() its history

    def write(self, line: str) -> None:
        """Write one line."""
        self._write(line)

    def read(self, prompt: str = "> ") -> str | None:
        """Read one line without its end; None at the end of the input or on Ctrl-C."""
        if self.person:
            try:
                return input(prompt)
            except (EOFError, KeyboardInterrupt):
                self.write("")
                return None
        if prompt != "> ":
            self.write(prompt.rstrip())
        try:
            line = self._source.readline()
        except UnicodeDecodeError:
            self.write("[the input is not UTF-8]")
            return None
        return line.rstrip("\r\n") if line else None
