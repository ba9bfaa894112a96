"""The readers of structure take any bytes whatever and end in a value or a refusal."""

import io
from collections.abc import Callable
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.errors import AudioRefused
from audio.mpeg import frame_at, read_mpeg
from audio.sniff import kind_of
from audio.wav import read_wav
from tests.audio.sounds import tone, wav

Found = TypeVar("Found")
GOOD = wav(tone(0.02))
FRAME = b"\xff\xfb\x90\xc0" + bytes(413)  # MPEG-1 layer III, 128 kbit/s, 44.1 kHz, mono


def tried(read: Callable[[], Found]) -> Found | None:
    """What was read, or None if it was refused with a reason; any other error is a failure."""
    try:
        return read()
    except AudioRefused as refused:
        return None if refused.reason else pytest.fail("refused without a reason")


def wav_is_within(data: bytes, *, streamed: bool) -> bool:
    """Whether a WAV file is refused, or its samples lie inside it."""
    info = tried(lambda: read_wav(io.BytesIO(data), len(data), streamed=streamed))
    return info is None or info.offset + info.frames * info.format.frame <= len(data)


@given(tail=st.binary(max_size=300), streamed=st.booleans())
def test_any_bytes_after_a_riff_head(tail: bytes, *, streamed: bool) -> None:
    assert wav_is_within(b"RIFF\0\0\0\0WAVE" + tail, streamed=streamed)


@given(at=st.integers(0, len(GOOD) - 1), value=st.integers(0, 255), streamed=st.booleans())
def test_any_byte_of_a_good_file_changed(at: int, value: int, *, streamed: bool) -> None:
    changed = GOOD[:at] + bytes([value]) + GOOD[at + 1 :]
    assert wav_is_within(changed, streamed=streamed)


def test_a_good_file_cut_anywhere_is_refused() -> None:
    for length in range(12, len(GOOD)):
        with pytest.raises(AudioRefused) as refused:
            read_wav(io.BytesIO(GOOD[:length]), length)
        assert (length, refused.value.code) == (length, "truncated")


@given(
    head=st.sampled_from([b"", b"ID3\4\0\0", FRAME, FRAME * 3]),
    tail=st.binary(max_size=600),
    streamed=st.booleans(),
)
def test_any_bytes_after_an_mp3_head(head: bytes, tail: bytes, *, streamed: bool) -> None:
    info = tried(lambda: read_mpeg(head + tail, streamed=streamed))
    assert info is None or (info.frames > 0 and info.seconds > 0)


@given(st.binary(max_size=40))
def test_any_first_bytes_have_a_kind_or_a_refusal(head: bytes) -> None:
    assert tried(lambda: kind_of(head)) in ("wav", "mp3", None)


def test_frames_are_counted_without_decoding() -> None:
    info = read_mpeg(FRAME * 100)
    assert (info.frames, round(info.seconds, 4)) == (100, round(100 * 1152 / 44100, 4))


@pytest.mark.parametrize(
    ("head", "length", "samples", "rate"),
    [  # ISO/IEC 11172-3 2.4.2.3 and 13818-3 2.4.2.3: 144 (72) * bit rate / rate, plus padding
        (b"\xff\xfb\x90\x00", 417, 1152, 44100),
        (b"\xff\xfb\x92\x00", 418, 1152, 44100),
        (b"\xff\xfb\xe4\x00", 960, 1152, 48000),
        (b"\xff\xf3\x40\xc0", 104, 576, 22050),
        (b"\xff\xe3\x18\xc0", 72, 576, 8000),
    ],
)
def test_a_frame_header_says_how_long_it_is(
    head: bytes, length: int, samples: int, rate: int
) -> None:
    frame = frame_at(head, 0)
    assert frame is not None
    assert (frame.length, frame.samples, frame.rate) == (length, samples, rate)


@pytest.mark.parametrize(
    "head",
    [
        b"\xff\xfd\x90\0",
        b"\xff\xff\x90\0",
        b"\xff\xeb\x90\0",
        b"\xff\xfb\xf0\0",
        b"\xff\xfb\0\0",
        b"\xff\xfb\x9c\0",
        b"\xff\xfb\x90",
        b"\xfe\xfb\x90\0",
    ],
    ids=["layer II", "layer I", "reserved", "bad rate", "free", "no rate", "short", "no sync"],
)
def test_what_is_no_frame_header(head: bytes) -> None:
    assert frame_at(head, 0) is None


def test_a_tag_after_the_sound_is_not_sound() -> None:
    ape = b"APETAGEX" + b"\xd0\x07\0\0" + (32).to_bytes(4, "little") + bytes(16)
    old = b"TAG" + bytes(125)
    assert read_mpeg(FRAME * 10 + ape + old).frames == 10


def test_a_stream_may_end_inside_a_frame() -> None:
    with pytest.raises(AudioRefused, match="last frame is cut short"):
        read_mpeg(FRAME * 3 + FRAME[:100])
    assert read_mpeg(FRAME * 3 + FRAME[:100], streamed=True).frames == 3
    assert read_mpeg(FRAME * 3 + FRAME[:2], streamed=True).frames == 3
