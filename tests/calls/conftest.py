"""An installation on each database, with the story flow bound, a CRM and a carrier's REST API."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.far_end import FarEnd, far_end
from tests.support.fixtures import (  # noqa: F401  fixtures are found by name
    prepared_sqlite,
    ready_postgresql,
    ready_sqlite,
    ready_url,
)
from tests.support.installation import NUMBER, Clock, Installation, installation

STORY = Path(__file__).parent / "flows" / "story.yaml"


@pytest.fixture
def crm() -> Iterator[FarEnd]:
    """The owner's other system."""
    answers: dict[str, list[object]] = {
        r"GET /accounts/7 ": [{"name": "Ada", "balance": 40}],
        r"GET /hanging ": [{"name": "Late"}],
        r"POST /pin ": [{"ok": True}],
    }
    with far_end(answers) as end:
        yield end


@pytest.fixture
def rest() -> Iterator[FarEnd]:
    """The carrier's REST API."""
    with far_end({}) as end:
        yield end


@pytest.fixture
def clock() -> Clock:
    """The installation's clock."""
    return Clock()


@pytest.fixture
def house(
    ready_url: str,  # noqa: F811  the fixture of that name
    tmp_path: Path,
    crm: FarEnd,
    rest: FarEnd,
    clock: Clock,
) -> Iterator[Installation]:
    """An installation whose turns wait 0.3 s for the outside, with the story flow on NUMBER."""
    given: dict[str, Any] = {"egress_allow": crm.host, "twilio_api_url": rest.base}
    with installation(ready_url, tmp_path, clock, budget=0.3, **given) as made:
        made.publish(STORY, NUMBER, replacing={"http://crm.test": crm.base})
        yield made
