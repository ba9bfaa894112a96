"""Requests and answers of the REST API, read from and written to a socket."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.support.carrier import ACCOUNT, TOKEN

_REASONS = {200: "OK", 201: "Created", 204: "No Content"}


@dataclass(frozen=True)
class Asked:
    """One REST request; `form` has the fields of the body, or of the query."""

    method: str
    path: str
    form: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    admitted: bool = True

    def words(self, name: str, usual: str) -> frozenset[str]:
        """A field that may be repeated, or hold words between spaces."""
        given = self.lists.get(name, (usual,))
        return frozenset(word for text in given for word in text.split())


@dataclass(frozen=True)
class Answered:
    """What goes back; a body that is not bytes is sent as JSON."""

    body: Any = b""
    status: int = 200
    content: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class RestError(Exception):
    """A refusal in the carrier's form."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.answer = Answered(
            {
                "code": code,
                "message": message,
                "more_info": f"https://www.twilio.com/docs/errors/{code}",
                "status": status,
            },
            status,
        )


def missing(path: str) -> RestError:
    """What was asked for does not exist."""
    return RestError(404, 20404, f"The requested resource {path} was not found")


def read_asked(text: str) -> Asked:
    """A request from its bytes, which were read as Latin-1."""
    head, _, body = text.partition("\r\n\r\n")
    method, target, _ = head.split("\r\n", 1)[0].split(" ")
    parts = urlsplit(target)
    pairs = parse_qsl(body if method == "POST" else parts.query, keep_blank_values=True)
    lists: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        lists[name] = (*lists.get(name, ()), value)
    return Asked(method, parts.path, dict(pairs), lists, _admitted(head))


def _admitted(head: str) -> bool:
    expected = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    return f"authorization: basic {expected}".lower() in head.lower()


def written(answer: Answered) -> bytes:
    """The bytes of an answer; the connection is closed after each."""
    body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
    lines = [
        f"HTTP/1.1 {answer.status} {_REASONS.get(answer.status, 'Error')}",
        f"Content-Type: {answer.content}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in answer.headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
