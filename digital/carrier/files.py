"""Names the files that the carrier keeps, by its ids: never by an address from a request."""

import mimetypes
import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from runner.messages.channels import Attached

MOST = 20
"""Files one message can bring: the carrier takes ten."""

_ADDRESS = re.compile(
    r"/2010-04-01/Accounts/(AC\w{1,62})/Messages/((?:MM|SM)\w{1,62})/Media/(ME\w{1,62})", re.ASCII
)
_SOURCE = re.compile(r"((?:MM|SM)\w{1,62})/(ME\w{1,62})", re.ASCII)
_TYPE = re.compile(r"[a-z]+/[A-Za-z0-9.+-]+")


def attached(form: Mapping[str, str]) -> Sequence[Attached]:
    """List the files of a message; those whose address is not the carrier's are left out."""
    number = form.get("NumMedia", "")
    count = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0  # noqa: PLR2004  no more digits make sense
    found = (_one(form, index) for index in range(min(count, MOST)))
    return [each for each in found if each is not None]


def _one(form: Mapping[str, str], index: int) -> Attached | None:
    try:
        path = urlsplit(form.get(f"MediaUrl{index}", "")).path
    except ValueError:
        return None
    match = _ADDRESS.fullmatch(path)
    if match is None or match[1] != form.get("AccountSid", match[1]):
        return None
    return attachment(match[2], match[3], form.get(f"MediaContentType{index}", ""), index)


def attachment(message: str, media: str, kind: str, index: int) -> Attached:
    """Describe a file that the carrier keeps; it has no name, so it is given one."""
    plain = kind.partition(";")[0].strip().lower()
    plain = plain if _TYPE.fullmatch(plain) else "application/octet-stream"
    return Attached(
        f"file-{index + 1}{mimetypes.guess_extension(plain) or ''}",
        plain,
        source=f"{message}/{media}",
    )


def sids_of(source: str) -> tuple[str, str] | None:
    """Read the ids of message and file again; None: it is no such source."""
    match = _SOURCE.fullmatch(source)
    return (match[1], match[2]) if match else None
