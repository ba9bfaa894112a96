"""Begin the verbs that ask: Gather and Record; and what runs beside the call: Start."""

from tests.standin.gather import Gathering
from tests.standin.player import Player
from tests.standin.record import Taking
from tests.standin.recordings import begin
from tests.standin.spoken import heard
from tests.support.twiml import Verb


def gather(player: Player, verb: Verb) -> None:
    """Hear the prompts and wait for an answer."""
    player.leg.pick_up()
    prompts = sum(heard(player, inside) for inside in verb.inside)
    player.start(Gathering(player, verb, prompts))


def record(player: Player, verb: Verb) -> None:
    """Wait for a message."""
    player.leg.pick_up()
    player.start(Taking(player, verb))


def start(player: Player, verb: Verb) -> None:
    """Start a recording that goes on beside the document."""
    player.leg.pick_up()
    for noun in verb.inside:
        begin(player, "StartCallRecordingTwiML", noun.attributes).announce()
