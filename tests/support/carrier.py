"""A carrier as the product meets one: signs webhooks, obeys TwiML, repeats, falls back, reports.

Built from the provider's contract and the carrier's own library, not from the product's code.
"""

import itertools
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from tests.support.transport import Reply, Transport
from tests.support.twiml import Verb, read_twiml

ACCOUNT = "AC00000000000000000000000000000001"
TOKEN = "0123456789abcdef0123456789abcdef"
CALLER = "+15550123456"
FOLLOWED = 40

Form = dict[str, str]


def _no_time(seconds: float) -> None:
    del seconds


@dataclass(frozen=True)
class Sent:
    """One request as it left, for sending it again."""

    url: str
    form: Mapping[str, str]
    token: str = ""


@dataclass
class Carrier:
    """Signs requests with the account's token and sends them to one server."""

    transport: Transport
    base: str
    token: str = TOKEN

    def post(self, url: str, form: Mapping[str, str], idempotency: str = "") -> Reply:
        """Send one signed form; the fragment of the address is the carrier's own business."""
        bare = url.partition("#")[0]
        headers = self.headers(bare, form, idempotency)
        return self.transport.post(bare, urlencode(form).encode(), headers)

    def headers(self, url: str, form: Mapping[str, str], idempotency: str = "") -> Form:
        """The headers of a request, its signature among them."""
        return {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "X-Twilio-Signature": RequestValidator(self.token).compute_signature(url, dict(form)),
            "I-Twilio-Idempotency-Token": idempotency or str(uuid.uuid4()),
            "User-Agent": "TwilioProxy/1.1",
        }

    def resend(self, request: "Sent") -> Reply:
        """Send a request as it was, without obeying what comes back."""
        return self.post(request.url, request.form, request.token)

    def call(self, to: str, sender: str = CALLER, sid: str = "") -> "Call":
        """A call that is about to arrive."""
        return Call(self, to, sender, sid or f"CA{uuid.uuid4().hex}")

    def report(self, form: Mapping[str, str]) -> Reply:
        """Post a status callback."""
        return self.post(f"{self.base}/ivr/status", form)


