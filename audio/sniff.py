"""Tell what a file is from its first bytes; its name and declared type are never believed."""

import struct
from typing import Literal

from audio.errors import AudioRefused

Kind = Literal["wav", "mp3"]
"""The two kinds that are taken: every other format is one conversion away and one risk more."""

HEAD = 512
"""How many first bytes `kind_of` wants to see."""

KNOWN: tuple[tuple[int, bytes, str], ...] = (
    (0, b"OggS", "an Ogg file"),
    (0, b"fLaC", "a FLAC file"),
    (4, b"ftyp", "an MP4 or M4A file"),
    (0, b"FORM", "an AIFF file"),
    (0, b"\x1aE\xdf\xa3", "a WebM or Matroska file"),
    (0, b"#!AMR", "an AMR file"),
    (0, b"RF64", "an RF64 (very large WAV) file"),
    (0, b"RIFX", "a big-endian WAV file"),
    (0, b".snd", "an AU file"),
    (0, b"PK\x03\x04", "a ZIP archive"),
    (0, b"PK\x05\x06", "a ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ", "an xz archive"),
    (0, b"7z\xbc\xaf", "a 7-Zip archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"%PDF", "a PDF document"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF8", "a GIF picture"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a program"),
    (0, b"#!", "a script"),
    (0, b"#EXTM3U", "a playlist"),
)
ACTIVE = (b"<script", b"<html", b"<svg", b"<!doctype", b"<?php", b"<?xml", b"%pdf-")
ZIP_END = b"PK\x05\x06"
ZIP_TAIL = 22 + 65_535  # APPNOTE.TXT 4.3.16: the end record and its longest comment


def kind_of(head: bytes) -> Kind:
    """Tell `wav` or `mp3` from a file's first bytes; raise AudioRefused naming what it is."""
    if not head:
        raise AudioRefused("the file is empty", "empty")
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head[:3] == b"ID3" or _is_frame_header(head):
        return "mp3"
    raise AudioRefused(f"this is {_name(head)}: send a WAV or mp3 file", "unknown_kind")


def refuse_active(part: bytes, where: str) -> None:
    """Raise AudioRefused if bytes beside the sound hold a web page, script or document."""
    lowered = part.lower()
    for marker in ACTIVE:
        if marker in lowered:
            found = marker.decode()
            raise AudioRefused(f"{where} hides {found!r}: export the sound again", "hidden_content")


def refuse_zip(tail: bytes) -> None:
    """Raise AudioRefused if the file's last bytes end a ZIP archive (a file that is two files)."""
    position = tail.rfind(ZIP_END)
    if position < 0 or len(tail) - position < 22:  # noqa: PLR2004  the fixed size of the end record
        return
    (comment,) = struct.unpack_from("<H", tail, position + 20)
    if position + 22 + comment == len(tail):
        raise AudioRefused("a ZIP archive is hidden at the end of the file", "hidden_content")


def _is_frame_header(head: bytes) -> bool:
    """Eleven set bits, then a layer III header (ISO 11172-3, 2.4.1.3)."""
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2  # noqa: PLR2004  bit masks


def _name(head: bytes) -> str:
    for offset, magic, name in KNOWN:
        if head[offset : offset + len(magic)] == magic:
            return name
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(ACTIVE):
        return "an SVG picture" if b"<svg" in start else "a web page or document"
    return "no sound file we know"
