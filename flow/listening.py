"""Which orders a run listens to: each is heard until it is over, or dropped once.

A run hears of one order in the step that waits (`hears`), of the agent who waits for its contact
(`place`), and keeps one promise for when a branch has ended (`later`). Each function changes the
run and gives what is dropped by it.
"""

from flow.component import Leave
from flow.effects import Drop
from flow.events import Event, News, PickedUp
from flow.execution import Execution


def forget(run: Execution, event: Event) -> None:
    """Forget an order of which this event is the last that is heard."""
    if isinstance(event, PickedUp) or (isinstance(event, News) and event.last):
        run.hears = "" if event.effect == run.hears else run.hears
        run.place = "" if event.effect == run.place else run.place


def listen_no_more(run: Execution) -> list[Drop]:
    """Drop the order whose news nobody waits for any more."""
    order, run.hears = run.hears, ""
    # The agent who waits for the contact goes with the step or with the run's end.
    return [Drop(order)] if order and order != run.place else []


def let_agent_go(run: Execution, word: str = "") -> list[Drop]:
    """Release the agent who waits for the contact; `word` is why."""
    place, run.place = run.place, ""
    return [Drop(place, word)] if place else []


def put_off(run: Execution, left: Leave) -> list[Drop]:
    """Keep what a step that is left has promised until its branch has ended, one promise a run."""
    dropped = break_promise(run)
    run.later = {"step": run.frame.step, "state": dict(left.later), "hears": left.hears}
    run.hears = ""
    return dropped


def break_promise(run: Execution) -> list[Drop]:
    """Drop what was promised for later."""
    later, run.later = run.later, {}
    return [Drop(later["hears"])] if later.get("hears") else []
