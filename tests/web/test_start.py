"""Wrong settings stop every process with one line that names the setting, and nothing else."""

import subprocess

import pytest

from tests.support.processes import BIN, ROOT

COMMANDS = {
    "release": ["flask", "release"],
    "web": ["gunicorn", "-c", "web/gunicorn_conf.py", "app:create_app()"],
    "worker": ["flask", "worker"],
}
WRONG = [
    ("PORT", "none", "valid integer"),
    ("PORT", "70000", "a port is 1 to 65535"),
    ("HOST", "198.51.100.1", "TWILIO_AUTH_TOKEN is not set"),
    ("DATABASE_URL", "oracle://nowhere", "give sqlite:///PATH or postgresql+psycopg://"),
    ("PUBLIC_URL", "calls.example.com", "give an absolute address"),
    ("TIMEZONE", "Mars/Olympus", "is no time zone"),
    ("SECRET_KEY", "short", "give 64 hex digits"),
    ("EGRESS_ALLOW", "///", "is not a host or host:port"),
    ("DIAL_COUNTRIES", "Mars", "is no country"),
    ("FORWARD_NUMBER", "555", "is no number"),
    ("CHAT_ORIGINS", "shop.example.com", "is no origin"),
    ("LOG_LEVEL", "LOUD", "give one of DEBUG"),
    ("API_STARTS_PER_SECOND", "0", "greater than or equal to 1"),
    ("TWILIO_AUTH_TOKEN", "token", "TWILIO_ACCOUNT_SID is needed"),
]


def run(process: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / COMMANDS[process][0]), *COMMANDS[process][1:]],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HOME": "/nowhere", **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(("name", "value", "reason"), WRONG, ids=lambda value: str(value)[:20])
def test_the_web_server_says_it_in_one_line(name: str, value: str, reason: str) -> None:
    refused_in_one_line("web", name, value, reason)


@pytest.mark.parametrize("process", ["release", "worker"])
def test_the_other_processes_say_the_same(process: str) -> None:
    refused_in_one_line(process, *WRONG[6])


def refused_in_one_line(process: str, name: str, value: str, reason: str) -> None:
    ended = run(process, {name: value})
    assert ended.returncode == 1
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert name in line
    assert reason in line


def test_a_folder_that_cannot_be_made_and_a_database_that_is_away() -> None:
    for env in ({"DATA_DIR": "/proc/x"}, {"DATABASE_URL": "postgresql://127.0.0.1:1/x"}):
        ended = run("release", env)
        assert ended.returncode == 1
        assert len(ended.stderr.splitlines()) == 1
        assert ended.stderr.startswith("Error: ")
