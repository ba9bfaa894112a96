"""Say why a sound file was not taken, in words that can be shown to whoever sent it.

AudioError                 the base of everything this room raises on purpose
├── AudioRefused           the file (or its name) is at fault; sending it again will not help
│   └── FfmpegMissing      the file may be fine, this machine lacks the program to read it
├── AudioMissing           there is no such prompt, recording or file
└── AudioStorageFailed     the disk is at fault; trying again later may help
"""

from typing import Literal

Code = Literal[
    "name",
    "empty",
    "too_large",
    "too_long",
    "silent",
    "unknown_kind",
    "unsupported",
    "truncated",
    "damaged",
    "hidden_content",
    "too_costly",
    "needs_ffmpeg",
]
"""The kinds of refusal, for programs; `reason` is for people."""


class AudioError(Exception):
    """What this room raises; `reason` may be shown to a user, `retry` says if later may help."""

    retry = False

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class AudioRefused(AudioError):
    """The file was not taken; `code` is one of `Code`, `reason` says why and what to do."""

    def __init__(self, reason: str, code: Code = "damaged") -> None:
        super().__init__(reason)
        self.code = code


class FfmpegMissing(AudioRefused):
    """The file needs ffmpeg and this machine has none; install it and send the file again."""

    retry = True

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} can only be read with ffmpeg, which is not installed here: install it "
            "(Debian: apt-get install ffmpeg) and try again, or send a plain PCM WAV file",
            "needs_ffmpeg",
        )


class AudioMissing(AudioError):
    """There is no prompt, recording or file under that name or id."""


class AudioStorageFailed(AudioError):
    """The file could not be written or read on this machine's disk."""

    retry = True
