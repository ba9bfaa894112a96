"""`/conversations/{id}/messages/{id}/html`: the page of a mail, made harmless (threat 7)."""

import base64
from pathlib import Path
from typing import Any

from apiflask.schemas import FileSchema
from flask import Response
from pydantic import Field

from desk.conversations import Media, Message
from runner.mail_html import sanitise
from runner.media import MediaError
from web.api.files import message_in
from web.api.pages import Query
from web.api.problems import missing
from web.api.resource import Routes
from web.house import house

routes = Routes("mail-pages", "The HTML of mails.")

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Images that stand inside of a mail; others (SVG is a program) are downloads."""

PICTURES = 5_000_000
"""Bytes of all images that stand inside of one mail."""

_SANDBOX = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class HtmlQuery(Query):
    """How a mail is shown."""

    remote_images: bool = Field(
        default=False,
        description="Show images that lie elsewhere; the sender then learns that the mail is read.",
    )


@routes.get("/conversations/<conversation_id>/messages/<message_id>/html")
@routes.input(HtmlQuery, location="query")
@routes.output(FileSchema(type="string"), content_type="text/html")
def show_html(conversation_id: str, message_id: str, query_data: HtmlQuery) -> Response:
    """Give a mail's HTML, sanitised: no scripts, forms or styles; for a frame with `sandbox`."""
    message = message_in(conversation_id, message_id)
    if not message.html.strip():
        raise missing("HTML of this message")
    remote = query_data.remote_images
    page = sanitise(message.html, _pictures(message), remote=remote)
    answer = Response(_PAGE.format(page), content_type="text/html; charset=utf-8")
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Content-Security-Policy"] = f"{_SANDBOX} https:" if remote else _SANDBOX
    return answer


_PAGE = """<!doctype html>
<html><head><meta charset="utf-8"><base target="_blank">
<style>body {{ font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }}
img {{ max-width: 100%; height: auto }}</style>
</head><body>
{}
</body></html>
"""


def _kept(row: Media) -> Path | None:
    try:
        return house().media.open(row.file)
    except MediaError:
        return None


def _pictures(message: Message) -> dict[str, str]:
    """Write the images that came with a mail as addresses; by their Content-IDs (RFC 2392)."""
    places: dict[str, Any] = dict(message.details.get("inline") or {})
    room, found = PICTURES, {}
    for name, place in places.items():
        known = message.media[place] if place < len(message.media) else {}
        row = house().threads.media(str(known.get("id") or ""))
        path = _kept(row) if row is not None and row.type in SHOWN and row.size <= room else None
        if row is not None and path is not None:
            room -= row.size
            data = base64.b64encode(path.read_bytes()).decode()
            found[name] = f"data:{row.type};base64,{data}"
    return found
