"""Read what a WAV file says about itself, and refuse it where the file does not keep its word.

The form is Microsoft's "Multimedia Programming Interface and Data Specifications 1.0" (RIFF, fmt,
data) with "Multiple channel audio data and WAVE files" (WAVE_FORMAT_EXTENSIBLE).
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO, Literal

from audio import limits
from audio.errors import AudioRefused
from audio.sniff import ZIP_TAIL, refuse_active, refuse_zip

Codec = Literal["pcm", "float", "alaw", "ulaw"]

CODECS: dict[int, Codec] = {1: "pcm", 3: "float", 6: "alaw", 7: "ulaw"}
WIDTHS: dict[Codec, tuple[int, ...]] = {
    "pcm": (1, 2, 3, 4),
    "float": (4, 8),
    "alaw": (1,),
    "ulaw": (1,),
}
OTHER = {2: "MS ADPCM", 0x11: "IMA ADPCM", 0x31: "GSM 6.10", 0x50: "MPEG", 0x55: "mp3"}
EXTENSIBLE = 0xFFFE
GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
UNKNOWN_LENGTHS = (0, 0xFFFFFFFF, 0x7FFFFFFF)  # what programs write when they stream to a pipe


@dataclass(frozen=True)
class Format:
    """How the samples are coded: `width` is bytes per sample, `rate` is in Hz."""

    codec: Codec
    channels: int
    rate: int
    width: int

    @property
    def frame(self) -> int:
        """Bytes per moment of sound: one sample of every channel."""
        return self.channels * self.width


@dataclass(frozen=True)
class WavInfo:
    """Where a WAV file's samples lie: `offset` in bytes, `frames` in samples per channel."""

    format: Format
    offset: int
    frames: int

    @property
    def seconds(self) -> float:
        """How long the file plays."""
        return self.frames / self.format.rate


@dataclass(frozen=True)
class _Chunk:
    """One chunk of the RIFF file: where its body begins and how long it says it is."""

    name: bytes
    offset: int
    length: int


def read_wav(file: BinaryIO, size: int, *, streamed: bool = False) -> WavInfo:
    """Read a WAV file's structure without its samples.

    `size` is the file's real length. `streamed` also takes files whose length was not known when
    the header was written, and drops a last sample cut in half (carriers stream recordings).
    Raises AudioRefused when the header lies, the file is cut short, or something else is in it.
    """
    riff = struct.unpack("<4xI4x", _read(file, 0, 12))[0]
    if not streamed and riff + 8 > size + 1:
        raise AudioRefused(
            f"the header promises {riff + 8} bytes but the file has {size}: it was cut short",
            "truncated",
        )
    chunks = _walk(file, size, streamed=streamed)
    tail = min(size, ZIP_TAIL)
    refuse_zip(_read(file, size - tail, tail))
    for chunk in chunks:
        if chunk.name not in (b"fmt ", b"data"):
            body = _read(file, chunk.offset, min(chunk.length, limits.SCANNED_BYTES))
            refuse_active(body, f"the file's {chunk.name.decode('ascii')!r} part")
    fmt, data = _only(chunks, b"fmt "), _only(chunks, b"data")
    if fmt.offset > data.offset:
        raise AudioRefused("the file's format comes after its sound: export it again")
    form = _format(_read(file, fmt.offset, min(fmt.length, 40)))
    return _measured(form, data, streamed=streamed)


def _measured(form: Format, data: _Chunk, *, streamed: bool) -> WavInfo:
    frames, rest = divmod(data.length, form.frame)
    if rest and not streamed:
        raise AudioRefused("the sound stops in the middle of a sample: it was cut", "truncated")
    if not frames:
        raise AudioRefused("there is no sound in the file", "empty")
    return WavInfo(form, data.offset, frames)


def _walk(file: BinaryIO, size: int, *, streamed: bool) -> list[_Chunk]:
    """List every chunk up to the file's real end; whatever is no chunk is refused."""
    chunks: list[_Chunk] = []
    position = 12
    while size - position > 1:  # a single byte left is padding
        if len(chunks) == limits.WAV_CHUNKS:
            raise AudioRefused("the file is made of too many parts to be a sound")
        chunk = _chunk_at(file, position, size, streamed=streamed)
        chunks.append(chunk)
        position = chunk.offset + chunk.length + chunk.length % 2
    return chunks


def _chunk_at(file: BinaryIO, position: int, size: int, *, streamed: bool) -> _Chunk:
    head = _read(file, position, min(8, size - position))
    if len(head) < 8 or not all(0x20 <= byte < 0x7F for byte in head[:4]):  # noqa: PLR2004  printable ASCII
        raise AudioRefused(
            f"from byte {position} on the file holds something that is no sound", "hidden_content"
        )
    name, length = struct.unpack("<4sI", head)
    room = size - position - 8
    if name == b"data" and streamed and length in UNKNOWN_LENGTHS:
        length = room
    if length > room:
        raise _overrun(name, length, room)
    return _Chunk(name, position + 8, length)


def _overrun(name: bytes, length: int, room: int) -> AudioRefused:
    if name == b"data":
        return AudioRefused(
            f"the header promises {length} bytes of sound but the file holds {room}: "
            "it was cut short, or its header is wrong; export it again",
            "truncated",
        )
    return AudioRefused(
        f"the file's {name.decode('ascii')!r} part claims {length} bytes where {room} are left",
        "hidden_content",
    )


def _only(chunks: list[_Chunk], name: bytes) -> _Chunk:
    found = [chunk for chunk in chunks if chunk.name == name]
    if len(found) != 1:
        word = "no" if not found else "more than one"
        raise AudioRefused(f"the WAV file has {word} {name.decode().strip()!r} part")
    return found[0]


def _format(body: bytes) -> Format:
    if len(body) < 16:  # noqa: PLR2004  the shortest format chunk
        raise AudioRefused("the WAV file's format part is too short")
    tag, channels, rate, _, align, bits = struct.unpack_from("<HHIIHH", body)
    if tag == EXTENSIBLE:
        tag = _extensible_tag(body)
    codec = CODECS.get(tag)
    if codec is None:
        name = OTHER.get(tag, f"format {tag:#06x}")
        raise AudioRefused(
            f"the WAV file's sound is coded as {name}: save it as PCM or mp3", "unsupported"
        )
    return _plausible(Format(codec, channels, rate, (bits + 7) // 8), align)


def _extensible_tag(body: bytes) -> int:
    if len(body) < 40 or body[26:40] != GUID_TAIL:  # noqa: PLR2004  the extensible format's size
        raise AudioRefused("the WAV file's extended format is not a known one", "unsupported")
    return int.from_bytes(body[24:26], "little")


def _plausible(form: Format, align: int) -> Format:
    low, high = limits.WAV_RATES
    if not 1 <= form.channels <= limits.WAV_CHANNELS:
        raise AudioRefused(f"the header claims {form.channels} channels", "unsupported")
    if not low <= form.rate <= high:
        raise AudioRefused(f"the header claims {form.rate} samples a second", "unsupported")
    if form.width not in WIDTHS[form.codec]:
        raise AudioRefused(f"{form.width * 8} bits per sample are not supported", "unsupported")
    if align != form.frame:
        raise AudioRefused("the header contradicts itself about the size of a sample")
    return form


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    data = file.read(length)
    if len(data) != length:
        raise AudioRefused("the file is too short to be a WAV file", "truncated")
    return data
