"""Insert or update in one statement, in the form both databases share."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert


@cache
def upsert(table: sa.Table, *, sqlite: bool) -> sa.Executable:
    """Insert a row, or replace the one of the same primary key; its `created` stays."""
    insert: Any = (sqlite_insert if sqlite else postgresql_insert)(table)
    key = [column.name for column in table.primary_key]
    changes = {c.name: insert.excluded[c.name] for c in table.c if c.name not in {*key, "created"}}
    statement: sa.Executable = insert.on_conflict_do_update(index_elements=key, set_=changes)
    return statement


@cache
def add_missing(table: sa.Table, *, sqlite: bool) -> sa.Executable:
    """Insert a row, unless there is one of the same primary key."""
    insert: Any = (sqlite_insert if sqlite else postgresql_insert)(table)
    statement: sa.Executable = insert.on_conflict_do_nothing()
    return statement
