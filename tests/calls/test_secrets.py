"""What a caller keys in at a secret question is in no table, in no log, in no file."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.far_end import FarEnd
from tests.support.installation import Installation
from tests.support.processes import Programs
from tests.support.servers import beside
from tests.support.waiting import wait_until

PIN = "83920174"
WORDS = "the hippopotamus wears galoshes"


def every_byte(house: Installation) -> bytes:
    """Everything that is kept: every value of every table, and the database's files."""
    found = [repr(values).encode() for values in values_of(house)]
    folder = Path(house.settings.data_dir).parent
    found += [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return b"".join(found)


def values_of(house: Installation) -> Iterator[tuple[object, ...]]:
    """Every row of every table, the job library's as well."""
    inspector = sa.inspect(house.house.database.engine)
    for schema in inspector.get_schema_names():
        names = [] if schema == "information_schema" else inspector.get_table_names(schema)
        for table in names:
            yield from house.rows(f'SELECT * FROM "{schema}"."{table}"')  # noqa: S608  names from the database itself


@pytest.mark.timeout(180)
def test_secret_digits_are_nowhere(
    house: Installation, crm: FarEnd, fork_program: Programs
) -> None:
    servers = beside(house, fork_program, LOG_LEVEL="DEBUG")
    servers.start()
    crm.gate.clear()
    call = servers.carrier.call("+15550100001").arrive()
    call.press("5")
    call.follow = False
    asked, digits = call.pressed(PIN)
    call.fetch(asked, digits)
    call.again()
    call.fall_back()
    assert call.waits == "Redirect"
    assert PIN.encode() not in every_byte(house), "while the request is on its way"
    crm.gate.set()
    wait_until(lambda: not house.run(call).awaits)
    call.follow = True
    call.fetch(call.verbs[0].text, {})
    assert "Verified." in call.heard
    call.press("9").say(WORDS)
    call.hang_up()
    assert PIN in crm.asked("POST /pin")[0]
    assert len(crm.asked("POST /pin")) == 1
    servers.kill()
    kept, logs = every_byte(house), servers.logs()
    assert PIN.encode() not in kept
    assert WORDS.encode() in kept
    for hidden in (PIN, WORDS, "15550123456", "hippopotamus"):
        assert hidden.encode() not in logs
    assert not re.search(rb"Traceback", logs)
