"""What every test may use: databases, programs; and the rule that a build skips nothing."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import werkzeug.test
from werkzeug.routing.rules import Rule

from tests.services.run_folder import make_run_folder, remove_run_folder
from tests.services.skips import skipped_tests, skips_are_failures
from tests.support.nursery import Mother, Nursery, nursery
from tests.support.processes import Programs, programs

pytest_plugins = ["tests.services.databases"]

# The test client puts large forms into temporary files and leaves it to the garbage collector to
# close them, which is then an error of whatever test happens to run.
_encoded = partial(werkzeug.test.stream_encode_multipart, use_tempfile=False)
werkzeug.test.stream_encode_multipart = _encoded

# Thousands of tests build the application. What its rules are compiled to depends on their text
# alone, and takes longer than all the rest.
_compile_builder = Rule._compile_builder
_compiled: dict[Any, Any] = {}


def _compiled_once(rule: Rule, append_unknown: bool = True) -> Any:  # noqa: FBT001, FBT002  the library's own
    key = (rule.rule, repr(rule.defaults), tuple(rule._trace), append_unknown)
    if key not in _compiled:
        _compiled[key] = _compile_builder(rule, append_unknown)
    return _compiled[key]


Rule._compile_builder = _compiled_once  # type: ignore[assignment, method-assign]  # as above


def pytest_configure(config: pytest.Config) -> None:
    """The leading process makes the folder that the services of this run live in."""
    if not hasattr(config, "workerinput"):
        make_run_folder()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The leading process removes it."""
    if not hasattr(config, "workerinput"):
        remove_run_folder()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With CI set, a skipped test turns the run red."""
    if exitstatus == 0 and skips_are_failures() and skipped_tests(session):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why the run is red although no test failed."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped and skips_are_failures():
        terminalreporter.write_line(
            f"CI is set, so {len(skipped)} skipped test(s) make this run fail.", red=True
        )


@pytest.fixture
def start_program(tmp_path: Path) -> Iterator[Programs]:
    """Start programs with `start_program.start([...], env)`; all are killed after the test."""
    with programs(tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def mother() -> Iterator[Mother]:
    """The process that has read the application, for those who start it again and again."""
    made = Mother()
    yield made
    made.close()


@pytest.fixture
def fork_program(tmp_path: Path, mother: Mother) -> Iterator[Nursery]:
    """As `start_program`, and at once: programs are forked off a process that has read them."""
    with nursery(tmp_path, mother) as running:
        yield running
