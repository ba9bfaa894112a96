"""Stored flow documents as calls need them: what an address is bound to, what is published."""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from flow.ledger import Version
from store.addresses import normalised
from store.errors import Unstorable
from store.part import Part
from store.schema import bindings, versions

COLUMNS = tuple(versions.c[name] for name in Version.__dataclass_fields__)
_VERSION = sa.select(*COLUMNS).where(versions.c.id == sa.bindparam("key"))
_PUBLISHED = sa.select(*COLUMNS).where(versions.c.state == "published")
_BOUND = _PUBLISHED.join(bindings, bindings.c.flow == versions.c.flow).where(
    bindings.c.address == sa.bindparam("key")
)
_OF_FLOW = _PUBLISHED.where(versions.c.flow == sa.bindparam("key"))
_NUMBERS = (
    sa.select(bindings.c.address)
    .where(bindings.c.address.startswith("+"))
    .order_by(bindings.c.created, bindings.c.address)
)
_ADDRESSES = (
    sa.select(bindings.c.address)
    .where(bindings.c.address.startswith(sa.bindparam("prefix"), autoescape=False))
    .order_by(bindings.c.created, bindings.c.address)
)
_NUMBERED = sa.select(*COLUMNS).where(
    versions.c.flow == sa.bindparam("key"),
    versions.c.number == sa.bindparam("n"),
    versions.c.state != "draft",
)
LATEST = "latest"
DIGITS = 9  # a number beyond the column's range is no version


class Documents(Part):
    """Flow documents inside one transaction."""

    def bound(self, address: str) -> Version | None:
        """Find the published version of the flow an address is bound to."""
        key = address_key(address)
        row = self.first(_BOUND, {"key": key}) if key else None
        return Version(*row) if row else None

    def owned_numbers(self) -> list[str]:
        """List the telephone numbers that are bound here, the oldest binding first."""
        return list(self.execute(_NUMBERS).scalars())

    def addresses_of(self, prefix: str) -> list[str]:
        """List the bound addresses that begin so, without the prefix, the oldest first."""
        found = self.execute(_ADDRESSES, {"prefix": prefix}).scalars()
        return [address.removeprefix(prefix) for address in found]

    def version_of(self, flow: str, spec: str) -> Version | None:
        """Find a version of a flow: the published one (`latest`), or one by its number.

        A draft is no version that can be walked.
        """
        if spec == LATEST:
            row = self.first(_OF_FLOW, {"key": flow})
        elif spec.isdecimal() and len(spec) <= DIGITS:
            row = self.first(_NUMBERED, {"key": flow, "n": int(spec)})
        else:
            row = None
        return Version(*row) if row else None


def stored_version(connection: sa.Connection, version: str) -> Version | None:
    """Read one stored version by its id."""
    row: Any = connection.execute(_VERSION, {"key": version}).first()
    return Version(*row) if row else None


@lru_cache(maxsize=1024)
def address_key(address: str) -> str:
    """Give the address as it is kept; what is no address is bound to nothing."""
    try:
        return normalised(address)
    except Unstorable:
        return ""
