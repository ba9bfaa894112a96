"""Takes files of visitors: few, not large, and only what is what its name says."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

import filetype
from flask import Request
from werkzeug.datastructures import FileStorage

from digital.chat.bodies import BODY
from digital.chat.problems import Problem
from runner.messages.channels import Attached

LARGEST = 10 * 1024 * 1024
"""Bytes of one message's files."""

MOST = 5
"""Files of one message."""

TYPES: Mapping[str, tuple[str, ...]] = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "image/heic": ("heic", "heif"),
    "application/pdf": ("pdf",),
    "audio/mpeg": ("mp3",),
    "audio/mp4": ("m4a",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/x-wav": ("wav",),
    "video/mp4": ("mp4", "m4v"),
    "video/quicktime": ("mov",),
    "video/webm": ("webm",),
    "text/plain": ("txt", "csv", "log", "md"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
}
"""What visitors may send: nothing that a browser or a desktop runs."""

ENDINGS = sorted(ending for endings in TYPES.values() for ending in endings)

_UNSEEN = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069/\\:*?"<>|]')
_LONGEST = 100


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


def safe_name(text: str) -> str:
    """Give the name of a file without folders and without what is not seen."""
    plain = PurePosixPath(text.replace("\\", "/")).name
    plain = _UNSEEN.sub("", plain).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:_LONGEST]}{dot}{ending[:10]}" or "file"


def sniffed(data: bytes) -> str:
    """Say what bytes are, by what they begin with; "" for what nobody knows."""
    found = filetype.guess_mime(data)
    if found is None and _is_text(data):
        return "text/plain"
    return str(found or "")


def _one(file: FileStorage) -> Attached:
    name, data = safe_name(file.filename or ""), file.stream.read()
    if not data:
        raise Problem(400, f"file: {name} is empty")
    ending, kind = name.rpartition(".")[2].lower(), sniffed(data)
    if ending not in ENDINGS:
        raise Problem(415, f"file: {name} may not be sent; {', '.join(ENDINGS)} may")
    if ending not in TYPES.get(kind, ()):
        raise Problem(415, f"file: {name} is not what its name says")
    return Attached(name, kind, data)


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not re.search(r"[\x00-\x08\x0e-\x1f]", text)
