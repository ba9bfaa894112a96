"""kill -9 between any two requests to the carrier: the story ends as it would have without."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from tests.chaos.kill_points import Killer, Patient, Point, Victim, When
from tests.chaos.stories import STORIES, Stage
from tests.standin import stand_in
from tests.support.installation import installation
from tests.support.processes import Programs
from tests.support.servers import beside

LONG = bool(os.environ.get("LINEWALK_LONG"))
SHORT = {  # a few of them, for `make test`
    "survey": (Point(1, "before", "web"), Point(2, "after", "both")),
    "notice": (Point(1, "after", "web"),),
}
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3_600 if LONG else 240)]


@pytest.fixture
def stage(ready_url: str, tmp_path: Path, start_program: Programs) -> Iterator[Stage]:
    """Everything, running."""
    with (
        stand_in() as carrier,
        installation(ready_url, tmp_path, twilio_api_url=carrier.api_url) as house,
    ):
        servers = beside(house, start_program)
        servers.application = "tests.chaos.hurried"
        killer = Killer(servers)
        carrier.connect(Patient(killer), servers.base)
        carrier.faults.at_rest = killer.at_rest
        made = Stage(house, servers, carrier, killer)
        made.prepare()
        servers.start()
        yield made


def points(stage: Stage) -> list[Point]:
    """Every point of the story that was just told without interruption."""
    requests, webhooks = len(stage.killer.rest), stage.killer.webhooks
    found: list[Point] = []
    for victim in get_args(Victim):
        kinds: tuple[tuple[When, int], ...] = (("before", requests), ("after", requests))
        found += [Point(n + 1, when, victim) for when, count in kinds for n in range(count)]
    return found + [Point(n + 1, "behind", "web") for n in range(webhooks)]


@pytest.mark.parametrize("name", STORIES if LONG else SHORT)
def test_a_story_that_is_cut_anywhere_ends_as_it_does_without(stage: Stage, name: str) -> None:
    story = STORIES[name]
    expected = stage.tell(story, None)
    wrong: dict[str, object] = {}
    for point in points(stage) if LONG else SHORT[name]:
        try:
            found = stage.tell(story, point)
        except AssertionError as problem:
            wrong[str(point)] = str(problem)[-6_000:]
            break  # whatever hangs would be in the way of what follows
        wrong |= {
            f"{point}: {key}": (expected[key], found[key])
            for key in expected
            if expected[key] != found[key]
        }
    if wrong:
        print(stage.servers.logs().decode(errors="replace")[-20_000:])  # noqa: T201  shown when it fails
    assert wrong == {}, "\n".join(f"{key}: {value}" for key, value in wrong.items())
