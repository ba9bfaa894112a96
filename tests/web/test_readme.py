"""What the README says is so: its settings, its commands, its flow, its error texts."""

import os
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from runner.settings import Settings
from tests.rules.tree import product_files, source
from tests.support.network import free_port, is_listening
from tests.support.processes import BIN, ROOT, Programs
from tests.support.waiting import wait_until

README = (ROOT / "README.md").read_text("utf-8")
TABLE = README.partition("## Configuration")[2].partition("\n## ")[0]
TROUBLE = README.partition("## When something goes wrong")[2].partition("\n## ")[0]
OTHERS_WORDS = {"Address already in use"}
SERVER = ["gunicorn", "-c", "web/gunicorn_conf.py", "app:create_app()"]


def blocks(kind: str) -> list[str]:
    found = re.findall(r"^ *```(\w*)\n(.*?)^ *```$", README, re.DOTALL | re.MULTILINE)
    return [block for name, block in found if name == kind]


def test_every_setting_is_in_the_table() -> None:
    named = re.findall(r"`([A-Z_]+)`", "".join(re.findall(r"^\|([^|]*)\|", TABLE, re.MULTILINE)))
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


def test_error_texts_are_those_of_the_product() -> None:
    told = re.findall(r"^\| `([^`]+)`", TROUBLE, re.MULTILINE)
    product = " ".join(source(name) for name in product_files())
    assert [text for text in told if text not in product] == sorted(OTHERS_WORDS)


def test_the_flow_and_its_dialogues_are_right(tmp_path: Path) -> None:
    for block in blocks("yaml"):
        name = block.partition("\n")[0].removeprefix("# ")
        (tmp_path / name).write_text(block, "utf-8")
    played = flask(tmp_path, "flows", "test", "hours.yaml")
    assert played.returncode == 0, played.stdout
    assert "2 dialogues, 0 failed" in played.stdout


def test_the_mistake_is_reported_as_shown(tmp_path: Path) -> None:
    flow = next(block for block in blocks("yaml") if block.startswith("# hours.yaml"))
    (tmp_path / "hours.yaml").write_text(flow.replace("workshop: forward", "workshop: foward"))
    checked = flask(tmp_path, "flows", "check", "hours.yaml")
    assert checked.returncode == 1
    assert checked.stdout in blocks("")


def flask(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / "flask"), "--app", str(ROOT / "app.py"), *words],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


@pytest.fixture
def server(start_program: Programs, tmp_path: Path) -> dict[str, str]:
    """A server as `make run` starts it; gives its environment."""
    port = free_port()
    env = {"PORT": str(port), "DATA_DIR": str(tmp_path / "var"), "DATABASE_URL": ""}
    released = start_program.start(["flask", "release"], env)
    released.wait_for_output("Numbers you can call", 60)
    assert released.process.wait(30) == 0
    gunicorn = start_program.start(SERVER, env)
    wait_until(
        lambda: is_listening(port) or not gunicorn.alive(), 60, what="the server's listening"
    )
    return {**os.environ, **env}


def test_the_first_call_by_webhook_and_the_backup(server: dict[str, str], tmp_path: Path) -> None:
    (script,) = [block for block in blocks("sh") if "ivr/voice" in block]
    heard = bash(script.replace("8000", server["PORT"]), server)
    assert "For the workshop press 1" in heard
    assert "<Number" in heard
    (backup,) = [block for block in blocks("sh") if "flask backup" in block]
    lines = backup.replace("/backups/", f"{tmp_path}/").splitlines()
    bash(lines[0], server)
    elsewhere = {**server, "DATA_DIR": str(tmp_path / "elsewhere"), "DATABASE_URL": ""}
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(Path(server["DATA_DIR"]) / "secret.key", tmp_path / "elsewhere")
    bash(lines[1], elsewhere)
    with sqlite3.connect(tmp_path / "elsewhere" / "linewalk.db") as database:
        calls = database.execute("SELECT count(*) FROM lw_calls").fetchone()
    database.close()
    assert calls == (1,)


def bash(script: str, env: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
