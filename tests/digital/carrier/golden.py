"""Forms as the carrier documents them, and what each becomes."""

import json
from pathlib import Path
from typing import Any

from runner.messages.channels import Attached, Incoming
from tests.digital.carrier.doors import NOW


def cases(folder: Path) -> list[Any]:
    """The cases of a channel."""
    found: list[Any] = json.loads((folder / "forms.json").read_text("utf-8"))
    return found


def expected(case: Any) -> Incoming:
    """The message that a case's form becomes."""
    given = dict(case["incoming"])
    files = [Attached(name, kind, source=source) for name, kind, source in given.pop("files", [])]
    return Incoming(at=NOW, files=files, **given)
