"""Files that are no WAV or mp3, whatever they are called: name → (file, code, words)."""

import gzip
import hashlib

from tests.audio.hostile.wav_cases import a_zip
from tests.audio.sounds import wav

OTHER_CASES: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "empty", "file is empty"),
    "one byte": (b"R", "unknown_kind", "no sound file we know"),
    "text": (b"Dear customer, press one", "unknown_kind", "no sound file we know"),
    "ZIP": (a_zip(), "unknown_kind", "a ZIP archive"),
    "gzip bomb": (gzip.compress(bytes(1_000_000)), "unknown_kind", "a gzip archive"),
    "SVG": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unknown_kind", "an SVG picture"),
    "SVG with a head": (b"<?xml version='1.0'?>\n<svg/>", "unknown_kind", "an SVG picture"),
    "HTML": (b"\xef\xbb\xbf\n<HTML><script>1</script>", "unknown_kind", "a web page"),
    "PDF": (b"%PDF-1.7\n", "unknown_kind", "a PDF document"),
    "PNG": (b"\x89PNG\r\n\x1a\n", "unknown_kind", "a PNG picture"),
    "JPEG": (b"\xff\xd8\xff\xe0" + bytes(50), "unknown_kind", "a JPEG picture"),
    "program": (b"\x7fELF" + bytes(50), "unknown_kind", "a program"),
    "script": (b"#!/bin/sh\n", "unknown_kind", "a script"),
    "playlist": (b"#EXTM3U\nfile:///etc/passwd", "unknown_kind", "a playlist"),
    "ffmpeg concat list": (b"ffconcat version 1.0\nfile /etc/passwd", "unknown_kind", "no sound"),
    "Ogg": (b"OggS" + bytes(60), "unknown_kind", "an Ogg file: send a WAV or mp3"),
    "FLAC": (b"fLaC" + bytes(60), "unknown_kind", "a FLAC file"),
    "M4A": (b"\0\0\0\x20ftypM4A " + bytes(60), "unknown_kind", "an MP4 or M4A file"),
    "big-endian WAV": (b"RIFX" + wav()[4:], "unknown_kind", "a big-endian WAV"),
    "RF64": (b"RF64" + wav()[4:], "unknown_kind", "RF64"),
    "AVI": (b"RIFF\0\0\0\0AVI " + bytes(60), "unknown_kind", "no sound file we know"),
    "WAV with a byte before": (b"\0" + wav(), "unknown_kind", "no sound file we know"),
    "noise": (
        b"".join(hashlib.sha256(bytes([n])).digest() for n in range(150)),
        "unknown_kind",
        "no sound file we know",
    ),
    "ID3 and nothing": (b"ID3\3\0\0\0\0\0\0", "truncated", "ends inside its ID3 tag"),
    "ID3 that never ends": (b"ID3\3\0\0\x7f\x7f\x7f\x7f" + bytes(99), "truncated", "ID3 tag"),
    "ID3 with a wrong size": (b"ID3\3\0\0\xff\xff\xff\xff" + bytes(99), "damaged", "malformed"),
    "ID3 then a web page": (
        b"ID3\3\0\0\0\0\0\x10" + b"<html><body>ha</" + bytes(99),
        "hidden_content",
        "'<html'",
    ),
    "sync bytes and noise": (b"\xff\xfb" + bytes(400), "damaged", "no mp3 sound"),
}
