"""The helpers do what tests rely on: nothing survives, waiting ends, ports are free."""

import socket
from pathlib import Path

import psutil
import pytest

from tests.support.network import free_port, is_listening
from tests.support.processes import programs
from tests.support.waiting import wait_until

PARENT = "import subprocess,sys,time; subprocess.Popen(['sleep','60']); print('up',flush=True)"


def test_a_free_port_is_free_and_then_is_not() -> None:
    port = free_port()
    assert not is_listening(port)
    with socket.create_server(("127.0.0.1", port)):
        assert is_listening(port)


def test_waiting_returns_the_answer_or_names_what_was_missing() -> None:
    answers = iter([0, 0, 7])
    assert wait_until(lambda: next(answers)) == 7
    with pytest.raises(AssertionError, match="the moon did not come true"):
        wait_until(lambda: False, 0.05, what="the moon")


def test_programs_and_their_children_are_gone_afterwards(tmp_path: Path) -> None:
    with programs(tmp_path) as running:
        program = running.start(["python", "-c", f"{PARENT}; time.sleep(60)"], {"A": "1"})
        program.wait_for_output("up")
        family = program.family()
        assert len(family) == 2
    wait_until(lambda: not any(alive(pid) for pid in family), what="the end of the programs")


def test_a_program_that_ends_early_says_what_it_wrote(tmp_path: Path) -> None:
    with programs(tmp_path) as running:
        program = running.start(["python", "-c", "print('only this')"])
        with pytest.raises(AssertionError, match="only this"):
            program.wait_for_output("something else")


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
