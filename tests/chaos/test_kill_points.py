"""kill -9 between any two requests to the carrier: the story ends as it would have without."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import get_args

import pytest

from tests.chaos.conftest import HURRIED
from tests.chaos.kill_points import Killer, Patient, Point, Victim, When
from tests.chaos.stage import MAILBOX, Stage
from tests.chaos.stories import STORIES
from tests.standin import stand_in
from tests.support.installation import installation
from tests.support.nursery import Mother, nursery
from tests.support.servers import beside
from tests.support.smtp import Sink, free_port, smtp_sink

LONG = bool(os.environ.get("LINEWALK_LONG"))
SHORT: dict[
    str, dict[str, tuple[Point, ...]]
] = {  # a few of them, for `make test`: each story on one engine, told on one stage
    "sqlite": {
        "survey": (Point(1, "before", "web"), Point(2, "after", "both")),
        "callback": (Point(2, "after", "web"),),
        "forward": (Point(3, "behind", "web"),),
        "refused": (Point(2, "before", "both"),),
        "transfer": (Point(6, "after", "web"),),
        "429": (Point(1, "after", "web"),),
        "texts": (Point(1, "after", "web"), Point(2, "before", "both")),
        "text time-out": (Point(2, "after", "web"),),
        "texts an agent": (Point(3, "before", "both"),),
        "mails": (Point(1, "after", "both"), Point(2, "behind", "worker")),
    },
    "postgresql": {
        "survey": (Point(2, "after", "both"),),
        "next agent": (Point(2, "before", "both"),),
        "caller leaves": (Point(1, "after", "web"),),
        "website": (Point(2, "after", "both"),),
        "notice": (Point(1, "after", "web"),),
        "consent": (Point(2, "after", "web"),),
        "500": (Point(2, "before", "web"),),
        "time-out": (Point(1, "after", "web"),),
        "texts": (Point(2, "behind", "web"),),
        "reminder": (Point(1, "before", "both"),),
        "WhatsApp": (Point(2, "after", "both"),),
        "mails": (Point(2, "before", "both"),),
    },
}
MANY = {
    f"MESSAGE_LIMITS_{whose}": "to_one_per_hour=none" for whose in ("PER_KEY", "IN_ALL")
}  # the same stories are told to the same people
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3_600 if LONG else 240)]


def by_mail(post: Sink) -> dict[str, str]:
    """The settings for mails in and out."""
    listen, rate = f"127.0.0.1:{free_port()}", "100"
    address = {"MAIL_FROM": f"Acme <{MAILBOX}>", "SMTP_URL": post.url, "SMTP_LISTEN": listen}
    return {**address, "MAILS_PER_SECOND": rate}


@pytest.fixture
def stage(ready_url: str, tmp_path: Path, hurried: Mother) -> Iterator[Stage]:
    """Everything, running."""
    with (
        nursery(tmp_path, hurried) as programs,
        stand_in() as carrier,
        smtp_sink() as post,
        installation(ready_url, tmp_path, twilio_api_url=carrier.api_url) as house,
    ):
        servers = beside(house, programs, **by_mail(post), **MANY)
        servers.application = HURRIED
        killer = Killer(servers)
        patient = Patient(killer)
        carrier.connect(patient, servers.base)
        carrier.faults.at_rest = killer.at_rest
        post.at_end = lambda port, *, taken: killer.at_rest("SMTP", port, taken)
        made = Stage(house, servers, carrier, killer, post)
        made.prepare()
        try:
            servers.start()
            yield made
        finally:
            patient.is_over = True


def points(stage: Stage, listens: Victim) -> list[Point]:
    """Every point of the story that was just told without interruption."""
    requests, webhooks = len(stage.killer.rest), stage.killer.webhooks
    found: list[Point] = []
    for victim in get_args(Victim):
        kinds: tuple[tuple[When, int], ...] = (("before", requests), ("after", requests))
        found += [Point(n + 1, when, victim) for when, count in kinds for n in range(count)]
    return found + [Point(n + 1, "behind", listens) for n in range(webhooks)]


def differences(stage: Stage, name: str, given: Sequence[Point] | None) -> dict[str, object]:
    """Tell a story without interruption, then cut it; what is different at its end.

    `given` None: at every point.
    """
    expected = stage.tell(STORIES[name], None)
    wrong: dict[str, object] = {}
    for point in points(stage, STORIES[name].listens) if given is None else given:
        try:
            found = stage.tell(STORIES[name], point)
        except AssertionError as problem:
            problem.add_note(f"{name}, {point}; before that: {wrong}")
            raise  # whatever hangs would be in the way of what follows
        wrong |= {
            f"{name}, {point}: {key}": (expected[key], found[key])
            for key in expected
            if expected[key] != found[key]
        }
    return wrong


@pytest.mark.parametrize("name", STORIES if LONG else ["sampled"])
def test_a_story_that_is_cut_anywhere_ends_as_it_does_without(stage: Stage, name: str) -> None:
    engine = "sqlite" if stage.house.house.database.sqlite else "postgresql"
    chosen: Mapping[str, Sequence[Point] | None] = {name: None} if LONG else SHORT[engine]
    wrong: dict[str, object] = {}
    try:
        for story, given in chosen.items():
            wrong |= differences(stage, story, given)
        assert wrong == {}, "\n".join(f"{key}: {value}" for key, value in wrong.items())
    except AssertionError:
        print(stage.servers.logs().decode(errors="replace")[-20_000:])  # noqa: T201  shown when it fails
        raise
