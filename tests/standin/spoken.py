"""Say, Play and Pause; Redirect, Hangup, Reject and Leave."""

import math

from tests.standin.activity import Sound
from tests.standin.documents import Kind
from tests.standin.player import Player
from tests.standin.queues import Queuing
from tests.support.twiml import Verb

SAY, PLAY = 1.0, 5.0


def heard(player: Player, verb: Verb) -> float:
    """Hear a Say, Play or Pause; the seconds it takes, endless for `loop="0"`."""
    if verb.name == "Pause":
        length = float(verb.get("length", "1"))
        player.leg.hear("pause", length)
        return length
    kind, seconds = ("say", SAY) if verb.name == "Say" else ("play", PLAY)
    player.leg.hear(kind, verb.text or verb.get("digits"))
    loops = int(verb.get("loop", "1"))
    return seconds * loops if loops else math.inf


def sound(player: Player, verb: Verb) -> None:
    """In a waiting document every sound takes its time; in a leg's own only a pause does."""
    if verb.name != "Pause":
        player.leg.pick_up()
    seconds = heard(player, verb)
    instant = player.kind is Kind.MAIN and verb.name != "Pause" and seconds != math.inf
    if instant:
        return
    exchange = player.leg.exchange
    playing = Sound(player, verb.name, exchange.clock.elapsed + seconds)
    player.start(playing)
    if player.kind is Kind.MAIN and exchange.hurry is not None and seconds != math.inf:
        _hurry(player, playing, seconds * exchange.hurry)


def _hurry(player: Player, playing: Sound, seconds: float) -> None:
    """End a pause of a leg's own document after a little real time, unless time has passed."""

    def job() -> None:
        with player.leg.exchange.turn():
            if player.activity is playing:
                player.finish()

    player.leg.exchange.pump.later(seconds, f"pause {player.leg.sid}", job)


def redirect(player: Player, verb: Verb) -> None:
    """Go on with another document."""
    player.fetch(verb.text, method=verb.get("method", "POST"))


def hang_up(player: Player, verb: Verb) -> None:
    """End the call, also from within a waiting document."""
    player.leg.pick_up()
    player.leg.end("completed")


def reject(player: Player, verb: Verb) -> None:
    """Do not answer the call at all."""
    busy = verb.get("reason") == "busy"
    player.leg.end("busy" if busy else "no-answer", 486 if busy else 603)


def leave(player: Player, verb: Verb) -> None:
    """Leave the queue; elsewhere there is nothing to leave."""
    queuing = player.leg.main.activity
    if isinstance(queuing, Queuing):
        queuing.over("leave")
