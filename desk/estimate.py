"""How long a contact will probably wait, from what happened lately and who is at work."""

from collections.abc import Sequence
from statistics import fmean

RECENT = 50
"""How many recent contacts count: enough to be steady, few enough to follow the day."""


def estimated_wait(
    position: int,
    staffed: int,
    free: int,
    handled: Sequence[float] = (),
    waited: Sequence[float] = (),
) -> int | None:
    """Estimate the seconds until a contact at this position (1 is next) is served.

    `staffed` counts the agents meant who are at work (available, on a call or in after-call
    work), `free` those of them who could be rung now. `handled` are the seconds that recent
    contacts kept an agent, after-call work included, `waited` those that they waited before;
    the latest last. With so many agents at work, one becomes free every mean handling time
    divided by their number; without handling times the mean of the recent waits stands in.
    None means unknown: nobody is at work, or nothing is known of the past.
    """
    if staffed <= 0:
        return None
    behind = position - free
    if behind <= 0:
        return 0
    if handled:
        return round(fmean(handled[-RECENT:]) * behind / staffed)
    return round(fmean(waited[-RECENT:])) if waited else None
