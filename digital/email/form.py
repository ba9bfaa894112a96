"""Reads a posted form as bytes: what its fields are encoded in, only the fields themselves say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

FIELDS = 1_000
"""Fields and files of a form (threat 17)."""

_PIECE = 65_536
"""Bytes that are worked on at a time: libraries need many times what they work on."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A file of a form: the field it is in, its name, its type, its bytes."""

    key: str
    name: str
    type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """A form: the first value of each field, by names in small letters, and its files."""

    fields: Mapping[str, bytes] = field(repr=False)
    files: Sequence[Posted] = ()

    def text(self, name: str) -> str:
        """Give a field as text, "" where it is missing."""
        return self.fields.get(name, b"").decode("utf-8", "replace")


def read_form(content_type: str, body: bytes) -> Form:
    """Read a form of either kind.

    Raises:
        ValueError: it is none, it has too many fields, or it is broken.
    """
    kind, options = parse_options_header(content_type)
    if kind == "application/x-www-form-urlencoded":
        if body.count(b"&") >= FIELDS:
            raise ValueError("too many fields")
        pairs = [part.partition(b"=") for part in body.split(b"&") if part]
        return Form({_name(_undone(name)): _undone(value) for name, _, value in reversed(pairs)})
    boundary = options.get("boundary", "").encode()
    if kind != "multipart/form-data" or not boundary:
        raise ValueError("this is no form")
    decoder = MultipartDecoder(boundary, max_form_memory_size=3 * _PIECE, max_parts=FIELDS)
    try:
        return _collected(_whole(_events(decoder, body)))
    except RequestEntityTooLarge:
        raise ValueError("the form has too many parts, or the header of one is too long") from None


def _undone(value: bytes) -> bytes:
    """Undo the encoding piece by piece: the library makes an object of each escape."""
    done, at = bytearray(), 0
    while at < len(value):
        until = at + _PIECE
        cut = value.rfind(b"%", until - 2, until)
        until = cut if cut > at else until  # no escape is cut in two
        done += unquote_to_bytes(value[at:until].replace(b"+", b" "))
        at = until
    return bytes(done)


def _events(decoder: MultipartDecoder, body: bytes) -> Iterator[Event]:
    """Give what a decoder finds in a body, until its end or where it is broken."""
    for at in range(0, len(body) + _PIECE, _PIECE):
        decoder.receive_data(body[at : at + _PIECE] or None)
        while not isinstance(event := decoder.next_event(), NeedData):
            if isinstance(event, Epilogue):
                return
            yield event


def _whole(events: Iterator[Event]) -> Iterator[tuple[Field | File, bytes]]:
    """Give each part of a multipart form with all of its data."""
    begun: Field | File | None = None
    data: list[bytes] = []
    for event in events:
        if isinstance(event, Field | File):
            begun, data = event, []
        elif isinstance(event, Data) and begun is not None:
            data.append(event.data)
            if not event.more_data:
                yield begun, b"".join(data)


def _collected(parts: Iterator[tuple[Field | File, bytes]]) -> Form:
    fields: dict[str, bytes] = {}
    files: list[Posted] = []
    for part, data in parts:
        if isinstance(part, File):
            kind = part.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            files.append(Posted(part.name, part.filename, kind, data))
        else:
            fields.setdefault(part.name.lower(), data)
    return Form(fields, tuple(files))


def _name(name: bytes) -> str:
    return name.decode("utf-8", "replace").lower()
