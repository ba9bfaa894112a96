"""The form before a chat: the flow's inputs, as the widget asks for them."""

from collections.abc import Mapping
from typing import Any

from digital.chat.problems import Problem
from flow.flow import Field, Flow
from flow.variables import misfits

_ASKED = {"string", "integer", "number", "boolean", "date"}
"""Types that a form has a field for; the others keep their defaults."""

_LONGEST = 1_000
"""Characters of an answer in the form."""

_EMAIL, _PHONE = {"email", "e_mail", "mail"}, {"number", "phone", "telephone", "mobile"}


def form_of(flow: Flow) -> list[dict[str, Any]]:
    """Describe the fields of a flow's form."""
    return [_field(name, field) for name, field in flow.inputs.items() if field.type in _ASKED]


def filled(flow: Flow, given: Mapping[str, Any]) -> dict[str, Any]:
    """Check the answers of a form; what was left empty counts as not given.

    Raises:
        Problem: the flow does not take them; it names the fields.
    """
    answers = {name: value for name, value in given.items() if value not in ("", None)}
    wrong = {
        name: "this is too long"
        for name, value in answers.items()
        if isinstance(value, dict | list) or len(str(value)) > _LONGEST
    }
    wrong = wrong or misfits(flow, answers)
    if wrong:
        raise Problem(400, "the form is not complete: see errors", wrong)
    return answers


def person(inputs: Mapping[str, Any]) -> dict[str, str]:
    """Find who the visitor is among the answers of the form."""
    found = {"name": "", "number": "", "email": ""}
    for name, value in inputs.items():
        plain = name.lower().replace("-", "_")
        if plain in _EMAIL:
            found["email"] = str(value)
        elif plain in _PHONE:
            found["number"] = str(value)
        elif plain in {"name", "full_name"}:
            found["name"] = str(value)
    return found


def _field(name: str, field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": name,
        "label": name.replace("_", " ").replace("-", " ").strip().capitalize(),
        "type": _type(name, field),
        "required": field.required and field.default is None,
    }
    if field.default is not None and not field.secret:
        described["default"] = field.default
    return described


def _type(name: str, field: Field) -> str:
    plain = name.lower().replace("-", "_")
    if field.secret and field.type == "string":
        return "secret"
    if field.type == "string" and plain in _EMAIL:
        return "email"
    if field.type == "string" and plain in _PHONE:
        return "phone"
    return "text" if field.type == "string" else field.type
