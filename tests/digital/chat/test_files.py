"""Files of visitors: what may be sent, what is refused, and how they are given back."""

import io
from typing import Any

import pytest
from flask import Flask

from runner.messages.files import LARGEST, safe_name, sniffed
from tests.digital.chat.visitors import Visitor, problem

# werkzeug leaves closing its temporary files to Python: its test client for a large form that it
# sends, its parser for a form that it gives up on.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(64)
PDF = b"%PDF-1.7\n" + bytes(200)
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def send(visitor: Visitor, *files: tuple[bytes, str], **more: str) -> Any:
    data: dict[str, Any] = {"key": "file-000001", "text": "", **more}
    data["file"] = [(io.BytesIO(body), name) for body, name in files]
    return visitor.post("messages", data=data)


def test_files_come_with_a_message_and_are_given_back_to_be_kept(visitor: Visitor) -> None:
    answer = send(visitor, (PNG, "plan.png"), (b"caf\xc3\xa9", "notes.txt"), text="See")
    assert answer.status_code == 202
    message = visitor.history()["messages"][0]
    first, second = message["files"]
    assert message["text"] == "See"
    assert (first["name"], first["type"], first["size"]) == ("plan.png", "image/png", len(PNG))
    got = visitor.get(f"files/{first['id']}")
    assert got.data == PNG
    assert got.headers["Content-Type"] == "image/png"
    assert got.headers["Content-Disposition"] == "attachment; filename=plan.png"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert visitor.get(f"files/{second['id']}").data == "café".encode()


@pytest.mark.parametrize(
    ("body", "name", "status", "word"),
    [
        (HTML, "page.html", 415, "may not be sent"),
        (SVG, "picture.svg", 415, "may not be sent"),
        (HTML, "picture.png", 415, "not what its name says"),
        (PNG, "notes.pdf", 415, "not what its name says"),
        (PNG, "noending", 415, "may not be sent"),
        (b"MZ\x90" + bytes(99), "setup.exe", 415, "may not be sent"),
        (b"MZ\x90" + bytes(99), "setup.txt", 415, "not what its name says"),
        (b"", "empty.txt", 400, "empty"),
        (bytes(LARGEST + 100_000), "big.txt", 413, "10 MB"),
    ],
)
def test_what_may_not_be_sent_is_refused_and_nothing_is_kept(
    visitor: Visitor, body: bytes, name: str, status: int, word: str
) -> None:
    answer = send(visitor, (body, name))
    assert answer.status_code == status
    assert word in problem(answer)["detail"]
    assert visitor.sees() == []


def test_too_many_files_and_parts_are_refused(visitor: Visitor) -> None:
    assert "at most 5" in problem(send(visitor, *[(PNG, "a.png")] * 6))["detail"]
    assert problem(send(visitor, *[(PNG, "a.png")] * 30))["status"] == 413
    assert problem(send(visitor, (PNG, "a.png"), text="x" * 100_000))["status"] == 413


def test_a_file_is_for_those_of_its_thread(app: Flask, visitor: Visitor) -> None:
    send(visitor, (PDF, "bill.pdf"))
    name = visitor.history()["messages"][0]["files"][0]["id"]
    other = Visitor(app.test_client())
    other.come()
    other.say("Hi!")
    for path in (f"files/{name}", "files/..%2f..%2fsecret.key", "files/x"):
        assert problem(other.get(path))["status"] == 404
    assert visitor.get(f"files/{name}").data == PDF


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plan.png", "plan.png"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\ann\\bill.pdf", "bill.pdf"),
        ("a\x00b\r\n\u202egnp.exe.png", "abgnp.exe.png"),
        ("..", "file"),
        ("", "file"),
        (f"{'x' * 300}.txt", f"{'x' * 100}.txt"),
    ],
)
def test_names_of_files_are_names_and_nothing_else(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_bytes_say_what_they_are() -> None:
    assert sniffed(PNG) == "image/png"
    assert sniffed(PDF) == "application/pdf"
    assert sniffed("überall\n".encode()) == "text/plain"
    assert sniffed(b"\x00\x01\x02") == ""
    assert sniffed(b"\xff\xfe\xfd") == ""
