"""The carrier's Messages resource, by its own library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from digital.carrier.files import sids_of
from runner.carrier.account import Account
from runner.carrier.client import TIMEOUT, asked, checked, rest_client
from runner.carrier.download import Downloaded, download
from runner.errors import GONE, CarrierError

ALIKE = 50
"""Messages to look through for one whose outcome is unknown."""

PAGE = 1_000
"""Messages in one answer of the carrier's list; there are as many answers as it takes."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as the carrier lists it; `at` is when it was sent, or made where it was not yet."""

    sid: str
    sender: str
    recipient: str
    text: str = field(repr=False)
    at: datetime
    created: datetime
    files: int = 0


class Messages:
    """Makes, lists and clears messages at the carrier. Every method may raise `CarrierError`."""

    def __init__(self, account: Account, timeout: float = TIMEOUT) -> None:
        self._account, self._timeout = account, timeout
        self._client = rest_client(account, timeout)

    def create(self, fields: Mapping[str, Any]) -> str:
        """Have a message sent; gives the carrier's id of it."""
        return str(asked(lambda: self._client.messages.create(**fields)).sid)

    def alike(self, sender: str, recipient: str) -> Sequence[Listed]:
        """List the newest messages from one address to another.

        A filter by date would be one by when they were sent, which those that wait were not yet.
        """
        kept = self._client.messages
        found = asked(lambda: kept.list(to=recipient, from_=sender, limit=ALIKE))
        return [_listed(each) for each in found]

    def arrived(self, address: str, since: datetime) -> Sequence[Listed]:
        """List what contacts have sent to an address of ours, the oldest first."""
        kept = self._client.messages
        found = asked(lambda: kept.list(to=address, date_sent_after=since, page_size=PAGE))
        theirs = (_listed(each) for each in found if each.direction == "inbound")
        return sorted(theirs, key=lambda each: each.at)

    def files(self, message: str) -> Sequence[tuple[str, str]]:
        """List the files of a message: id and type."""
        kept = self._client.messages(checked(message)).media
        return [(str(each.sid), str(each.content_type)) for each in asked(kept.list)]

    def fetch_file(self, source: str, most: int) -> Downloaded:
        """Fetch a file by its source (`MM…/ME…`), of at most so many bytes."""
        message, media = _sids(source)
        path = f"/2010-04-01/Accounts/{self._account.sid}/Messages/{message}/Media/{media}"
        return download(self._account, path, most, "file", self._timeout)

    def delete_file(self, source: str) -> None:
        """Delete a file for good; one that is gone is no error."""
        message, media = _sids(source)
        try:
            asked(lambda: self._client.messages(message).media(media).delete())
        except CarrierError as problem:
            if problem.code not in GONE:
                raise

    def delete(self, message: str) -> None:
        """Delete a message for good, as far as the carrier keeps it; one that is gone is no error.

        Its files go first: they are resources of their own.
        """
        kept = self._client.messages(checked(message))
        try:
            for media, _ in self.files(message):
                self.delete_file(f"{message}/{media}")
            asked(kept.delete)
        except CarrierError as problem:
            if problem.code not in GONE:
                raise


def _sids(source: str) -> tuple[str, str]:
    found = sids_of(source)
    if found is None:
        raise CarrierError("this is no file of the carrier's: nothing was asked")
    return checked(found[0]), checked(found[1])


def _listed(each: Any) -> Listed:
    number = str(each.num_media or "0")
    return Listed(
        str(each.sid),
        str(each.from_ or ""),
        str(each.to or ""),
        str(each.body or ""),
        each.date_sent or each.date_created,
        each.date_created or each.date_sent,
        int(number) if number.isdigit() else 0,
    )
