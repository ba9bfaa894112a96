"""The installation that the tests of the commands work on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.cli.office import Office, open_office


@pytest.fixture
def office(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.chdir(tmp_path)
    found = open_office(tmp_path, sqlite_url)
    yield found
    found.house.database.close()
