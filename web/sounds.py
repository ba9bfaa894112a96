"""Serves the prompts that callers hear, under addresses nobody can guess."""

import wave
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from flask import Blueprint, Response, abort, send_file

from audio.errors import AudioMissing
from web.house import House

PATH = "/audio"

_REMEMBERED = 31_536_000
"""Seconds a carrier may keep a file: its address changes whenever its content does."""

_LONGEST_CUT = 60
"""Seconds of music one address gives at the most."""


def blueprint(house: House) -> Blueprint:
    """Build the route of the files."""
    routes = Blueprint("sounds", __name__, url_prefix=PATH)

    @routes.get("/<file_id>.wav")
    def sound(file_id: str) -> Response:
        try:
            path = house.prompts.open(file_id)
        except AudioMissing:
            abort(404)
        answer = send_file(path.resolve(), mimetype="audio/wav", max_age=_REMEMBERED)
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    @routes.get("/<file_id>/<int:seconds>.wav")
    def beginning(file_id: str, seconds: int) -> Response:
        try:
            path = house.prompts.open(file_id)
        except AudioMissing:
            abort(404)
        answer = Response(_cut(path, min(seconds, _LONGEST_CUT)), mimetype="audio/wav")
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    return routes


def _cut(path: Path, seconds: int) -> bytes:
    """Give the first seconds of one of our WAV files, as a WAV file."""
    out = BytesIO()
    with wave.open(str(path), "rb") as whole, wave.open(out, "wb") as part:
        part.setparams(whole.getparams())
        part.writeframes(whole.readframes(seconds * whole.getframerate()))
    return out.getvalue()


def music_addresses(house: House) -> Callable[[str, int], str | None]:
    """Give the function that turns a prompt's name into the address of its first seconds.

    A carrier plays a file to its end, so a caller on hold is given a short one at a time.
    """

    def address(name: str, seconds: int) -> str | None:
        prompt = house.prompts.get(name)
        base = house.settings.base_url
        return f"{base}{PATH}/{prompt.file_id}/{seconds}.wav" if prompt else None

    return address


def addresses(house: House) -> Callable[[str], str | None]:
    """Give the function that turns a prompt's name into the absolute address of its file."""

    def address(name: str) -> str | None:
        prompt = house.prompts.get(name)
        return f"{house.settings.base_url}{PATH}/{prompt.file_id}.wav" if prompt else None

    return address
