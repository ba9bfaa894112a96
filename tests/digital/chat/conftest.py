"""The real application with a chat, inside the test's process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.digital.chat.staff import hire, publish
from tests.digital.chat.visitors import SITE, Agent, Visitor
from tests.support.fixtures import prepared_sqlite, ready_sqlite  # noqa: F401 fixtures of this folder
from tests.support.installation import Installation, installation


@pytest.fixture
def house(ready_sqlite: str, tmp_path: Path) -> Iterator[Installation]:  # noqa: F811 the fixture that is imported
    with installation(ready_sqlite, tmp_path, chat_origins=SITE) as made:
        publish(made.house, "website", "form")
        hire(made.telephony)
        yield made


@pytest.fixture
def app(house: Installation) -> Flask:
    return house.app


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    made = Visitor(app.test_client())
    made.come()
    return made


@pytest.fixture
def agent(house: Installation) -> Agent:
    return Agent(house.telephony)
