"""Forms are read as bytes, and cost about what they weigh."""

import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage
from werkzeug.test import EnvironBuilder

from digital.email import form
from digital.email.form import FIELDS, read_form

URLENCODED = "application/x-www-form-urlencoded"
MB = 1024 * 1024


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@given(st.text("a%4g1+=&é", max_size=60).map(str.encode), st.integers(3, 9))
def test_what_is_encoded_is_read_as_the_library_reads_it(body: bytes, piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(form, "_PIECE", piece)
        found = read_form(URLENCODED, body).fields
    wanted = parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
    names = [(k.encode("latin-1").decode("utf-8", "replace").lower(), v) for k, v in wanted]
    assert found == {name: value.encode("latin-1") for name, value in reversed(names)}


@pytest.mark.usefixtures("traced")
def test_many_escapes_cost_no_more_than_their_length() -> None:
    body = b"x=" + b"%41" * (4 * MB)
    assert read_form(URLENCODED, body).fields["x"] == b"A" * 4 * MB
    assert tracemalloc.get_traced_memory()[1] < 60 * MB


@pytest.mark.usefixtures("traced")
def test_a_part_with_an_endless_header_is_refused_before_it_is_read() -> None:
    body = b"--b\r\nContent-Disposition: form-data; name=a\r\n" + b"X: y\r\n" * (2 * MB)
    with pytest.raises(ValueError, match="header"):
        read_form("multipart/form-data; boundary=b", body)
    assert tracemalloc.get_traced_memory()[1] < 60 * MB


def test_fields_and_files_of_any_size_come_whole() -> None:
    large = bytes(range(256)) * 4_000 + b"\r\n--" + b"\r\n" * 9
    data = {"text": "Grüße", "one": FileStorage(BytesIO(large), "a.bin", content_type="image/png")}
    builder = EnvironBuilder(method="POST", data=data)
    environ = builder.get_environ()
    found = read_form(environ["CONTENT_TYPE"], environ["wsgi.input"].read())
    builder.close()
    assert found.text("text") == "Grüße"
    (file,) = found.files
    assert (file.key, file.name, file.type, file.data) == ("one", "a.bin", "image/png", large)


@pytest.mark.parametrize("kind", [URLENCODED, "multipart/form-data; boundary=b"])
def test_too_many_fields_are_refused(kind: str) -> None:
    part = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n"
    body = b"a=x&" * (FIELDS + 1) if kind == URLENCODED else part * (FIELDS + 1) + b"--b--\r\n"
    with pytest.raises(ValueError, match="too many"):
        read_form(kind, body)
