"""Says which files people may send each other by messages: nothing a browser or a desktop runs."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

import filetype

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
"""What may be sent, by what it is, with the endings its name may have."""

ENDINGS = sorted(ending for endings in TYPES.values() for ending in endings)

_UNSEEN = re.compile(r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069/\\:*?"<>|]')
_LONGEST = 100


class NotAllowed(ValueError):
    """This file may not be sent; the text says why, and names it."""


def allowed(name: str, data: bytes) -> Attached:
    """Give a file as it may be sent: its name without folders, its type by its bytes.

    Raises:
        NotAllowed: its ending is not among those, or it is not what its name says.
    """
    name = safe_name(name)
    ending, kind = name.rpartition(".")[2].lower(), sniffed(data)
    if ending not in ENDINGS:
        raise NotAllowed(f"{name} may not be sent; {', '.join(ENDINGS)} may")
    if ending not in TYPES.get(kind, ()):
        raise NotAllowed(f"{name} is not what its name says")
    return Attached(name, kind, data)


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


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not re.search(r"[\x00-\x08\x0e-\x1f]", text)
