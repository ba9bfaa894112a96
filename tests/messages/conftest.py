"""A product with every channel, on both databases, from noon of a Wednesday on."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.messages.town import Town, town_on
from tests.support.fixtures import (  # noqa: F401  fixtures are found by name
    prepared_sqlite,
    ready_postgresql,
    ready_sqlite,
    ready_url,
)
from tests.support.installation import Clock

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def town(ready_url: str, tmp_path: Path) -> Iterator[Town]:  # noqa: F811  the fixture of that name
    """The product, and everybody who writes to it."""
    with town_on(ready_url, tmp_path, Clock(ahead=NOON - datetime.now(UTC))) as made:
        yield made
