"""The engine alone: steps per second of one core, without a server, a database or TwiML."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flow.engine import advance, begin
from flow.events import Digits
from flow.execution import Execution
from flow.flow import Flow
from flow.language.load import load

FLOW = Path(__file__).with_name("flow.yaml")
_AT = datetime(2026, 1, 5, 10, tzinfo=UTC)
_BATCH = 20


def measure(seconds: float) -> dict[str, Any]:
    """Walk the bench's flow from its start to its end, over and over.

    `with_json` packs and unpacks the execution between two turns, as a server has to.
    """
    flow = load(FLOW.read_text(encoding="utf-8"), FLOW.name)
    _rate(flow, seconds / 10, packed=False)
    return {
        "steps_per_second": round(_rate(flow, seconds, packed=False)),
        "with_json_per_second": round(_rate(flow, seconds, packed=True)),
        "steps_per_walk": _walk(flow, packed=False),
    }


def _rate(flow: Flow, seconds: float, *, packed: bool) -> float:
    steps, began = 0, time.process_time()
    while (taken := time.process_time() - began) < seconds:
        steps += sum(_walk(flow, packed=packed) for _ in range(_BATCH))
    return steps / taken


def _walk(flow: Flow, *, packed: bool) -> int:
    """Walk one call; give how many steps it went through."""
    fresh = Execution("e", flow.slug, flow.type, _AT.isoformat(), live=True)
    step = begin(flow, fresh, {}, _AT)
    steps = len(step.history)
    while step.execution.status != "ended":
        run = step.execution
        if packed:
            run = Execution.from_json(run.to_json())
        step = advance(flow, run, Digits(_AT, "1"))
        steps += len(step.history)
    return steps
