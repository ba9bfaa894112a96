"""Migrations: the schema they make is the schema the code uses; many may start at once."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from store import migrate
from store.database import Database
from store.schema import PREFIX, metadata
from tests.store.builders import at_once
from tests.support.processes import Programs

UPGRADE = "import sys; from store import migrate; print(migrate.upgrade(sys.argv[1]))"


def test_an_empty_database_is_migrated_once(database_url: str) -> None:
    assert migrate.current(database_url) is None
    reached = migrate.upgrade(database_url)
    assert reached == migrate.upgrade(database_url) == migrate.current(database_url)


def test_readiness_follows_the_migration(database_url: str) -> None:
    database = Database(database_url)
    assert not migrate.is_current(database)
    migrate.upgrade(database_url)
    assert migrate.is_current(database)
    database.close()


def test_the_migrations_make_the_schema(database: Database) -> None:
    options = {"include_name": migrate.ours, "compare_type": True}
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_other_peoples_tables_are_left_alone(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE queues (id INTEGER PRIMARY KEY)")
    options = {"include_name": migrate.ours}
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        names = sa.inspect(connection).get_table_names()
    assert {name for name in names if not name.startswith(PREFIX)} == {"queues"}


def test_threads_that_migrate_at_once_do_it_once(database_url: str) -> None:
    reached = at_once(6, lambda _: migrate.upgrade(database_url))
    assert set(reached) == {migrate.current(database_url)}


def test_processes_that_migrate_at_once_do_it_once(
    database_url: str, start_program: Programs
) -> None:
    command = ["python", "-c", UPGRADE, database_url]
    programs = [start_program.start(command) for _ in range(3)]
    assert [program.process.wait(60) for program in programs] == [0, 0, 0]
    assert migrate.current(database_url) is not None
