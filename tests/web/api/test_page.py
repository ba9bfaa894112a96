"""What docs/api.md says is so: its requests are sent, its answers come."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from desk.access import SCOPES
from tests.support.network import free_port, is_listening
from tests.support.processes import BIN, ROOT, Programs
from tests.support.waiting import wait_until
from web.cli.reference.routes import api_page

PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
SERVER = ["gunicorn", "-c", "web/gunicorn_conf.py", "app:create_app()"]


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_table_of_routes_is_fresh() -> None:
    assert api_page(PAGE) == PAGE, "run make docs"
    assert PAGE.count("| `GET /") > 10


def test_every_scope_is_explained() -> None:
    explained = re.findall(r"^\| `([a-z:]+)` \| ", PAGE, re.MULTILINE)
    assert sorted(explained) == sorted(SCOPES)


@pytest.fixture
def shell(start_program: Programs, tmp_path: Path) -> dict[str, str]:
    """The environment of a shell beside a running server."""
    port = free_port()
    env = {"PORT": str(port), "DATA_DIR": str(tmp_path / "var"), "DATABASE_URL": ""}
    assert start_program.start(["flask", "release"], env).process.wait(60) == 0
    start_program.start(SERVER, env)
    wait_until(lambda: is_listening(port), 60, what="the server's listening")
    path = f"{BIN}:{os.environ['PATH']}"
    return {**os.environ, **env, "PATH": path, "LINEWALK": f"http://127.0.0.1:{port}"}


def test_the_requests_are_answered_as_shown(shell: dict[str, str], tmp_path: Path) -> None:
    (flow,) = blocks("yaml")
    file = tmp_path / "stock-note.yaml"
    file.write_text(flow, "utf-8")
    script = "echo\n".join(blocks("sh"))
    script = script.replace(".venv/bin/", f"{BIN}/").replace("stock-note.yaml", str(file))
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=ROOT,
        env=shell,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = re.findall(r"^\{.*\}$", done.stdout, re.MULTILINE)
    started, refused, listed, published, rolled_back, *centre = map(json.loads, said)
    shown, problem = map(json.loads, blocks("json"))
    assert set(started) == set(shown)
    assert refused == problem
    assert [one["interaction_id"] for one in listed["items"]] == [started["interaction_id"]]
    assert (published["version"], rolled_back["version"]) == (2, 1)
    group, hired, present, queue, placed, noted = centre
    assert group["id"] == "support"
    assert (hired["presence"], present["presence"]) == ("offline", "available")
    assert (queue["queue"], queue["agents"]["available"]) == ("support", 1)
    assert set(placed) == {*shown, "call_id"}
    assert noted["disposition"] == "call again"
