"""Makes a `Mail` of a form in which a provider took one apart."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from digital.email.charsets import plain
from digital.email.files import Files
from digital.email.form import Form, Posted
from digital.email.headers import Headers
from digital.email.html_text import text_of
from digital.email.limits import HTML, TEXT, Limits
from digital.email.mail import Mail

_LONGEST = 256 * 1024
"""Bytes of JSON in a field."""


def mail_of(
    headers: Headers,
    texts: tuple[str, str],
    posted: Iterable[Posted],
    named: Mapping[str, str],
    limits: Limits,
) -> Mail:
    """Make a mail of what a provider took apart; `named` are the fields of Content-IDs."""
    text, html = plain(texts[0])[:TEXT], plain(texts[1])[:HTML]
    files, inline = Files(limits), {}
    by_field = {key: name for name, key in named.items()}
    for each in posted:
        place = files.add(each.name, each.type, lambda each=each: each.data)  # type: ignore[misc]  # bound at once
        if place >= 0 and each.key in by_field and each.type.startswith("image/"):
            inline[by_field[each.key]] = place
    spoken = text.strip("\n") if text.strip() else text_of(html)
    return Mail(headers, spoken, html, tuple(files.kept), tuple(files.left_out), inline)


def json_map(form: Form, name: str) -> Mapping[str, Any]:
    """Read a JSON object of a field; what is none is empty."""
    found: Mapping[str, Any] = json_field(form, name, dict)
    return found


def json_field(form: Form, name: str, kind: type[Any]) -> Any:
    """Read JSON of a field; what is none, or of another kind, is empty."""
    try:
        found = json.loads(form.fields.get(name, b"")[:_LONGEST])
    except (ValueError, RecursionError):
        return kind()
    return found if isinstance(found, kind) else kind()
