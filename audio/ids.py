"""Name sound files so that nobody can guess an address and no name can leave its folder."""

import re
import secrets

from audio.errors import AudioRefused

FILE_ID = re.compile(r"[0-9a-f]{40}", re.ASCII)
"""160 random bits in hex: an address cannot be guessed, nor two ever be the same."""

NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?", re.ASCII)
"""A prompt's name, as flows write it: `hold`, `welcome-en`."""


def file_id() -> str:
    """Give a new unguessable id for a sound file: 40 hexadecimal digits."""
    return secrets.token_hex(20)


def is_file_id(text: str) -> bool:
    """Say whether the text has the exact form of a file id (so it cannot be a path)."""
    return FILE_ID.fullmatch(text) is not None


def check_name(name: str) -> str:
    """Give the prompt's name back, or raise AudioRefused saying how a name must look."""
    if NAME.fullmatch(name) is None:
        raise AudioRefused(
            f"{name[:80]!r} is no prompt name: use 1 to 64 small letters, digits, hyphens and "
            "underscores, beginning and ending with a letter or digit",
            "name",
        )
    return name


def shown_filename(filename: str) -> str:
    """Reduce the uploader's file name to something safe to show; it is never used as a path."""
    last = re.split(r"[/\\]", filename)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:120]
