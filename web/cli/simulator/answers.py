"""Turns what the caller does at a question into the event that a carrier would report."""

from dataclasses import dataclass
from math import ceil

from flow.events import DialEnded, Digits, Event, HungUp, Recorded, Silence, Speech
from flow.instructions import Collect, Dial, Record
from web.cli.simulator.actions import (
    Action,
    EndDial,
    HangUp,
    LeaveMessage,
    Press,
    Speak,
    StaySilent,
    Unsuited,
)
from web.cli.simulator.clock import Clock
from web.cli.simulator.ordered import Ordered
from web.cli.simulator.thread import Writing

Answerable = Collect | Record | Dial
Asked = Answerable | Ordered | Writing

_WORDS_PER_SECOND = 2.5
"""How fast people talk: what is said to a recording becomes its length."""

_BEFORE_FINISH_KEY = 5
"""Seconds taken for a message of which only the finishing key is known."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that is open, the clock, and the number of the next recording."""

    asked: Answerable
    clock: Clock
    recording: int = 1

    def event(self, action: Action) -> Event:
        """Make the event; the clock moves by what the action takes.

        Raises:
            Unsuited: the question takes no such answer.
        """
        if isinstance(action, HangUp):
            return self._hung_up(action.after)
        match self.asked:
            case Collect():
                return self._collected(self.asked, action)
            case Record():
                return self._recorded(self.asked, action)
            case Dial():
                return self._dialled(self.asked, action)

    def _collected(self, asked: Collect, action: Action) -> Event:
        match action:
            case Press(keys=keys) if asked.keys:
                digits, finished_on = pressed(asked, keys)
                return Digits(self.clock.now, digits, finished_on)
            case Press():
                raise Unsuited("keys are not taken here; only speech is")
            case Speak(text=text, confidence=confidence) if asked.speech:
                return Speech(self.clock.now, text, confidence)
            case Speak():
                raise Unsuited("speech is not heard here; press keys")
            case StaySilent():
                self.clock.pass_time(asked.timeout)
                return Silence(self.clock.now)
            case _:
                raise Unsuited("a question is asked: press keys, say something or stay silent")

    def _recorded(self, asked: Record, action: Action) -> Event:
        match action:
            case LeaveMessage(seconds=seconds):
                return self._message(asked, seconds)
            case Speak(text=text):
                return self._message(asked, max(1, ceil(len(text.split()) / _WORDS_PER_SECOND)))
            case Press(keys=keys) if asked.finish_key and asked.finish_key in keys:
                return self._message(asked, _BEFORE_FINISH_KEY, asked.finish_key)
            case StaySilent():
                self.clock.pass_time(asked.silence_seconds)
                return Recorded(self.clock.now, "", 0)
            case Press():
                key = asked.finish_key
                what = f"only {key} ends the recording" if key else "no key ends the recording"
                raise Unsuited(what)
            case _:
                raise Unsuited("a message is recorded here: leave one, or stay silent")

    def _message(self, asked: Record, seconds: float, key: str = "") -> Recorded:
        whole = min(round(seconds), asked.max_seconds)
        self.clock.pass_time(whole)
        sid = f"RE{self.recording:032d}" if whole > 0 else ""
        return Recorded(self.clock.now, sid, whole, key)

    def _dialled(self, asked: Dial, action: Action) -> Event:
        match action:
            case EndDial(status="completed", seconds=seconds):
                self.clock.pass_time(seconds)
                return DialEnded(self.clock.now, "completed", round(seconds))
            case EndDial(status=status):
                self.clock.pass_time(asked.ring_seconds if status == "no-answer" else 0)
                return DialEnded(self.clock.now, status)
            case StaySilent():
                self.clock.pass_time(asked.ring_seconds)
                return DialEnded(self.clock.now, "no-answer")
            case _:
                raise Unsuited("somebody is being called: say how that ends")

    def _hung_up(self, after: float) -> HungUp:
        if not after:
            return HungUp(self.clock.now)
        match self.asked:
            case Record():
                last: Recorded | DialEnded = self._message(self.asked, after)
            case Dial():
                self.clock.pass_time(after)
                last = DialEnded(self.clock.now, "completed", round(after))
            case Collect():
                raise Unsuited("nobody is spoken with here; hang up without a duration")
        return HungUp(self.clock.now, last)


def pressed(asked: Collect, keys: str) -> tuple[str, str]:
    """Split pressed keys into the digits that count and the key that finished them."""
    digits, finish, _ = keys.partition(asked.finish_key) if asked.finish_key else (keys, "", "")
    if asked.max_digits and len(digits) >= asked.max_digits:
        return digits[: asked.max_digits], ""
    return digits, finish
