"""The stand-in carrier as a test holds it: place calls, script far ends, wait, look, break."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from tests.standin.conference import Room
from tests.standin.courier import Delivery, Problem
from tests.standin.exchange import Exchange, Number, new_sid
from tests.standin.faults import RestFault, WebFault
from tests.standin.leg import Leg
from tests.standin.plan import Plan
from tests.standin.recordings import Recording
from tests.standin.rest.server import Api, api
from tests.standin.rest.wire import Asked
from tests.standin.scripts import Behaviour
from tests.standin.table import VERBS
from tests.standin.texts import Piece, Text, arrive
from tests.support.carrier import CALLER
from tests.support.transport import Reply, Transport

T = TypeVar("T")


class Standin:
    """A whole carrier; `api_url` is what the product gets as TWILIO_API_URL."""

    def __init__(self, exchange: Exchange, served: Api, port: int) -> None:
        self._exchange, self._served = exchange, served
        self.api_url = f"http://127.0.0.1:{port}"
        self.faults = exchange.faults

    def connect(self, transport: Transport, base: str) -> None:
        """Say how the product is reached, and its public address."""
        self._exchange.connect(transport, base)

    def number(self, number: str, voice: str, fallback: str = "", status: str = "") -> None:
        """Set up a number; without this its webhooks are the product's `/ivr/…`."""
        self._exchange.numbers[number] = Number(voice, fallback, status)

    def own(self, number: str, voice: str = "", **stands: str) -> Number:
        """Give the account a number, set up as it says and else not at all."""
        self._exchange.numbers[number] = made = replace(Number(voice), **stands)  # type: ignore[arg-type]  # its own fields
        return made

    # -- calls --------------------------------------------------------------------------------

    def call(self, to: str, sender: str = CALLER, **extra: str) -> Leg:
        """Somebody calls a number; the webhook is on its way. `extra`: fields of every webhook."""
        exchange = self._exchange
        number = exchange.number(to)
        plan = Plan(url=number.voice, fallback=number.fallback, status=number.status)
        with exchange.turn():
            leg = Leg(exchange, new_sid("CA"), to, sender, "inbound", plan, extra=extra)
            leg.arrive()
        return leg

    def script(self, number: str, *behaviours: Behaviour) -> None:
        """How the legs to a number will behave, one after the other; the last one stays."""
        with self._exchange.turn():
            self._exchange.scripts[number] = list(behaviours)

    def leg(self, sid: str) -> Leg:
        """The leg of an id."""
        return self._exchange.legs[sid]

    @property
    def legs(self) -> list[Leg]:
        """Every leg so far, the oldest first."""
        with self._exchange.condition:
            return list(self._exchange.legs.values())

    def legs_to(self, number: str) -> list[Leg]:
        """The legs to a number, the oldest first."""
        return [leg for leg in self.legs if leg.to == number]

    def leg_to(self, number: str, seconds: float = 10.0) -> Leg:
        """The newest leg to a number that is not over; waits for one."""
        return self.until(lambda: [leg for leg in self.legs_to(number) if not leg.over], seconds)[
            -1
        ]

    @property
    def recordings(self) -> list[Recording]:
        """The recordings that were not deleted, the oldest first."""
        with self._exchange.condition:
            return list(self._exchange.recordings.values())

    def room(self, name: str) -> Room:
        """The newest conference of a name; waits for one."""
        rooms = self._exchange.rooms
        return self.until(lambda: [room for room in rooms if room.name == name])[-1]

    # -- messages -----------------------------------------------------------------------------

    def text(
        self,
        to: str,
        body: str,
        sender: str = CALLER,
        files: Sequence[tuple[str, bytes]] = (),
        extra: Mapping[str, str] | None = None,
    ) -> Text:
        """Somebody writes to a number; the webhook is on its way. `extra`: more of its fields."""
        exchange = self._exchange
        pieces = [Piece(new_sid("ME"), kind, data) for kind, data in files]
        with exchange.turn():
            sid = new_sid("MM" if pieces else "SM")
            text = Text(exchange, sid, to, sender, body, "inbound", "received", {}, pieces)
            text.sent = text.created
            arrive(text, extra or {})
        return text

    @property
    def texts(self) -> list[Text]:
        """Every message so far, the oldest first."""
        with self._exchange.condition:
            return list(self._exchange.texts.values())

    # -- what was sent ------------------------------------------------------------------------

    @property
    def requests(self) -> Sequence[Asked]:
        """Every REST request: method, path, form."""
        return self._served.requests

    @property
    def sent(self) -> Sequence[Delivery]:
        """Every request to the product, with what it was answered."""
        return self._exchange.courier.sent

    def told(self, what: str, sid: str = "") -> list[Delivery]:
        """What was sent of one kind: document, action, status, conference, recording, amd."""
        return [one for one in self.sent if one.what == what and sid in {"", one.leg}]

    @property
    def problems(self) -> Sequence[Problem]:
        """What the carrier would show as errors: failed fetches, bad documents."""
        return self._exchange.courier.problems

    def resend(self, delivery: Delivery) -> Reply:
        """Post a request once more as it was; the answer is not obeyed."""
        again = Delivery(delivery.what, delivery.leg, delivery.url, delivery.form, delivery.token)
        return self._exchange.courier.post(again)

    # -- waiting ------------------------------------------------------------------------------

    def until(
        self, predicate: Callable[[], T], seconds: float = 10.0, *, passing: float = 0.0
    ) -> T:
        """Wait for a fact, of the carrier's or of the product's; its value.

        `passing`: so much of the carrier's time passes between two looks.
        """
        pause = (lambda: self.pass_time(passing)) if passing else (lambda: None)
        return self._exchange.until(predicate, seconds, pause)

    def settle(self, seconds: float = 10.0) -> None:
        """Wait until every request so far, and all that came of it, was delivered."""
        self._exchange.settle(seconds)

    def pass_time(self, seconds: float) -> None:
        """Let the carrier's time pass; returns when the product has answered all that follows."""
        self._exchange.pass_time(seconds)

    def hurry(self, seconds: float | None) -> None:
        """Real seconds for one second of a pause in a leg's own document; None: `pass_time`."""
        self._exchange.hurry = seconds

    # -- what goes wrong ----------------------------------------------------------------------

    def fail_next(
        self,
        method: str,
        path: str,
        *,
        status: int = 500,
        code: int = 20500,
        times: int = 1,
        wait: int = 0,
    ) -> None:
        """Refuse REST requests without doing anything; `wait`: with a Retry-After."""
        self.faults.rest.append(RestFault(method, path, times, status, code, wait=wait))

    def refuse(self, code: int, times: int = 1) -> None:
        """Refuse to make calls, for good: 21211, 21216, 13225 …"""
        self.fail_next("POST", r"/Calls\.json$", status=400, code=code, times=times)

    def act_then_time_out(
        self,
        method: str = "POST",
        path: str = r"/Calls\.json$",
        *,
        seconds: float = 0.0,
        times: int = 1,
    ) -> None:
        """Do what REST asks but never answer; the connection is closed after `seconds`."""
        self.faults.rest.append(RestFault(method, path, times, acts=True, seconds=seconds))

    def answer_when(
        self, predicate: Callable[[], object], method: str = "POST", path: str = r"/Calls\.json$"
    ) -> None:
        """Do the next that REST asks, but answer only when something is true.

        So a webhook can overtake the answer to the request that made its call.
        """
        self.faults.rest.append(RestFault(method, path, 1, answered_when=predicate))

    def unreachable(self, address: str = "", times: int = 1) -> None:
        """The product cannot be reached at addresses that fit."""
        self.faults.web.append(WebFault(address, times, delivered=False))

    def lose_answers(self, address: str = "", times: int = 1) -> None:
        """The product gets the request, but its answer does not arrive."""
        self.faults.web.append(WebFault(address, times, delivered=True))

    @contextmanager
    def shuffled(self, seed: int) -> Iterator[None]:
        """Hold callbacks back in the block, then post them in an order that the seed decides."""
        self._exchange.callbacks.hold()
        try:
            yield
        finally:
            self._exchange.callbacks.release(seed)


@contextmanager
def stand_in() -> Iterator[Standin]:
    """A carrier on a free port; its threads and sockets are gone when the block ends."""
    exchange = Exchange(VERBS)
    try:
        with api(exchange) as (served, port):
            yield Standin(exchange, served, port)
    finally:
        exchange.pump.close()
    assert not exchange.pump.errors, exchange.pump.errors
