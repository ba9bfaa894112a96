"""Wait for something to become true, instead of sleeping and hoping."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(
    predicate: Callable[[], T], timeout: float = 10.0, *, what: str = "", every: float = 0.02
) -> T:
    """Ask `predicate` again and again until its answer is true, and return that answer.

    `timeout` and `every` are seconds. Raises AssertionError naming `what` when time is up.
    """
    deadline = time.monotonic() + timeout
    while True:
        answer = predicate()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            wanted = what or getattr(predicate, "__name__", "the condition")
            raise AssertionError(
                f"{wanted} did not come true within {timeout} s (last: {answer!r})"
            )
        time.sleep(every)
