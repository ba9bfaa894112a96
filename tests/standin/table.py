"""The verbs that the carrier obeys, and what begins each."""

from collections.abc import Callable

from tests.standin.dial import dial
from tests.standin.player import Player
from tests.standin.questions import gather, record, start
from tests.standin.queues import enqueue
from tests.standin.spoken import hang_up, leave, redirect, reject, sound
from tests.support.twiml import Verb

VERBS: dict[str, Callable[[Player, Verb], None]] = {
    "Say": sound,
    "Play": sound,
    "Pause": sound,
    "Gather": gather,
    "Record": record,
    "Start": start,
    "Dial": dial,
    "Enqueue": enqueue,
    "Leave": leave,
    "Redirect": redirect,
    "Hangup": hang_up,
    "Reject": reject,
}
