"""What is done by the clock: which, when, and that its parts do what they are for."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from croniter import croniter  # type: ignore[import-untyped]  # it has no stubs

from jobs.forget import KEPT, forget
from jobs.sweep_sounds import sweep_sounds
from jobs.table import Services, job_table, schedule_table

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)
SWEEPS = (lambda: 1, lambda: 2)


class Anything:
    """Stands for a service that is only handed on."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_: 0


def services() -> Services:
    thing = cast("Any", Anything())
    forgotten = (SWEEPS, lambda _: 0, lambda: None, lambda: 0, lambda: 0, lambda: 0)
    known = (thing, thing, thing, lambda: NOON, lambda _: 0, *forgotten)
    return Services(*known, post=thing, fetching=thing, missed=thing)


def test_every_job_has_a_name_of_its_own() -> None:
    names = [job.name for job in job_table(services())]
    assert names == [
        "deliver",
        "desk",
        "hangup",
        "timer",
        "recording",
        "mail",
        "voicemail",
        "media",
    ]


@pytest.mark.parametrize(
    ("name", "every"),
    [
        ("desk", timedelta(seconds=10)),
        ("sweep", timedelta(seconds=10)),
        ("watchdog", timedelta(minutes=1)),
        ("missed", timedelta(minutes=3)),
        ("chase", timedelta(minutes=5)),
        ("forget", timedelta(hours=1)),
        ("keep", timedelta(days=1)),
        ("carrier-copies", timedelta(hours=1)),
        ("forget-events", timedelta(hours=1)),
        ("sweep-sounds", timedelta(days=1)),
    ],
)
def test_each_schedule_comes_at_its_interval(name: str, every: timedelta) -> None:
    (entry,) = [entry for entry in schedule_table(services()) if entry.name == name]
    times = croniter(entry.cron, NOON, second_at_beginning=True)
    first, second, third = (times.get_next(datetime) for _ in range(3))
    assert second - first == third - second == every
    entry.work()


def test_recordings_are_tried_for_a_day() -> None:
    (recording,) = [job for job in job_table(services()) if job.name == "recording"]
    assert sum(recording.delays) >= 23 * 3600
    assert recording.delays[0] <= 10
    assert list(recording.delays) == sorted(recording.delays)


def test_every_folder_of_sounds_is_swept() -> None:
    swept: list[str] = []

    def sweep(folder: str) -> int:
        swept.append(folder)
        return 1

    sweep_sounds((lambda: sweep("prompts"), lambda: sweep("recordings"))).work()
    assert swept == ["prompts", "recordings"]


def test_only_jobs_that_ended_long_ago_are_forgotten() -> None:
    asked: list[datetime] = []

    def remove(before: datetime) -> int:
        asked.append(before)
        return 3

    forget(remove, lambda: NOON).work()
    assert asked == [NOON - KEPT]
