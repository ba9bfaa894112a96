"""Which request goes where; and who may ask at all."""

import re
from collections.abc import Callable

from tests.standin.exchange import Exchange
from tests.standin.rest import calls, conferences, messages, numbers, recordings
from tests.standin.rest.shapes import ROOT
from tests.standin.rest.wire import Answered, Asked, RestError, missing

_ID = "([^/]+)"
_CALL = f"/Calls/{_ID}"
_ROOM = f"/Conferences/{_ID}"
_TEXT = f"/Messages/{_ID}"
_WHO = f"{_ROOM}/Participants/{_ID}.json"

ROUTES: tuple[tuple[str, str, Callable[..., Answered]], ...] = (
    ("POST", "/Calls.json", calls.create),
    ("GET", "/Calls.json", calls.listed),
    ("GET", f"{_CALL}.json", calls.fetch),
    ("POST", f"{_CALL}.json", calls.update),
    ("POST", f"{_CALL}/Recordings.json", recordings.create),
    ("GET", f"{_CALL}/Recordings.json", recordings.listed),
    ("POST", f"{_CALL}/Recordings/{_ID}.json", recordings.update),
    ("GET", f"/Recordings/{_ID}.json", recordings.fetch),
    ("DELETE", f"/Recordings/{_ID}.json", recordings.delete),
    ("GET", f"/Recordings/{_ID}.wav", recordings.download),
    ("GET", "/Conferences.json", conferences.listed),
    ("GET", f"{_ROOM}.json", conferences.fetch),
    ("POST", f"{_ROOM}.json", conferences.update),
    ("GET", f"{_ROOM}/Participants.json", conferences.participants),
    ("POST", f"{_ROOM}/Participants.json", conferences.invite),
    ("GET", _WHO, conferences.participant),
    ("POST", _WHO, conferences.change),
    ("DELETE", _WHO, conferences.kick),
    ("GET", "/IncomingPhoneNumbers.json", numbers.listed),
    ("GET", f"/IncomingPhoneNumbers/{_ID}.json", numbers.fetch),
    ("POST", f"/IncomingPhoneNumbers/{_ID}.json", numbers.update),
    ("POST", "/Messages.json", messages.create),
    ("GET", "/Messages.json", messages.listed),
    ("GET", f"{_TEXT}.json", messages.fetch),
    ("GET", f"{_TEXT}/Media.json", messages.files),
    ("GET", f"{_TEXT}/Media/{_ID}", messages.download),
    ("DELETE", f"{_TEXT}.json", messages.remove),
    ("DELETE", f"{_TEXT}/Media/{_ID}.json", messages.delete),
)


def answer(exchange: Exchange, asked: Asked) -> Answered:
    """Do what a request asks, or refuse it in the carrier's form."""
    try:
        return _routed(exchange, asked)
    except RestError as problem:
        return problem.answer


def _routed(exchange: Exchange, asked: Asked) -> Answered:
    if asked.path.startswith(messages.STORE):
        with exchange.turn():
            return messages.stored(exchange, asked)
    if not asked.admitted:
        raise RestError(401, 20003, "Authenticate")
    path = asked.path.removeprefix(ROOT)
    for method, pattern, handle in ROUTES:
        match = re.fullmatch(pattern.replace(".json", r"\.json"), path)
        if match and method == asked.method and asked.path.startswith(ROOT):
            with exchange.turn():
                return handle(exchange, asked, *match.groups())
    raise missing(asked.path)
