"""How a far end will behave, written down before it is called: a list of steps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.standin.gather import Gathering
from tests.standin.record import Taking

if TYPE_CHECKING:
    from tests.standin.leg import Leg


@dataclass(frozen=True)
class Step:
    """Something that is done as soon as it can be."""

    ready: Callable[["Leg"], bool]
    act: Callable[["Leg"], None]


Behaviour = list[Step]


def _ringing(leg: "Leg") -> bool:
    return leg.status == "ringing" and leg.direction != "inbound"


def _asked(leg: "Leg") -> bool:
    return isinstance(leg.innermost(), Gathering)


def _listening(leg: "Leg") -> bool:
    return leg.status == "in-progress" and bool(leg.verb)


def answer(by: str = "human") -> Behaviour:
    """Answers when it rings."""
    return [Step(_ringing, lambda leg: leg.answer(by))]


def press(keys: str) -> Behaviour:
    """Presses keys at the next question."""
    return [Step(_asked, lambda leg: leg.press(keys))]


def say(words: str) -> Behaviour:
    """Answers the next question in words."""
    return [Step(_asked, lambda leg: leg.say(words))]


def speak(seconds: int = 7) -> Behaviour:
    """Leaves a message at the next recording."""
    return [Step(lambda leg: isinstance(leg.innermost(), Taking), lambda leg: leg.speak(seconds))]


def hang_up() -> Behaviour:
    """Hangs up as soon as a verb that lasts is heard."""
    return [Step(_listening, lambda leg: leg.hang_up())]


def hang_up_in(verb: str) -> Behaviour:
    """Hangs up in a verb, such as Conference."""
    return [Step(lambda leg: leg.verb == verb, lambda leg: leg.hang_up())]


def busy() -> Behaviour:
    """Is engaged."""
    return [Step(_ringing, lambda leg: leg.busy())]


def no_answer() -> Behaviour:
    """Does not answer; the time-out comes at once."""
    return [Step(_ringing, lambda leg: leg.no_answer())]


def fail(sip: int = 503) -> Behaviour:
    """Cannot be reached."""
    return [Step(_ringing, lambda leg: leg.fail(sip))]


def answer_then_press(keys: str) -> Behaviour:
    """Answers and accepts by key."""
    return answer() + press(keys)


def answer_then_hang_up() -> Behaviour:
    """Answers and thinks better of it."""
    return answer() + hang_up()
