"""Messages at the carrier: what contacts send, what the product sends, and what becomes of both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.standin.courier import Request
from tests.standin.documents import BAD_SCHEMA, Refused
from tests.support.carrier import ACCOUNT

if TYPE_CHECKING:
    from tests.standin.exchange import Exchange
    from tests.support.carrier import Form

STOP = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
START = {"START", "YES", "UNSTOP"}
HELP = {"HELP", "INFO"}
SESSION = timedelta(hours=24)
WHATSAPP = "whatsapp:"
HOST = "https://api.twilio.com"


@dataclass(frozen=True)
class Piece:
    """A file of a message: its id, type and bytes."""

    sid: str
    type: str
    data: bytes


@dataclass(eq=False)
class Text:
    """A message; `wanted` are the fields it was made with."""

    exchange: "Exchange"
    sid: str
    to: str
    sender: str
    body: str
    direction: str
    status: str
    wanted: Mapping[str, str] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)
    code: int = 0
    sent: datetime | None = None
    created: datetime = field(init=False)

    def __post_init__(self) -> None:
        """Note it at the carrier."""
        self.created = self.exchange.clock.now()
        self.exchange.texts[self.sid] = self

    def move(self, status: str, code: int = 0) -> None:
        """Come into a status, and tell the product where it wanted to hear."""
        with self.exchange.turn():
            self.status, self.code = status, code
            if status == "sent":
                self.sent = self.exchange.clock.now()
            callback = self.wanted.get("StatusCallback", "")
            self.exchange.callbacks.send("text", self.sid, callback, self.report())

    def report(self) -> "Form":
        """The fields of a status callback."""
        form = {
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "From": self.sender,
            "MessageSid": self.sid,
            "MessageStatus": self.status,
            "SmsSid": self.sid,
            "SmsStatus": self.status,
            "To": self.to,
        }
        if self.status in {"delivered", "undelivered"}:
            form["RawDlrDoneDate"] = f"{self.exchange.clock.now():%y%m%d%H%M}"
        if self.code:
            form["ErrorCode"] = str(self.code)
        if self.to.startswith(WHATSAPP):
            form |= {"ChannelPrefix": "whatsapp", "ChannelInstallSid": "XE" + "0" * 32}
        return form

    def leave(self) -> None:
        """Go as the test's switches say: through every status to the last one."""
        faults = self.exchange.faults
        last, code = faults.texts
        if not self.in_session():
            last, code = "failed", 63016
        path = {"sent": ["sent"], "queued": [], "failed": ["failed"]}
        for status in path.get(last, ["sent", last]):
            self.move(status, code if status == last else 0)

    def in_session(self) -> bool:
        """Whether it may go: WhatsApp takes free text for a day after the contact wrote."""
        if not self.to.startswith(WHATSAPP) or self.wanted.get("ContentSid"):
            return True
        heard = self.exchange.heard.get((self.sender, self.to))
        return heard is not None and self.exchange.clock.now() - heard < SESSION


def arrive(text: Text, extra: Mapping[str, str]) -> None:
    """Bring a contact's message to the product, once; what fails is noted and not tried again."""
    exchange = text.exchange
    exchange.heard[text.to, text.sender] = text.created
    url = exchange.number(text.to).sms
    form = arrival(text) | dict(extra) | _opted(text)

    def job() -> None:
        try:
            verbs = exchange.courier.document(Request(text.sid, url, form))
        except Refused:
            return
        if verbs:
            exchange.courier.note(Refused(BAD_SCHEMA, "an answer in TwiML"), url)

    exchange.pump.put(f"text {text.sid}", job)


def arrival(text: Text) -> "Form":
    """The fields of a webhook for an incoming message."""
    form = {
        "AccountSid": ACCOUNT,
        "ApiVersion": "2010-04-01",
        "Body": text.body,
        "From": text.sender,
        "MessageSid": text.sid,
        "NumMedia": str(len(text.pieces)),
        "NumSegments": "1",
        "SmsMessageSid": text.sid,
        "SmsSid": text.sid,
        "SmsStatus": "received",
        "To": text.to,
    }
    if text.sender.startswith(WHATSAPP):
        form |= {"ProfileName": "Ann", "WaId": text.sender.removeprefix(f"{WHATSAPP}+")}
    else:
        form |= {"FromCity": "", "FromCountry": "US", "FromState": "", "FromZip": "", "ToCity": ""}
    for index, piece in enumerate(text.pieces):
        form[f"MediaUrl{index}"] = f"{HOST}{media_path(text.sid, piece.sid)}"
        form[f"MediaContentType{index}"] = piece.type
    return form


def _opted(text: Text) -> "Form":
    """Note an opt-out, and name it where the account has the advanced ones."""
    word, exchange = text.body.strip().upper(), text.exchange
    if text.sender.startswith(WHATSAPP):
        return {}
    pair = (text.to, text.sender)
    known = pair in exchange.opted_out
    if word in STOP:
        exchange.opted_out.add(pair)
    elif word in START and known:
        exchange.opted_out.discard(pair)
    words: Sequence[tuple[str, set[str]]] = (("STOP", STOP), ("START", START), ("HELP", HELP))
    found = next((name for name, each in words if word in each), "")
    return {"OptOutType": found} if found and exchange.faults.advanced_opt_out else {}


def media_path(message: str, media: str) -> str:
    """Where a file lies, below the host."""
    return f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{message}/Media/{media}"
