"""The whole product and a stand-in carrier that plays the legs, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.centre.centre import Centre, centre_on
from tests.support.fixtures import (  # noqa: F401  fixtures are found by name
    prepared_sqlite,
    ready_postgresql,
    ready_sqlite,
    ready_url,
)


@pytest.fixture
def centre(ready_url: str, tmp_path: Path) -> Iterator[Centre]:  # noqa: F811  the fixture of that name
    """A contact centre without agents."""
    with centre_on(ready_url, tmp_path) as made:
        yield made
