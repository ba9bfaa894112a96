"""How Alembic reaches our tables: `store.migrate` hands in a connection in its transaction."""

from alembic import context

from store.migrate import VERSION_TABLE, ours
from store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_name=ours,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
