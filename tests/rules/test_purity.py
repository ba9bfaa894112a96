"""flow and desk stay pure, and each library has its room."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.purity import imported_modules, impurities
from tests.rules.tree import PURE_ROOMS, ROOT, python_files, source

LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"


@pytest.mark.parametrize("name", python_files(*PURE_ROOMS))
def test_a_pure_room_has_no_input_output_clock_or_chance(name: str) -> None:
    assert impurities(source(name)) == []


@pytest.mark.parametrize(
    "text",
    [
        "import os",
        "import os.path",
        "from os import path",
        "import random as r",
        "from uuid import uuid4",
        "import urllib.request",
        "from urllib import request",
        "import sqlalchemy as sa",
        "from flask import request",
        "import time",
        "def f():\n    import socket",
        "open('x')",
        "print('x')",
        "from datetime import datetime\ndatetime.now()",
        "import datetime\ndatetime.datetime.utcnow()",
        "import datetime as dt\ndt.date.today()",
        "from datetime import datetime\nfield(default_factory=datetime.now)",
        "thing.read_text()",
        "import runner",
    ],
)
def test_an_impure_text_is_found(text: str) -> None:
    assert impurities(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime, time, UTC",
        "from urllib.parse import quote",
        "import json, re2, liquid, pydantic",
        "from flow.events import Event",
        "from . import events",
        "context.now()",
        "scope.today",
    ],
)
def test_a_pure_text_passes(text: str) -> None:
    assert impurities(text) == []


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [LINT_IMPORTS, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_import_contracts_can_fail(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    for room in ("flow", "desk", "runner", "store", "jobs", "audio", "ivr", "digital", "web"):
        (tmp_path / room).mkdir()
        (tmp_path / room / "__init__.py").write_text("")
    (tmp_path / "flow" / "bad.py").write_text("import sqlalchemy, runner, app")
    (tmp_path / "store" / "bad.py").write_text("import runner")
    done = subprocess.run(
        [LINT_IMPORTS, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    broken = [line for line in done.stdout.splitlines() if line.endswith("BROKEN")]
    assert len(broken) >= 3, done.stdout


def strangers(name: str, known: tuple[str, ...]) -> set[str]:
    """The project's own rooms that a file imports although it may not know them."""
    own = {"app", "flow", "desk", "runner", "store", "jobs", "audio", "ivr", "digital", "web"}
    return {
        module
        for module in imported_modules(source(name))
        if module.split(".")[0] in own
        and not any(f"{module}.".startswith(f"{allowed}.") for allowed in known)
    }


def test_the_sip_gateway_knows_only_twiml_and_audio() -> None:
    files = [name for name in python_files("ivr") if name.startswith("ivr/sip/")]
    known = ("ivr.sip", "ivr.twiml", "audio")
    assert {name: found for name in files if (found := strangers(name, known))} == {}


def test_flask_in_voice_is_only_in_the_webhooks() -> None:
    elsewhere = [
        name
        for name in python_files("ivr")
        if not name.startswith("ivr/webhooks")
        and any(module.split(".")[0] in {"flask", "werkzeug"} for module in imported(name))
    ]
    assert elsewhere == []


def imported(name: str) -> set[str]:
    return imported_modules(source(name))
