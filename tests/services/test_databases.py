"""The services of the tests themselves: fresh databases, cheap copies, the same on both engines."""

import psycopg
import pytest
import sqlalchemy as sa

from tests.services.databases import NewDatabase
from tests.services.postgresql import Postgresql


def tables(url: str) -> list[str]:
    engine = sa.create_engine(url)
    try:
        return sorted(sa.inspect(engine).get_table_names())
    finally:
        engine.dispose()


def make_table(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE ledger (id INTEGER PRIMARY KEY)"))
    engine.dispose()


@pytest.mark.parametrize("attempt", [1, 2])
def test_every_test_gets_an_empty_database(database_url: str, attempt: int) -> None:
    assert tables(database_url) == []
    make_table(database_url)
    assert tables(database_url) == ["ledger"]


@pytest.mark.postgresql
def test_a_template_is_prepared_once_and_copied(
    postgresql: Postgresql, new_postgresql_database: NewDatabase
) -> None:
    for _ in range(2):
        name = postgresql.template("with_ledger", make_table)
        assert tables(new_postgresql_database(name)) == ["ledger"]


@pytest.mark.postgresql
def test_a_dropped_database_is_gone_even_while_somebody_is_connected(
    postgresql: Postgresql,
) -> None:
    url = postgresql.create()
    plain = url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(plain) as connection:
        postgresql.drop(url)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(plain)
