"""Messages: send one, look, list; the files of those that came."""

import re

from tests.standin.exchange import Exchange, new_sid
from tests.standin.rest import shapes
from tests.standin.rest.calls import within
from tests.standin.rest.wire import Answered, Asked, RestError, missing
from tests.standin.texts import WHATSAPP, Piece, Text

LONGEST, MOST_FILES = 1600, 10
STORE = "/store/"
_NUMBER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}")


def create(exchange: Exchange, asked: Asked) -> Answered:
    """Take a message; it leaves at once, as the switches say."""
    _refuse(exchange, asked)
    form = asked.form
    service = form.get("MessagingServiceSid", "")
    urls = asked.lists.get("MediaUrl", ())
    text = Text(
        *(exchange, new_sid("MM" if urls else "SM"), form["To"], form.get("From", "")),
        *(form.get("Body", ""), "outbound-api", "accepted" if service else "queued"),
        wanted=dict(form),
        pieces=[Piece(new_sid("ME"), "image/jpeg", b"") for _ in urls],
    )
    answer = Answered(shapes.message(text), 201)
    exchange.pump.put(f"text {text.sid}", text.leave)
    return answer


def _refuse(exchange: Exchange, asked: Asked) -> None:
    form = asked.form
    to, sender, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
    if not to:
        raise RestError(400, 21604, "A 'To' phone number is required.")
    if not sender and not form.get("MessagingServiceSid"):
        raise RestError(400, 21603, "A 'From' phone number is required.")
    if not _NUMBER.fullmatch(to.removeprefix(WHATSAPP)):
        raise RestError(400, 21211, f"Invalid 'To' Phone Number: {to}")
    if to.startswith(WHATSAPP) != sender.startswith(WHATSAPP):
        raise RestError(400, 63007, "Channel did not find From address")
    if not (body or form.get("MediaUrl") or form.get("ContentSid")):
        raise RestError(400, 21602, "Message body is required.")
    if len(body.encode("utf-16-le")) // 2 > LONGEST:
        raise RestError(400, 21617, f"The message body exceeds {LONGEST} characters.")
    if len(asked.lists.get("MediaUrl", ())) > MOST_FILES:
        raise RestError(400, 21623, "Number of media files exceeds allowed limit")
    validity = form.get("ValidityPeriod", "36000")
    if not (validity.isdigit() and 1 <= int(validity) <= 36_000):
        raise RestError(400, 21620, "Invalid ValidityPeriod")
    if (sender, to) in exchange.opted_out:
        raise RestError(400, 21610, "Attempt to send to unsubscribed recipient")


def _found(exchange: Exchange, asked: Asked, sid: str) -> Text:
    if sid not in exchange.texts:
        raise missing(asked.path)
    return exchange.texts[sid]


def fetch(exchange: Exchange, asked: Asked, sid: str) -> Answered:
    """Look at a message."""
    return Answered(shapes.message(_found(exchange, asked, sid)))


def listed(exchange: Exchange, asked: Asked) -> Answered:
    """List messages, the newest first; one that was not sent yet has no date to be found by."""
    form = asked.form
    fitting = [
        text
        for text in reversed(list(exchange.texts.values()))
        if form.get("To", text.to) == text.to
        and form.get("From", text.sender) == text.sender
        and within(
            (text.sent or text.created).replace(microsecond=0),
            *("DateSent", asked),
            exists=text.sent is not None,
        )
    ]
    return shapes.page(asked, "messages", fitting, shapes.message)


# -- files ----------------------------------------------------------------------------------------


def files(exchange: Exchange, asked: Asked, sid: str) -> Answered:
    """List the files of a message."""
    text = _found(exchange, asked, sid)
    return shapes.page(asked, "media_list", text.pieces, lambda one: shapes.media(text, one))


def _piece(exchange: Exchange, asked: Asked, sid: str, media: str) -> Piece:
    for piece in _found(exchange, asked, sid).pieces:
        if piece.sid == media:
            return piece
    raise missing(asked.path)


def download(exchange: Exchange, asked: Asked, sid: str, media: str) -> Answered:
    """Send on to the store where the bytes lie, which asks nobody for a name."""
    piece = _piece(exchange, asked, sid, media)
    return Answered(status=307, headers={"Location": f"{STORE}{sid}/{piece.sid}"})


def stored(exchange: Exchange, asked: Asked) -> Answered:
    """The bytes of a file."""
    sid, _, media = asked.path.removeprefix(STORE).partition("/")
    piece = _piece(exchange, asked, sid, media)
    return Answered(piece.data, content=piece.type)


def delete(exchange: Exchange, asked: Asked, sid: str, media: str) -> Answered:
    """Delete a file for good."""
    _found(exchange, asked, sid).pieces.remove(_piece(exchange, asked, sid, media))
    return Answered(status=204)


def remove(exchange: Exchange, asked: Asked, sid: str) -> Answered:
    """Delete a message for good; one that is on its way cannot be."""
    text = _found(exchange, asked, sid)
    if text.status in {"accepted", "queued", "sending"}:
        raise RestError(409, 20009, "Cannot delete message because delivery has not been completed")
    del exchange.texts[sid]
    return Answered(status=204)
