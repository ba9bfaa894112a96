"""Turns the rooms' errors into the one line a person at a terminal reads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import click

from audio.errors import AudioError
from flow.errors import FlowError
from flow.ledger import Unavailable
from runner.errors import RunnerError
from store.errors import StoreError

P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def told() -> Iterator[None]:
    """End the command with one clear line instead of a stack trace."""
    try:
        yield
    except (RunnerError, StoreError, Unavailable, FlowError, AudioError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise click.ClickException(f"{where}{error.strerror or error}") from None


def plainly(command: Callable[P, R]) -> Callable[P, R]:
    """Make a command function end with one clear line on any error of ours."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with told():
            return command(*args, **kwargs)

    return run
