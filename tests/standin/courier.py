"""Takes requests to the product: signs, retries, falls back, and remembers every one."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from tests.standin.documents import NOT_REACHED, Kind, Refused, read
from tests.standin.faults import Faults
from tests.support.carrier import Carrier, Form
from tests.support.transport import Reply
from tests.support.twiml import Verb

CALLBACK_FAILED, METHOD_UNKNOWN = 15003, 11000


@dataclass
class Delivery:
    """One request that was sent, and what came back; `what` is document, action, status …"""

    what: str
    leg: str
    url: str
    form: Mapping[str, str]
    token: str
    reply: Reply | None = None
    error: str = ""

    @property
    def event(self) -> str:
        """What a callback tells: a call's status, a conference's event, a recording's status."""
        for name in ("StatusCallbackEvent", "RecordingStatus", "CallStatus"):
            if name in self.form:
                return self.form[name]
        return ""


@dataclass
class Problem:
    """Something the carrier would log as an error."""

    code: int
    url: str
    why: str


@dataclass
class Request:
    """A document that is wanted: where, with what, and where to turn when that fails."""

    leg: str
    url: str
    form: Form
    kind: Kind = Kind.MAIN
    method: str = "POST"
    fallback: str = ""


@dataclass
class Courier:
    """Sends over whatever transport the carrier was given."""

    faults: Faults
    carrier: Callable[[], Carrier]
    sent: list[Delivery] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def document(self, request: Request) -> tuple[Verb, ...]:
        """Get a document, from its address or from the fallback; Refused when both fail."""
        try:
            return self._got(request, request.url, request.form)
        except Refused as problem:
            self.note(problem, request.url)
            if not request.fallback:
                raise
            bare = request.url.partition("#")[0]
            error = {"ErrorCode": str(problem.code), "ErrorUrl": bare}
        try:
            return self._got(request, request.fallback, {**request.form, **error})
        except Refused as problem:
            self.note(problem, request.fallback)
            raise

    def tell(self, what: str, request: Request) -> None:
        """Post a fact; its answer changes nothing, but a failure is noted."""
        try:
            reply = self._answer(what, request, request.url, request.form)
        except Refused as problem:
            self.note(problem, request.url)
            return
        if not 200 <= reply.status < 300:
            self.note(Refused(CALLBACK_FAILED, f"{what}: status {reply.status}"), request.url)

    def note(self, problem: Refused, url: str) -> None:
        """Keep an error, as the carrier's debugger does."""
        self.problems.append(Problem(problem.code, url, str(problem)))

    def post(self, delivery: Delivery) -> Reply:
        """Send one request once; OSError when no whole answer came."""
        self.sent.append(delivery)
        fault = self.faults.of_web(delivery.url)
        try:
            if fault is not None and not fault.delivered:
                raise ConnectionRefusedError("told not to connect")
            delivery.reply = self.carrier().post(delivery.url, delivery.form, delivery.token)
            if fault is not None:
                raise TimeoutError("told to lose the answer")
        except OSError as problem:
            delivery.error = repr(problem)
            raise
        return delivery.reply

    def _got(self, request: Request, url: str, form: Form) -> tuple[Verb, ...]:
        return read(self._answer("document", request, url, form), request.kind)

    def _answer(self, what: str, request: Request, url: str, form: Form) -> Reply:
        """The answer, after the retries that the address's fragment asks for."""
        if request.method != "POST":
            raise Refused(METHOD_UNKNOWN, f"the stand-in posts; {request.method} was asked for")
        bare, _, fragment = url.partition("#")
        asked = dict(parse_qsl(fragment))
        token, reasons = str(uuid.uuid4()), asked.get("rp", "ct").split(",")
        for left in range(int(asked.get("rc", "1")), -1, -1):
            again = left and "all" in reasons
            try:
                reply = self.post(Delivery(what, request.leg, bare, form, token))
            except ConnectionRefusedError as problem:
                if again or (left and "ct" in reasons):
                    continue
                raise Refused(NOT_REACHED, repr(problem)) from problem
            except OSError as problem:
                if again or (left and "rt" in reasons):
                    continue
                raise Refused(NOT_REACHED, repr(problem)) from problem
            if reply.status < 400 or not (
                again or (left and f"{reply.status // 100}xx" in reasons)
            ):
                return reply
        raise AssertionError("the last try returns or raises")
