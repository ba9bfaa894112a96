"""Whether a text names places of the machine it was written on."""

import re
from pathlib import Path

from tests.rules.tree import ROOT

HOMES = re.compile(r"/(?:home|Users)/[a-z_][\w.-]*/|/root/")
INDEX = re.compile(r"--(?:extra-)?index-url|--find-links|--trusted-host")


def machine_paths(text: str, root: Path = ROOT) -> list[str]:
    """The lines with a home folder, this checkout's own place, or a package index's address."""
    own = str(root) if len(root.parts) > 2 else None
    return [
        f"{number}: {line.strip()[:100]}"
        for number, line in enumerate(text.splitlines(), 1)
        if HOMES.search(line) or INDEX.search(line) or (own and own in line)
    ]
