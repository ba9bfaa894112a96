"""Who counts as dead: whoever's sign of life did not change for a lease, on one clock."""

from datetime import UTC, datetime, timedelta

from jobs.reaper import LEASE, Watch

NOON = datetime(2030, 1, 7, 12, tzinfo=UTC)
BEAT = timedelta(seconds=2)


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def looks(watch: Watch, clock: Clock, beats: dict[str, datetime], seconds: float) -> set[str]:
    """Look every two seconds for so long; what the last look found."""
    found: set[str] = set()
    for _ in range(int(seconds / 2)):
        clock.now += 2
        found = watch.silent(beats, {"a", *beats})
    return found


def test_a_sign_that_does_not_change_for_a_lease_is_death() -> None:
    clock = Clock()
    watch = Watch(clock)
    assert looks(watch, clock, {"a": NOON}, LEASE) == set()
    assert looks(watch, clock, {"a": NOON}, 2) == {"a"}


def test_a_worker_without_any_sign_is_watched_for_a_lease_too() -> None:
    clock = Clock()
    watch = Watch(clock)
    assert looks(watch, clock, {}, LEASE) == set()
    assert looks(watch, clock, {}, 2) == {"a"}


def test_a_clock_that_is_hours_off_is_no_death() -> None:
    clock = Clock()
    watch = Watch(clock)
    for number in range(20):
        clock.now += 2
        beats = {"a": NOON - timedelta(hours=5) + number * BEAT, "b": NOON + number * BEAT}
        assert watch.silent(beats, set(beats)) == set()


def test_a_clock_that_is_set_back_is_a_sign_of_life() -> None:
    clock = Clock()
    watch = Watch(clock)
    assert looks(watch, clock, {"a": NOON}, LEASE) == set()
    assert looks(watch, clock, {"a": NOON - BEAT}, LEASE) == set()


def test_after_a_gap_in_the_watching_nobody_is_dead_at_once() -> None:
    """While the database was away, nobody could write a sign."""
    clock = Clock()
    watch = Watch(clock)
    looks(watch, clock, {"a": NOON}, LEASE)
    clock.now += 60
    assert watch.silent({"a": NOON}, {"a"}) == set()
    assert looks(watch, clock, {"a": NOON}, LEASE - 2) == set()
    assert looks(watch, clock, {"a": NOON}, 2) == {"a"}


def test_whoever_is_gone_is_forgotten() -> None:
    clock = Clock()
    watch = Watch(clock)
    looks(watch, clock, {"a": NOON}, LEASE)
    clock.now += 2
    assert watch.silent({}, set()) == set()
    clock.now += 2
    assert watch.silent({"a": NOON}, {"a"}) == set()
