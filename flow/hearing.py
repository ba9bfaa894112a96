"""Asks the step a contact waits in what is heard in the waiting room."""

from datetime import datetime

from flow.component import Place
from flow.context import Context
from flow.execution import Execution
from flow.flow import Flow
from flow.instructions import Instruction


def heard_waiting(
    flow: Flow, execution: Execution, place: Place, at: datetime, zone: str = "UTC"
) -> tuple[Instruction, ...]:
    """Say what a contact in the waiting room hears now: nothing moves by it.

    Nothing is heard of a run that has ended or awaits an effect.
    The step's messages see the place under its own id: `position` and `wait_seconds`.

    Raises:
        StepError: a message does not render.
    """
    if execution.status != "waiting" or execution.awaits:
        return ()
    run = execution.copy()
    frame = run.frame
    frame.steps[frame.step] = {"position": place.position, "wait_seconds": int(place.waited)}
    inner = flow.module(frame.flow)
    context = Context(flow, inner, run, frame.step, at, zone)
    return inner.steps[frame.step].waiting(context, place)
