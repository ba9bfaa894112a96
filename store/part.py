"""What every part of a transaction shares: run a statement, and speak of errors in our words."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from store.errors import StoreError, translated
from store.hot import Hot
from store.types import clean

if TYPE_CHECKING:
    from store.happenings import Happened

Result = sa.CursorResult[Any]
Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None

ADVISORY = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 19543))"
"""Locks a name until the commit; the seed 19543 keeps our names apart from others'."""


class Part:
    """Some of the methods of one open transaction.

    After any error the transaction is `broken`: PostgreSQL would undo it whatever the caller does
    next, so it is undone on every database.
    """

    def __init__(self, connection: sa.Connection, hot: Hot) -> None:
        self._connection = connection
        self._driver: Any = connection.connection.driver_connection
        self._errors: Any = connection.dialect.loaded_dbapi.Error
        self.hot = hot
        self.broken: StoreError | None = None
        self.happened: list[Happened] = []  # what subscribers may be told, written at the end
        self.later: list[Callable[[], object]] = []

    @property
    def connection(self) -> sa.Connection:
        """The open connection, for a job queue that writes in the same transaction."""
        return self._connection

    def afterwards(self, call: Callable[[], object]) -> None:
        """Have this called once the transaction is committed; it must not fail."""
        self.later.append(call)

    def execute(self, statement: sa.Executable, parameters: Parameters = None) -> Result:
        """Run a SQLAlchemy statement."""
        try:
            return self._connection.execute(statement, parameters)
        except sa.exc.SQLAlchemyError as error:
            raise self.fail(translated(error)) from error

    def first(self, statement: sa.Executable, parameters: Parameters = None) -> Any:
        """Run a SQLAlchemy statement; give its first row, None when there is none."""
        return self.execute(statement, parameters).first()

    def plain(self, text: str, *values: Any) -> Any:
        """Run a statement of `store.hot` on the driver itself; give the driver's cursor."""
        try:
            return self._driver.execute(text, values)
        except self._errors as error:
            if self._connection.dialect.is_disconnect(error, self._driver, None):
                self._connection.engine.dispose()  # the others have lost their server as well
                self._connection.invalidate(error)
            raise self.fail(translated(error)) from error

    def fail(self, error: StoreError) -> StoreError:
        """Mark the transaction as one that must be undone."""
        self.broken = error
        return error

    def check(self) -> None:
        """Raise the error that broke this transaction, if the body swallowed one."""
        if self.broken is not None:
            raise self.broken

    def locked(self, statement: sa.Executable, key: str) -> Any:
        """Read the row of a key with a locking SELECT; a key without a row is locked as well.

        Two first callbacks of one call would else both see nothing, and one would be lost.
        """
        row = self.first(statement, {"key": key})
        if row is None and not self.hot.sqlite:
            self.plain(ADVISORY, clean(key))
            row = self.first(statement, {"key": key})
        return row
