"""An installation with its real processes, and the systems round it."""

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
from tests.support.installation import NUMBER, Installation, installation
from tests.support.nursery import Mother
from tests.support.processes import Programs
from tests.support.servers import Servers, beside

HURRIED = "tests.chaos.hurried"
STORY = Path(__file__).parents[1] / "calls" / "flows" / "story.yaml"


@pytest.fixture(scope="session")
def hurried() -> Iterator[Mother]:
    """The process that has read the application with short leases."""
    made = Mother(HURRIED)
    yield made
    made.close()


@pytest.fixture
def crm() -> Iterator[FarEnd]:
    """The owner's other system."""
    answers: dict[str, list[object]] = {
        r"GET /accounts/7 ": [{"name": "Ada"}],
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
def house(ready_url: str, tmp_path: Path, crm: FarEnd, rest: FarEnd) -> Iterator[Installation]:  # noqa: F811  the fixture of that name
    """What is kept, as the test sees it."""
    given: dict[str, Any] = {"egress_allow": crm.host, "twilio_api_url": rest.base}
    with installation(ready_url, tmp_path, **given) as made:
        short = {"http://crm.test": crm.base, "timeout: 8s": "timeout: 1s"}
        made.publish(STORY, NUMBER, replacing=short)
        yield made


@pytest.fixture
def servers(house: Installation, fork_program: Programs) -> Servers:
    """The processes, started."""
    running = beside(house, fork_program)
    running.start()
    return running
