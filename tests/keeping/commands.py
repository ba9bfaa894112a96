"""Runs the commands of an installation inside the test's process."""

from typing import Any

from click.testing import Result

from tests.support.installation import Installation


def flask(house: Installation, *words: Any, stdin: str = "") -> Result:
    """Run a command; an exception that is not ours fails the test with its trace."""
    result = house.app.test_cli_runner().invoke(args=[str(word) for word in words], input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def done(house: Installation, *words: Any, stdin: str = "") -> str:
    """Run a command that must succeed; give what it printed."""
    result = flask(house, *words, stdin=stdin)
    assert result.exit_code == 0, result.output
    return result.output


def refused(house: Installation, *words: Any) -> str:
    """Run a command that must end with 1 and no trace; give what it printed."""
    result = flask(house, *words)
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    return result.output