@dataclass
class Call:
    """One call leg on the carrier's side: the document it obeys, and what it has sent."""

    carrier: Carrier
    to: str
    sender: str
    sid: str
    status: str = "ringing"
    verbs: list[Verb] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    recordings: list[str] = field(default_factory=list)
    reports: "itertools.count[int]" = field(default_factory=itertools.count)
    follow: bool = True
    pause: Callable[[float], object] = _no_time

    def common(self) -> Form:
        """The fields that every voice webhook has."""
        return {
            "AccountSid": ACCOUNT,
            "ApiVersion": "2010-04-01",
            "CallSid": self.sid,
            "CallStatus": self.status,
            "Called": self.to,
            "Caller": self.sender,
            "CallerCity": "",
            "Direction": "inbound",
            "From": self.sender,
            "FromCountry": "US",
            "To": self.to,
        }

    # -- what arrives -------------------------------------------------------------------------

    def arrive(self) -> "Call":
        """The number's voice webhook."""
        return self.fetch(f"{self.carrier.base}/ivr/voice", {})

    def fetch(self, url: str, extra: Mapping[str, str]) -> "Call":
        """Request a document and obey it until it waits for somebody."""
        self.send(Sent(url, {**self.common(), **extra}, str(uuid.uuid4())))
        return self

    def send(self, request: Sent) -> Reply:
        """Send a request and obey what it is answered."""
        reply = self.carrier.resend(request)
        self.sent.append(request)
        self.replies.append(reply)
        self.obey(reply)
        return reply

    def again(self) -> Reply:
        """The last request once more, as after a lost answer; the answer is obeyed as well."""
        return self.send(self.sent[-1])

    def fall_back(self, code: str = "11205", url: str = "") -> Reply:
        """The fallback address, for the last request that failed, or for `url`."""
        return self.send(self.fallback(self.sent[-1], code, url))

    def fallback(self, failed: Sent, code: str = "11205", url: str = "") -> Sent:
        """The fallback request that stands for a failed one."""
        error = {"ErrorCode": code, "ErrorUrl": url or failed.url.partition("#")[0]}
        return Sent(f"{self.carrier.base}/ivr/fallback", {**failed.form, **error}, failed.token)

    def obey(self, reply: Reply) -> None:
        """Take an answer as the carrier does: valid TwiML or the call is lost."""
        assert reply.status == 200, (reply.status, reply.body[:200])
        assert reply.headers.get("cache-control") == "no-store"
        self.verbs = list(read_twiml(reply.body, reply.headers.get("content-type", "")))
        if self.status == "ringing":
            self.status = "in-progress"
        self._run()

    def _run(self) -> None:
        while self.verbs:
            verb = self.verbs[0]
            if verb.name in {"Gather", "Record", "Dial"}:
                if verb.name == "Gather":
                    self.said += verb.words()
                return
            if verb.name == "Redirect" and not self.follow:
                return
            self.verbs.pop(0)
            if verb.name == "Redirect":
                assert len(self.sent) < FOLLOWED * 10, "a loop of redirects"
                self.fetch(verb.text, {})
                return
            if verb.name in {"Hangup", "Reject"}:
                break
            self.said += verb.words()
            if verb.name == "Pause":
                self.pause(float(verb.get("length", "1")))
        self.verbs = []
        self.status = "completed"

    # -- what the caller does -----------------------------------------------------------------

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return self.status == "completed"

    @property
    def waits(self) -> str:
        """The verb the call waits in, empty when it is over."""
        return self.verbs[0].name if self.verbs else ""

    @property
    def heard(self) -> str:
        """Everything that was said since the last look, as one text."""
        text = " | ".join(self.said)
        self.said = []
        return text

    def last(self, number: int) -> list[tuple[Sent, Reply]]:
        """The last requests and what they were answered, for a message."""
        return list(zip(self.sent, self.replies, strict=False))[-number:]

    def gather(self) -> Verb:
        """The question that is being asked."""
        assert self.waits == "Gather", [(s.url, r.body) for s, r in self.last(3)]
        return self.verbs[0]

    def press(self, keys: str) -> "Call":
        """Press keys; the carrier ends the input by number, finish key or time."""
        return self.fetch(*self.pressed(keys))

    def pressed(self, keys: str) -> tuple[str, Form]:
        """The request that pressing keys would cause."""
        gather = self.gather()
        assert "dtmf" in gather.get("input", "dtmf")
        most = int(gather.get("numDigits", "1000"))
        finish = gather.get("finishOnKey", "#")
        digits = ""
        for key in keys:
            if finish and key in finish:
                return gather["action"], {"Digits": digits, "FinishedOnKey": key}
            digits += key
            if len(digits) >= most:
                break
        return gather["action"], {"Digits": digits, "FinishedOnKey": ""}

    def say(self, words: str, confidence: str = "0.91") -> "Call":
        """Say words."""
        gather = self.gather()
        assert "speech" in gather.get("input"), gather
        return self.fetch(gather["action"], {"SpeechResult": words, "Confidence": confidence})

    def silence(self) -> "Call":
        """Say and press nothing until the time-out."""
        gather = self.gather()
        if gather.get("actionOnEmptyResult") == "true":
            return self.fetch(gather["action"], {"Digits": ""})
        self.verbs.pop(0)
        self._run()
        return self

    def speak(self, seconds: int = 7) -> "Call":
        """Leave a message and press the finish key; nothing said falls through."""
        if not seconds:
            self.verbs.pop(0)
            self._run()
            return self
        return self.fetch(*self.recorded(seconds))

    def recorded(self, seconds: int, digits: str = "#") -> tuple[str, Form]:
        """The request of a recording that ended."""
        record = self.verbs[0]
        assert record.name == "Record", record
        self.recordings.append(f"RE{uuid.uuid4().hex}")
        sid = self.recordings[-1]
        url = f"https://api.example.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{sid}"
        return record["action"], {
            "RecordingSid": sid,
            "RecordingUrl": url,
            "RecordingDuration": str(seconds),
            "Digits": digits,
        }

    def dialled(self, status: str = "completed", seconds: int = 30) -> "Call":
        """The forwarded leg ended; the caller is still there."""
        dial = self.verbs[0]
        assert dial.name == "Dial", dial
        form = {"DialCallStatus": status, "DialCallSid": f"CA{uuid.uuid4().hex}"}
        if status == "completed":
            form |= {"DialCallDuration": str(seconds), "DialBridged": "true"}
        return self.fetch(dial["action"], form)

    def hang_up(self, *, told: bool = True) -> "Call":
        """The caller hangs up; `told`: the status callback arrives."""
        self.status = "completed"
        self.verbs = []
        if told:
            self.report("completed")
        return self

    # -- what the carrier reports -------------------------------------------------------------

    def report_form(self, status: str, **more: str) -> Form:
        """The form of a status callback."""
        form = {
            **self.common(),
            "CallStatus": status,
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(next(self.reports)),
        }
        if status in {"completed", "busy", "failed", "no-answer", "canceled"}:
            form |= {"CallDuration": "12", "Duration": "1", "SipResponseCode": "200"}
        return form | more

    def report(self, status: str, **more: str) -> Reply:
        """Post a status callback."""
        reply = self.carrier.report(self.report_form(status, **more))
        assert reply.status in {200, 204}, reply
        return reply

    def report_recording(self, sid: str, status: str = "completed", seconds: int = 7) -> Reply:
        """Post a recording callback."""
        form = {
            "AccountSid": ACCOUNT,
            "CallSid": self.sid,
            "RecordingSid": sid,
            "RecordingUrl": f"https://api.example.com/Recordings/{sid}",
            "RecordingStatus": status,
            "RecordingDuration": str(seconds),
            "RecordingChannels": "1",
            "RecordingSource": "RecordVerb",
        }
        reply = self.carrier.post(f"{self.carrier.base}/ivr/recording", form)
        assert reply.status in {200, 204}, reply
        return reply
