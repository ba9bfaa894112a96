"""Files within the JSON of a message: names, and bytes in base64 (RFC 4648, section 4)."""

import binascii
from base64 import b64decode
from collections.abc import Sequence

from flask import Request
from pydantic import BaseModel, ConfigDict, Field

from runner.messages.channels import Attached
from runner.messages.files import LARGEST, NotAllowed, allowed
from web.api.problems import Problem, wrong_field

_ROUND = 256 * 1024
"""Bytes of a message's JSON besides its files."""

_MOST = LARGEST * 4 // 3 + 4


class FileBody(BaseModel):
    """A file that goes with a message."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200, description="With its ending: bill.pdf.")
    data: str = Field(
        min_length=1,
        max_length=_MOST,
        description=f"Its bytes in base64; all files of a message: at most {LARGEST // 2**20} MB.",
        json_schema_extra={"contentEncoding": "base64"},
    )


def widen(request: Request) -> None:
    """Let a request be as large as a message with files."""
    request.max_content_length = _MOST + _ROUND


def decoded(files: Sequence[FileBody]) -> list[Attached]:
    """Give the files, each checked to be what its name says.

    Raises:
        Problem: one of them is none, may not be sent, or they are too large together.
    """
    found = [_one(number, each) for number, each in enumerate(files)]
    if sum(len(each.data or b"") for each in found) > LARGEST:
        raise wrong_field("files", f"they have more than {LARGEST // 2**20} MB together", 422)
    return found


def _one(number: int, file: FileBody) -> Attached:
    try:
        data = b64decode(file.data, validate=True)
    except binascii.Error:
        raise _wrong(number, "data", "this is no base64") from None
    if not data:
        raise _wrong(number, "data", "the file is empty")
    try:
        return allowed(file.name, data)
    except NotAllowed as error:
        raise _wrong(number, "name", str(error)) from None


def _wrong(number: int, field: str, why: str) -> Problem:
    return wrong_field(f"files.{number}.{field}", why, 422)
