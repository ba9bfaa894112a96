import pytest

from desk.estimate import RECENT, estimated_wait


@pytest.mark.parametrize(
    ("position", "staffed", "free", "handled", "waited", "seconds"),
    [
        (1, 0, 0, [120], [60], None),
        (1, 3, 1, [], [], 0),
        (3, 3, 2, [120], [], 40),
        (1, 1, 0, [100, 140], [5], 120),
        (4, 2, 0, [120], [], 240),
        (4, 2, 0, [], [30, 60], 45),
        (4, 2, 0, [], [], None),
    ],
)
def test_the_wait_follows_from_place_agents_and_the_recent_past(
    position: int,
    staffed: int,
    free: int,
    handled: list[float],
    waited: list[float],
    seconds: int | None,
) -> None:
    assert estimated_wait(position, staffed, free, handled, waited) == seconds


def test_only_the_latest_contacts_count() -> None:
    assert estimated_wait(1, 1, 0, [9_000, *[60] * RECENT]) == 60


def test_a_later_place_never_waits_less_and_more_agents_never_more() -> None:
    by_place = [estimated_wait(place, 4, 1, [90]) or 0 for place in range(1, 20)]
    by_staff = [estimated_wait(9, staff, 0, [90]) or 0 for staff in range(1, 20)]
    assert by_place == sorted(by_place)
    assert by_staff == sorted(by_staff, reverse=True)
