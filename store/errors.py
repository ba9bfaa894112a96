"""The errors of the store: whoever keeps something here needs to know no SQL library.

StoreError
├── Unavailable   the database cannot be reached, is full, locked or not migrated: try again later
├── Conflict      somebody else has written this already (a token, a call, an address, a number)
├── Missing       what should be changed is not there
├── Unstorable    the value itself cannot be kept: too long for a key, no valid address or number
└── Refused       the change is against the rules (a published version never changes)
"""

from flow import ledger


class StoreError(Exception):
    """Anything the store cannot do; its text is written for the operator."""


class Unavailable(ledger.Unavailable, StoreError):
    """The database does not work at the moment.

    `undone` is true when surely nothing was written: the same transaction may be tried again. It
    is false when the commit's own answer was lost: look the token up before trying again.
    """


class Conflict(StoreError):
    """A row with this key exists already; nothing of this transaction was written."""


class Missing(StoreError):
    """There is no such row to change."""


class Unstorable(StoreError):
    """The value cannot be kept as it is."""


class Refused(StoreError):
    """The change is against the rules."""


IMMUTABLE = "a published version is immutable"
"""What the database's own trigger says when somebody tries to change one."""

_NOT_MIGRATED = ("42P01", "42703", "no such table", "no such column")
_TOO_BIG = ("22", "54")  # PostgreSQL error classes: data exception, program limit exceeded


def translated(error: Exception, *, committing: bool = False) -> StoreError:
    """Give our error for one of the SQL library or of a driver.

    `committing`: the error came from COMMIT on a server, so the outcome is unknown.
    """
    original = getattr(error, "orig", None) or error
    kinds = {kind.__name__ for kind in type(original).__mro__}  # DB-API: the same names everywhere
    text = (str(original).strip() or type(original).__name__).splitlines()[0]
    state = getattr(original, "sqlstate", None) or ""
    if IMMUTABLE in text:
        return Refused(f"{IMMUTABLE}: publish the changed document as a new version")
    if state.startswith(_TOO_BIG) or kinds & {"DataError", "OverflowError"}:
        return Unstorable("a value is too long or of the wrong kind for its column")
    if "IntegrityError" in kinds:
        return Conflict(f"this is written already: {_constraint(original)}")
    if state in _NOT_MIGRATED or any(word in text for word in _NOT_MIGRATED[2:]):
        return Unavailable("the database is not migrated: run the release step of the Procfile")
    if "ProgrammingError" in kinds:
        return StoreError(f"the database did not understand the store: {text}")
    return Unavailable(f"the database does not answer: {text}", undone=not committing)


def _constraint(original: object) -> str:
    """Name the violated rule without the values, which may be personal."""
    name = getattr(getattr(original, "diag", None), "constraint_name", None)
    return name or str(original).split(": ", 1)[-1]
