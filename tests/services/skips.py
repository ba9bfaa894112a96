"""On the build server a skipped test is a failure: nothing may be left out silently."""

import os

import pytest


def skips_are_failures() -> bool:
    """Whether CI is set to anything but empty, 0, false or no."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}


def skipped_tests(session: pytest.Session) -> list[str]:
    """The tests that this session skipped, by id, whichever process ran them."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return [report.nodeid for report in reports]
