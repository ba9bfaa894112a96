"""What all parts of the carrier share: the lock, the time, the legs, the rooms, the senders."""

import math
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from tests.standin.callbacks import Callbacks
from tests.standin.clock import Clock
from tests.standin.courier import Courier
from tests.standin.faults import Faults
from tests.standin.pump import Pump
from tests.support.carrier import Carrier
from tests.support.transport import Transport

if TYPE_CHECKING:
    from datetime import datetime

    from tests.standin.conference import Room
    from tests.standin.leg import Leg
    from tests.standin.player import Player
    from tests.standin.queues import Queue
    from tests.standin.recordings import Recording
    from tests.standin.scripts import Behaviour
    from tests.standin.texts import Text
    from tests.support.twiml import Verb

T = TypeVar("T")
LOOK = 0.05


def new_sid(prefix: str) -> str:
    """An id in the carrier's form."""
    return f"{prefix}{uuid.uuid4().hex}"


@dataclass
class Number:
    """How one of the account's numbers is set up; `application` or `trunk` go before addresses."""

    voice: str
    fallback: str = ""
    status: str = ""
    sms: str = ""
    sid: str = field(default_factory=lambda: new_sid("PN"))
    methods: dict[str, str] = field(default_factory=dict)
    application: str = ""
    trunk: str = ""
    sms_application: str = ""


class Exchange:
    """The carrier's insides; everything is changed within `turn()`."""

    def __init__(self, verbs: "dict[str, Callable[[Player, Verb], None]]") -> None:
        self.verbs = verbs
        self.condition = threading.Condition(threading.RLock())
        self.clock = Clock()
        self.faults = Faults()
        self.pump = Pump(self.condition)
        self.courier = Courier(self.faults, self._reach)
        self.callbacks = Callbacks(self.pump, self.courier, self.faults)
        self.hurry: float | None = 0.02
        self.legs: dict[str, Leg] = {}
        self.rooms: list[Room] = []
        self.queues: dict[str, Queue] = {}
        self.recordings: dict[str, Recording] = {}
        self.texts: dict[str, Text] = {}
        self.opted_out: set[tuple[str, str]] = set()
        self.heard: dict[tuple[str, str], datetime] = {}
        self.numbers: dict[str, Number] = {}
        self.scripts: dict[str, list[Behaviour]] = {}
        self._carrier: Carrier | None = None
        self._depth = 0
        self._version = 0

    def connect(self, transport: Transport, base: str) -> None:
        """Say where the product is."""
        self._carrier = Carrier(transport, base)

    def _reach(self) -> Carrier:
        assert self._carrier is not None, "connect the stand-in to the product first"
        return self._carrier

    def number(self, number: str) -> Number:
        """How a number is set up; where nothing was said, to the product's own addresses."""
        base = self._reach().base
        voice = (f"{base}/ivr/voice", f"{base}/ivr/fallback", f"{base}/ivr/status")
        usual = Number(*voice, sms=f"{base}/digital/sms")
        return self.numbers.get(number, usual)

    def behaviour(self, number: str) -> "Behaviour":
        """What the next leg to a number will do; the last script stays."""
        scripts = self.scripts.get(number, [])
        return list(scripts.pop(0) if len(scripts) > 1 else scripts[0]) if scripts else []

    # -- one change at a time -----------------------------------------------------------------

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Change something: under the lock, then scripts act and everybody who waits looks."""
        with self.condition:
            self._depth += 1
            try:
                yield
                if self._depth == 1:
                    self._act()
            finally:
                self._depth -= 1
                self._version += 1
                self.condition.notify_all()

    def _act(self) -> None:
        while ready := [leg for leg in self.legs.values() if leg.script_is_ready()]:
            for leg in ready:
                leg.act()

    def wait(self, predicate: Callable[[], T], what: str, seconds: float = 10.0) -> T:
        """Wait under the lock for a fact of the carrier's own."""
        deadline = time.monotonic() + seconds
        with self.condition:
            while not (found := predicate()):
                left = deadline - time.monotonic()
                assert left > 0, f"{what} did not come within {seconds} s\n{self.story()}"
                depth, self._depth = self._depth, 0
                self.condition.wait(left)
                self._depth = depth
            return found

    def until(self, predicate: Callable[[], T], seconds: float, pause: Callable[[], object]) -> T:
        """Wait without the lock for any fact; `pause` is done between two looks."""
        deadline = time.monotonic() + seconds
        while True:
            seen = self._version
            if found := predicate():
                return found
            assert time.monotonic() < deadline, f"not within {seconds} s\n{self.story()}"
            pause()
            with self.condition:
                self._await_change(seen)

    def _await_change(self, seen: int) -> None:
        self.condition.wait_for(lambda: self._version != seen, LOOK)

    def settle(self, seconds: float = 10.0) -> None:
        """Wait until no request is on its way or waits to be sent."""
        self.wait(self.pump.idle, "quiet", seconds)

    # -- time ---------------------------------------------------------------------------------

    def pass_time(self, seconds: float) -> None:
        """Let the carrier's time pass; between two moments the product answers."""
        end = self.clock.elapsed + seconds
        while True:
            self.settle()
            with self.turn():
                due = min((leg.next_due() for leg in self.legs.values()), default=math.inf)
                if due > end:
                    self.clock.elapsed = end
                    break
                self.clock.elapsed = max(self.clock.elapsed, due)
                for leg in list(self.legs.values()):
                    leg.elapse()
        self.settle()

    def story(self) -> str:
        """Where everything stands, for the message of a test that failed."""
        legs = [f"  {leg!r}" for leg in self.legs.values()]
        sent = [
            f"  {one.what} {one.leg[-4:]} {one.event} {one.url} -> "
            f"{one.reply.status if one.reply else one.error}"
            for one in self.courier.sent[-12:]
        ]
        problems = [f"  {one}" for one in self.courier.problems]
        return "\n".join(["legs:", *legs, "last sent:", *sent, "problems:", *problems])
