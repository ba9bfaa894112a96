"""Walk an mp3 file frame by frame: exact duration, and nothing but sound from end to end.

Frame headers are those of ISO/IEC 11172-3 (2.4.1.3, 2.4.2.3) and 13818-3; tags are ID3v2
(id3.org, syncsafe sizes), ID3v1 (last 128 bytes) and APEv2; the Xing/Info header is the encoders'
convention for telling the number of frames in the first one.
"""

import mmap
import struct
from dataclasses import dataclass

from audio import limits
from audio.errors import AudioRefused
from audio.sniff import ZIP_TAIL, refuse_active, refuse_zip

Bytes = bytes | mmap.mmap

BITRATES_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
BITRATES_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
SIDE_INFO = {(True, False): 32, (True, True): 17, (False, False): 17, (False, True): 9}


@dataclass(frozen=True)
class Frame:
    """One frame's header: `length` in bytes, `samples` per channel, `rate` in Hz."""

    version: int
    rate: int
    length: int
    samples: int
    mono: bool


@dataclass(frozen=True)
class MpegInfo:
    """What the walk found: the number of sounding frames and how long they play."""

    frames: int
    seconds: float


def read_mpeg(data: Bytes, *, streamed: bool = False) -> MpegInfo:
    """Walk all frames; raise AudioRefused at the first byte that is neither frame nor tag.

    `streamed` drops a last frame that was cut (a carrier's recording must not be lost for it).
    """
    start, end = _after_leading_tags(data), _before_trailing_tags(data)
    refuse_zip(data[max(0, len(data) - ZIP_TAIL) :])
    first = frame_at(data, start)
    if first is None:
        raise AudioRefused("this looks like an mp3 file but holds no mp3 sound", "damaged")
    count, position = 0, start
    while position < end:
        frame = frame_at(data, position)
        if frame is None or (frame.version, frame.rate) != (first.version, first.rate):
            _end_of_sound(data, position, end, streamed=streamed)
            break
        if position + frame.length > end:
            if streamed:
                break
            raise AudioRefused("the mp3 file's last frame is cut short", "truncated")
        count += 1
        position += frame.length
    return _counted(data, start, first, count)


def frame_at(data: Bytes, position: int) -> Frame | None:
    """Read the layer III frame header at a position, or None if there is none."""
    head = data[position : position + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:  # noqa: PLR2004  sync and layer bits
        return None
    version, bitrate, rate = (head[1] >> 3) & 3, head[2] >> 4, (head[2] >> 2) & 3
    if version == 1 or bitrate in (0, 15) or rate == 3:  # noqa: PLR2004  reserved and free-format values
        return None
    first = version == 3  # noqa: PLR2004  MPEG-1
    hertz = RATES[version][rate]
    kilobits = (BITRATES_1 if first else BITRATES_2)[bitrate]
    length = (144_000 if first else 72_000) * kilobits // hertz + ((head[2] >> 1) & 1)
    return Frame(version, hertz, length, 1152 if first else 576, head[3] >> 6 == 3)  # noqa: PLR2004  mode 3 is mono


def _counted(data: Bytes, start: int, first: Frame, count: int) -> MpegInfo:
    """Take the information frame off the count and compare the rest with what it promises."""
    promised = _promised_frames(data, start, first)
    sounding = count if promised is None else count - 1
    if sounding < 1:
        raise AudioRefused("there is no sound in the file", "empty")
    if promised is not None and promised > sounding + 1:
        raise AudioRefused(
            f"the mp3 file promises {promised} frames but holds {sounding}: it was cut short",
            "truncated",
        )
    return MpegInfo(sounding, sounding * first.samples / first.rate)


def _promised_frames(data: Bytes, start: int, first: Frame) -> int | None:
    """Read the Xing or Info header: its frame count, 0 if it tells none, None if there is none."""
    at = start + 4 + SIDE_INFO[first.version == 3, first.mono]  # noqa: PLR2004  MPEG-1
    if data[at : at + 4] not in (b"Xing", b"Info"):
        return None
    flags, frames = struct.unpack(">II", data[at + 4 : at + 12])
    return frames if flags & 1 else 0


def _end_of_sound(data: Bytes, position: int, end: int, *, streamed: bool) -> None:
    """After the last frame only zeros may follow (encoders pad), or a stub in a stream."""
    rest = data[position : min(end, position + limits.SCANNED_BYTES)]
    stub = streamed and end - position < 4  # noqa: PLR2004  too short for a header
    if stub or (not rest.strip(b"\0") and end - position == len(rest)):
        return
    raise AudioRefused(
        f"from byte {position} on the mp3 file holds something that is no mp3 sound",
        "hidden_content",
    )


def _after_leading_tags(data: Bytes) -> int:
    position = 0
    while data[position : position + 3] == b"ID3":
        head = data[position : position + 10]
        if len(head) < 10 or any(byte & 0x80 for byte in head[6:10]):  # noqa: PLR2004  syncsafe size
            raise AudioRefused("the mp3 file's ID3 tag is malformed")
        length = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        body = data[position + 10 : position + 10 + min(length, limits.SCANNED_BYTES)]
        refuse_active(body, "the mp3 file's ID3 tag")
        position += 10 + length + (10 if head[5] & 0x10 else 0)
        if position >= len(data):
            raise AudioRefused("the mp3 file ends inside its ID3 tag", "truncated")
    while data[position : position + 1] == b"\0":
        position += 1
    return position


def _before_trailing_tags(data: Bytes) -> int:
    end = len(data)
    if data[max(0, end - 128) : max(0, end - 128) + 3] == b"TAG":
        end -= 128
    footer = data[max(0, end - 32) : end]
    if footer[:8] == b"APETAGEX":
        length, _, flags = struct.unpack_from("<III", footer, 12)
        whole = length + (32 if flags & 0x8000_0000 else 0)
        if whole > end:
            raise AudioRefused("the mp3 file's APE tag is malformed")
        refuse_active(data[end - whole : end][: limits.SCANNED_BYTES], "the mp3 file's APE tag")
        end -= whole
    return end
