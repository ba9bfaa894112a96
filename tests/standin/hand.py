"""What somebody at the far end of a leg does. Each waits until it can be done."""

from typing import TYPE_CHECKING, TypeVar, cast

from tests.standin.gather import Gathering
from tests.standin.record import Taking

if TYPE_CHECKING:
    from tests.standin.leg import Leg
    from tests.support.carrier import Form

MACHINES = {"Enable": "machine_start", "DetectMessageEnd": "machine_end_beep"}
A = TypeVar("A")


class Hand:
    """The part of a leg that a test moves."""

    def ring(self) -> None:
        """A call that was kept queued begins to ring."""
        leg = cast("Leg", self)
        with leg.exchange.turn():
            leg.exchange.wait(lambda: leg.status == "queued", f"{leg!r} queued")
            leg.dial()

    def answer(self, by: str = "human") -> None:
        """Somebody answers: human, machine, fax, unknown; empty: the detection goes on."""
        leg = cast("Leg", self)
        with leg.exchange.turn():
            leg.exchange.wait(lambda: leg.status == "ringing", f"{leg!r} ringing")
            leg.pick_up()
            if by or not leg.plan.detection:
                self.detected(by)

    def detected(self, by: str) -> None:
        """Machine detection decides; the first request is withheld until then."""
        leg = cast("Leg", self)
        with leg.exchange.turn():
            first: Form = {}
            if leg.plan.detection:
                leg.answered_by = MACHINES.get(leg.plan.detection, by) if by == "machine" else by
                first = {"AnsweredBy": leg.answered_by, "MachineDetectionDuration": "2400"}
            late = first if leg.plan.detected else {}
            leg.open({} if late else first)
            if late:
                form = {**leg.common(), **late}
                leg.exchange.callbacks.send("amd", leg.sid, leg.plan.detected, form)

    def press(self, keys: str) -> None:
        """Press keys; number, finish key or time ends the input."""
        with cast("Leg", self).exchange.turn():
            self._in(Gathering).press(keys)

    def say(self, words: str, confidence: str = "0.91") -> None:
        """Say words to a question."""
        with cast("Leg", self).exchange.turn():
            self._in(Gathering).say(words, confidence)

    def silence(self) -> None:
        """Say and press nothing until the time-out of a question or of a recording."""
        leg = cast("Leg", self)
        with leg.exchange.turn():
            leg.exchange.wait(lambda: isinstance(leg.innermost(), Gathering | Taking), f"{leg!r}")
            asked = leg.innermost()
            assert asked is not None
            asked.expire()

    def speak(self, seconds: int = 7, digits: str = "#") -> None:
        """Leave a message and press the finish key."""
        with cast("Leg", self).exchange.turn():
            self._in(Taking).speak(seconds, digits)

    def hang_up(self) -> None:
        """Put the receiver down; before it was answered, the caller gives up."""
        leg = cast("Leg", self)
        with leg.exchange.turn():
            if leg.answered is None and leg.direction == "inbound":
                leg.end("no-answer", 487)
            elif leg.answered is None:
                leg.end("busy", 486)
            else:
                leg.end("completed")

    def busy(self) -> None:
        """The far end is engaged, or declines."""
        self._refuse("busy", 486)

    def no_answer(self) -> None:
        """Nobody answers in time."""
        self._refuse("no-answer", 487)

    def fail(self, sip: int = 503) -> None:
        """The call cannot be made."""
        self._refuse("failed", sip)

    def drop(self, sip: int = 408) -> None:
        """An accident in the middle: the call ends with an error of the network."""
        leg = cast("Leg", self)
        with leg.exchange.turn():
            leg.exchange.wait(lambda: leg.status == "in-progress", f"{leg!r} in progress")
            leg.end("completed", sip)

    def _refuse(self, status: str, sip: int) -> None:
        leg = cast("Leg", self)
        with leg.exchange.turn():
            leg.exchange.wait(lambda: leg.status == "ringing", f"{leg!r} ringing")
            leg.end(status, sip)

    def _in(self, wanted: type[A]) -> A:
        leg = cast("Leg", self)

        def found() -> A | None:
            activity = leg.innermost()
            return activity if isinstance(activity, wanted) else None

        seen = leg.exchange.wait(found, f"{leg!r} in {wanted.__name__}")
        assert seen is not None
        return seen
