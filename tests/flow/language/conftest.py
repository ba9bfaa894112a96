"""A walk to look at values in: a step `here` of a flow in Lisbon, on 2026-06-01 at 09:30 there."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from flow.context import Context
from flow.execution import Execution, Frame
from flow.flow import Flow

AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)


@pytest.fixture
def make_context() -> Callable[..., Context]:
    """Make the context of a step; `values` are the flow's variables."""

    def make(**values: Any) -> Context:
        flow = Flow("case", "incoming_call", "here", {}, timezone="Europe/Lisbon")
        run = Execution("run", "case", "incoming_call", AT.isoformat(), live=True)
        run.frames = [Frame("", "here", vars=values)]
        run.contact = {"name": "Ann <b>& Co</b>"}
        return Context(flow, flow, run, "here", AT)

    return make
