"""Reads what the widget sends: small JSON objects, checked field by field."""

import json
import re
from typing import Annotated, Any, Literal, Never, TypeVar

from flask import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from digital.chat.problems import Problem

LONGEST = 4_000
"""Characters of a visitor's message."""

BODY = 64 * 1024
"""Bytes of a JSON body: 4,000 characters of the widest kind and a form fit in."""

_KEY = r"^[A-Za-z0-9_-]{8,64}$"
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

_MOST = 2**31 - 1
"""The largest number that a database has a place for."""

M = TypeVar("M", bound=BaseModel)


def clean(text: str) -> str:
    """Take out of a text what nobody can see: controls, and halves of characters."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", plain).strip()


Text = Annotated[str, AfterValidator(clean), Field(max_length=LONGEST)]
Key = Annotated[str, Field(pattern=_KEY)]


class Asked(BaseModel):
    """A body; fields that it does not have are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Begin(Asked):
    """The form is sent, or the chat opened: the flow begins before the visitor writes."""

    key: Key
    inputs: dict[str, Any] = Field(default_factory=dict, max_length=50)


class Said(Asked):
    """A message; `key` is the widget's own name for it, the same when it is sent again."""

    key: Key
    text: Text = ""
    choice: Annotated[str, AfterValidator(clean), Field(max_length=256)] = ""
    inputs: dict[str, Any] = Field(default_factory=dict, max_length=50)


class Read(Asked):
    """Messages up to a number have come, or have been seen; `after`: those changed since then."""

    conversation: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    upto: int = Field(ge=1, le=_MOST)
    after: int = Field(default=0, ge=0, le=_MOST)
    state: Literal["delivered", "read"] = "read"


def body(request: Request, model: type[M]) -> M:
    """Read a JSON body.

    Raises:
        Problem: it is too large, no JSON, or not what it must be.
    """
    request.max_content_length = BODY
    if request.mimetype != "application/json":
        raise Problem(415, "send JSON, with the header Content-Type: application/json")
    return checked(_json(request.get_data()), model)


def checked(document: Any, model: type[M]) -> M:
    """Make a model of a document.

    Raises:
        Problem: it does not fit; the problem names the fields.
    """
    try:
        return model.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        fields = {".".join(str(part) for part in one["loc"]): one["msg"] for one in found}
        detail = "the request is not as it must be: see errors"
        raise Problem(400, detail, fields) from None


def _json(data: bytes) -> Any:
    try:
        return json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Problem(400, "the body is not JSON, or names something twice") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(word: str) -> Never:
    raise ValueError(word)
