"""What `check` finds: one problem, and the line it prints for it."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a document: where it is, and what to do about it.

    `step` is empty for the document's own fields, `field` is a dotted path inside the step (or
    the document), `line` counts from 1.
    """

    severity: Severity
    source: str
    line: int
    step: str
    field: str
    message: str

    @property
    def is_error(self) -> bool:
        """Whether the flow cannot be published with it."""
        return self.severity == "error"

    def line_text(self) -> str:
        """Render the line for people and editors: `file:line: step.field: message`."""
        place = ".".join(part for part in (self.step, self.field) if part)
        mark = "" if self.is_error else "warning: "
        start = f"{self.source}:{self.line}: "
        return f"{start}{place}: {mark}{self.message}" if place else f"{start}{mark}{self.message}"
