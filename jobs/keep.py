"""`keep`: removes, every night, what was kept for long enough."""

from collections.abc import Callable

from jobs.job import Scheduled

NIGHTLY = "0 50 3 * * *"


def keep(rounds: Callable[[], object]) -> Scheduled:
    """Make the schedule; what went is reported in the log."""
    return Scheduled("keep", NIGHTLY, rounds)
