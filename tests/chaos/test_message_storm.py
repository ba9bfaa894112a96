"""Thousands of queued messages, restarts and STOPs on the way: none lost, doubled, or too late."""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.conftest import HURRIED
from tests.chaos.storm import HELLO, Postman, Storm
from tests.standin import stand_in
from tests.support.installation import NUMBER, installation
from tests.support.nursery import Mother, nursery
from tests.support.servers import beside
from tests.support.waiting import wait_until

LONG = bool(os.environ.get("LINEWALK_LONG"))
SIZE, RATE, KILLS, STOPS, GREETINGS = (10_000, 25, 10, 200, 100) if LONG else (240, 60, 3, 20, 10)
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3_600 if LONG else 240)]


@pytest.fixture
def storm(ready_url: str, tmp_path: Path, hurried: Mother) -> Iterator[Storm]:
    """An installation with its processes and a carrier that never gives up."""
    with (
        nursery(tmp_path, hurried) as programs,
        stand_in() as carrier,
        installation(ready_url, tmp_path, twilio_api_url=carrier.api_url) as house,
    ):
        flow = tmp_path / "hello.yaml"
        flow.write_text(HELLO)
        house.publish(flow, f"sms:{NUMBER}")
        servers = beside(house, programs, MESSAGES_PER_SECOND=str(RATE))
        servers.application = HURRIED
        postman = Postman(carrier)
        carrier.connect(postman, servers.base)
        try:
            servers.start()
            order = random.Random(5)  # noqa: S311  only a shuffle
            yield Storm(house, servers, carrier, postman, SIZE, RATE, order)
        finally:
            postman.is_over = True


def test_a_storm_of_messages_loses_doubles_and_ignores_nothing(storm: Storm) -> None:
    storm.queue()
    lasts = SIZE / RATE
    writers = storm.writers(STOPS, GREETINGS, lasts * 0.8)
    for writer in writers:
        writer.start()
    try:
        for number in range(KILLS):
            left = SIZE - (number + 1) * SIZE // (KILLS + 1)
            wait_until(lambda left=left: storm.waiting() <= left, lasts + 60, what="some progress")  # type: ignore[misc]  # a default of its own
            time.sleep(storm.order.random() / 4)
            storm.servers.kill()
            storm.servers.start()
        for writer in writers:
            writer.join()
        storm.carrier.settle(90)
        wait_until(lambda: storm.waiting() == 0, lasts + 60, what="the end of the storm")
        storm.carrier.settle(90)
    except BaseException:
        print(storm.servers.logs().decode(errors="replace")[-20_000:])  # noqa: T201  shown when it fails
        raise
    assert len(storm.postman.stops) == STOPS
    storm.check(GREETINGS)
