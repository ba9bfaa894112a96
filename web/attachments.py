"""Finds the files of messages, and serves those that leave under addresses nobody can guess."""

import hmac
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, send_file

from desk.conversations import Media
from runner.mail import File
from runner.media import MediaError
from web import sounds
from web.house import House

PATH = "/files"

_PROOF = 40
"""Hex digits of an address's proof: 160 bits."""


class Attachments:
    """The files of one house's messages."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.prompt = sounds.addresses(house)

    def path(self, media: str) -> Path | None:
        """Find a kept file by its id; None where it is not here."""
        row = self._house.threads.media(media)
        return self._kept(row) if row is not None else None

    def load(self, each: Mapping[str, Any]) -> File | None:
        """Read a file of a message that leaves: by its id, or the sound of a prompt."""
        if sound := str(each.get("audio") or ""):
            return self._sound(sound)
        row = self._house.threads.media(str(each.get("id") or ""))
        path = self._kept(row) if row is not None else None
        return File(row.name, row.type, path.read_bytes()) if row and path else None

    def link(self, each: Mapping[str, Any]) -> str:
        """Give the address under which others can fetch a file of a message; "" for none."""
        if url := str(each.get("url") or ""):
            return url
        if sound := str(each.get("audio") or ""):
            return self.prompt(sound) or ""
        media = str(each.get("id") or "")
        base = self._house.settings.base_url
        return f"{base}{PATH}/{media}/{self._proof(media)}" if media else ""

    def find(self, media: str, proof: str) -> tuple[Media, Path] | None:
        """Find the file of an address that we gave out ourselves."""
        if not hmac.compare_digest(proof.encode(), self._proof(media).encode()):
            return None
        row = self._house.threads.media(media)
        path = self._kept(row) if row is not None else None
        return (row, path) if row and path else None

    def _kept(self, row: Media) -> Path | None:
        try:
            return self._house.media.open(row.file)
        except MediaError:
            return None

    def _sound(self, name: str) -> File | None:
        prompt = self._house.prompts.get(name)
        if prompt is None:
            return None
        data = self._house.prompts.open(prompt.file_id).read_bytes()
        return File(f"{name}.wav", "audio/wav", data)

    def _proof(self, media: str) -> str:
        return self._house.mark(f"file:{media}")[:_PROOF]


def blueprint(house: House) -> Blueprint:
    """Build the route of the files that leave."""
    routes, attachments = Blueprint("attachments", __name__, url_prefix=PATH), Attachments(house)

    @routes.get("/<media>/<proof>")
    def attachment(media: str, proof: str) -> Response:
        found = attachments.find(media, proof)
        if found is None:
            abort(404)
        row, path = found
        answer = send_file(
            path.resolve(), mimetype=row.type, as_attachment=True, download_name=row.name
        )
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    return routes


def names_of_agents(look: Callable[[], Any]) -> Callable[[str], str]:
    """Give the function that finds the name of an agent; `look` opens the desk for reading."""

    def name(agent: str) -> str:
        with look() as (floor, _):
            known = floor.agents.get(agent)
            return str(known.name) if known is not None else ""

    return name
