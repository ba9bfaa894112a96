"""Reads a posted form as bytes: what its fields are encoded in, only the fields themselves say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

FIELDS = 1_000
"""Fields and files of a form (threat 17)."""


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
        pairs = parse_qsl(
            *(body.decode("latin-1"), True),  # keep what is empty
            encoding="latin-1",
            max_num_fields=FIELDS,
        )
        values = {
            name.encode("latin-1"): value.encode("latin-1") for name, value in reversed(pairs)
        }
        return Form({_name(name): value for name, value in values.items()})
    boundary = options.get("boundary", "").encode()
    if kind != "multipart/form-data" or not boundary:
        raise ValueError("this is no form")
    decoder = MultipartDecoder(boundary, max_parts=FIELDS)
    decoder.receive_data(body)
    decoder.receive_data(None)
    return _collected(_whole(decoder))


def _whole(decoder: MultipartDecoder) -> Iterator[tuple[Field | File, bytes]]:
    """Give each part of a multipart form with all of its data."""
    begun: Field | File | None = None
    data: list[bytes] = []
    event: Event = decoder.next_event()
    while not isinstance(event, Epilogue | NeedData):
        if isinstance(event, Field | File):
            begun, data = event, []
        elif isinstance(event, Data) and begun is not None:
            data.append(event.data)
            if not event.more_data:
                yield begun, b"".join(data)
        event = decoder.next_event()


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
