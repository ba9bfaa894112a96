"""An installation that only places calls: real legs and rules, a carrier that counts."""

from dataclasses import dataclass, field, replace
from typing import Any

from desk.access import Interaction
from desk.call_limits import CallLimits
from desk.outbound import Answer
from flow.ledger import CallFact, Leg
from runner.alarms import Alarms
from runner.errors import CarrierError
from runner.legs import Legs
from runner.numbers import Numbers
from runner.orders import Later, Orders, Ring
from runner.outbound import Outbound
from runner.policy import Policy
from runner.switchboard import Switchboard
from tests.runner.walks import NOON, Asked, Clock
from tests.store.builders import begin

FREE = CallLimits()


@dataclass
class Placing:
    """A carrier that only counts; `error` is its answer, where it has one."""

    made: list[Leg] = field(default_factory=list)
    error: CarrierError | None = None

    def create_call(self, leg: Leg) -> str:
        if self.error is not None:
            raise self.error
        self.made.append(leg)
        return f"CA{len(self.made)}"


class Office:
    """An installation without walks: legs of contacts whose interactions have keys."""

    def __init__(self, store: Any, clock: Clock, **policy: Any) -> None:
        self.store, self.clock, self.carrier = store, clock, Placing()
        self.counted: list[str] = []
        self.alarms = Alarms(self.counted.append, self.counted.append)
        given: dict[str, Any] = {"per_key": FREE, "in_all": FREE, "per_second": 1_000}
        settings = Policy(**given | policy)
        numbers = Numbers(frozenset({"PT"}))
        self.outbound = Outbound(numbers, settings, lambda text: f"m{text}", clock, self.alarms)
        vault: Any = type("Clear", (), {"seal": lambda *_: b"", "open": lambda *_: {}})()
        self.orders = Orders(store, Asked(), vault, clock, "test", threads=0)
        placing: Any = self.carrier
        self.legs = Legs(store, self.orders, placing, self.outbound, clock, lambda leg, _: leg)
        self.switchboard = Switchboard(store, clock)

    def run(self, name: str, key: str = "k1") -> None:
        """Write a run that a key began."""
        begin(self.store, id=name, interaction=name, token=name)
        with self.store.work() as work:
            if key:
                work.keep_interaction(Interaction(name, "support", name, key, NOON))

    def leg(self, name: str, to: str = "+15550101234", **changes: Any) -> Leg:
        """Order a call: to a contact, unless it says otherwise."""
        execution = changes.pop("execution", "e1")
        made = Leg(f"{execution}.{name}", "t", "contact", execution, to, "", 30, self.clock())
        made = replace(made, **changes)
        with self.store.work() as work:
            work.keep_leg(made)
        return made

    def ring(self, leg: Leg) -> float:
        """Carry the order out once: the seconds it has to wait, 0 when it is done with."""
        try:
            self.legs.ring(Ring(leg.id))
        except Later as later:
            return later.seconds or 0.0
        return 0.0

    def now(self, leg: Leg) -> Leg:
        """Read a leg."""
        with self.store.work() as work:
            found: Leg | None = work.leg(leg.id)
        assert found is not None
        return found

    def hang_up(self, leg: Leg, seconds: int | None = None) -> None:
        """Hear that a leg is over."""
        sid = self.now(leg).sid
        with self.store.work() as work:
            self.legs.heard(work, leg.id, CallFact(sid, "completed", self.clock(), seconds=seconds))

    def ask(self, leg: Leg) -> Answer:
        """Ask the rule alone, in a transaction of its own."""
        with self.store.work() as work:
            return self.outbound.ask(work, leg)
