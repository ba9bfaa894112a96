"""Takes files of visitors: few, not large, and only what is what its name says."""

from collections.abc import Sequence

from flask import Request
from werkzeug.datastructures import FileStorage

from digital.chat.bodies import BODY
from digital.chat.problems import Problem
from runner.messages.channels import Attached
from runner.messages.files import LARGEST, MOST, NotAllowed, allowed, safe_name


def widen(request: Request) -> None:
    """Let a request be as large as a message with files."""
    request.max_content_length = LARGEST + BODY
    request.max_form_memory_size = BODY
    request.max_form_parts = MOST + 10


def attached(request: Request) -> Sequence[Attached]:
    """Read the files of a request.

    Raises:
        Problem: there are too many, or one is not allowed.
    """
    files = request.files.getlist("file")
    if len(files) > MOST:
        raise Problem(400, f"file: a message has at most {MOST} files")
    found = [_one(file) for file in files]
    if sum(len(file.data or b"") for file in found) > LARGEST:
        raise Problem(413, f"file: the files have more than {LARGEST // 2**20} MB")
    return found


def _one(file: FileStorage) -> Attached:
    name, data = file.filename or "", file.stream.read()
    if not data:
        raise Problem(400, f"file: {safe_name(name)} is empty")
    try:
        return allowed(name, data)
    except NotAllowed as error:
        raise Problem(415, f"file: {error}") from None
