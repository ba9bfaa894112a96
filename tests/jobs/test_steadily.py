"""Work that is done again and again: through errors, until it is told to end."""

import threading

from structlog.testing import capture_logs

from jobs.steadily import Steadily
from tests.support.waiting import wait_until


def test_it_goes_on_through_errors_and_closes_at_the_end() -> None:
    done: list[int] = []
    closed = threading.Event()

    def work() -> None:
        done.append(len(done))
        if len(done) == 2:
            raise ValueError("hush")

    with capture_logs() as logs:
        steadily = Steadily("webhooks", 0.01, work, closed.set)
        steadily.start()
        wait_until(lambda: len(done) >= 4, 10)
        assert not closed.is_set()
        steadily.stop()
    count = len(done)
    assert closed.is_set()
    assert not steadily._thread.is_alive()
    assert len(done) == count
    (line,) = logs
    assert (line["event"], line["work"], line["error"]) == (
        "not done this time",
        "webhooks",
        "ValueError",
    )
    assert "hush" not in str(logs)


def test_one_that_was_never_started_ends_as_well() -> None:
    closed = threading.Event()
    Steadily("webhooks", 1, lambda: None, closed.set).stop()
    assert closed.is_set()
