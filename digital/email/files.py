"""Keeps the files of a mail, within the operator's limits, under names that are safe."""

import mimetypes
import re
from collections.abc import Callable

from digital.email.charsets import one_line
from digital.email.limits import Limits
from runner.messages.channels import Attached

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,80}/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}")
_UNSAFE = re.compile(r'[/\\:*?"<>|\u200e\u200f\u202a-\u202e\u2066-\u2069]')
_LONGEST = 120
_SHORTENED = 20
"""Characters of an ending that are kept when a name is cut."""


def safe_name(name: str, kind: str, number: int) -> str:
    """Give a file name that is no path, has no hidden characters and always says something."""
    plain = _UNSAFE.sub("", one_line(name.replace("\\", "/").rpartition("/")[2])).strip(". ")
    if not plain:
        return f"file-{number}{mimetypes.guess_extension(kind) or ''}"
    if len(plain) <= _LONGEST:
        return plain
    stem, dot, ending = plain.rpartition(".")
    ending = f"{dot}{ending}" if stem and len(ending) < _SHORTENED else ""
    return plain[: _LONGEST - len(ending)] + ending


class Files:
    """Collects files until the limits are reached; what does not fit is named."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self._size = limits, 0
        self.kept: list[Attached] = []
        self.left_out: list[str] = []

    def add(self, name: str, kind: str, read: Callable[[], bytes]) -> int:
        """Take a file; gives its place among those that are kept, -1 when it is not."""
        plain = kind if _TYPE.fullmatch(kind) else "application/octet-stream"
        called = safe_name(name, plain, len(self.kept) + len(self.left_out) + 1)
        if len(self.kept) >= self._limits.files:
            self._leave_out(f"{called}: more than {self._limits.files} files")
            return -1
        data = read()
        if self._size + len(data) > self._limits.files_size:
            self._leave_out(f"{called}: the files are too large together")
            return -1
        self._size += len(data)
        self.kept.append(Attached(called, plain, data))
        return len(self.kept) - 1

    def _leave_out(self, why: str) -> None:
        if len(self.left_out) < self._limits.files:
            self.left_out.append(why)
