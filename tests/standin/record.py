"""A message: a Record that waits for somebody to speak."""

from tests.standin.activity import Activity, Fact, Why
from tests.standin.player import Player
from tests.standin.recordings import begin
from tests.support.carrier import Form
from tests.support.twiml import Verb

TIMEOUT = 5.0


class Taking(Activity):
    """Waits for `timeout` seconds of silence; nothing said falls through to the next verb."""

    name = "Record"

    def __init__(self, player: Player, verb: Verb) -> None:
        clock = player.leg.exchange.clock
        super().__init__(player, clock.elapsed + float(verb.get("timeout") or TIMEOUT))
        self.verb = verb
        self._began = clock.elapsed

    def speak(self, seconds: int, digits: str) -> None:
        """A message of so many seconds."""
        form = self._recorded(seconds, digits)
        self.player.moved()
        self.player.fetch(self.verb.get("action"), form, self.verb.get("method", "POST"))

    def leave(self, why: Why) -> list[Fact]:
        """The caller hung up while it recorded: the action is requested all the same."""
        leg = self.player.leg
        if why == "redirect":
            return []
        seconds = max(1, int(leg.exchange.clock.elapsed - self._began))
        form = {**leg.common(), **self._recorded(seconds, "hangup")}
        return [Fact(self.player.address(self.verb.get("action")), form)]

    def _recorded(self, seconds: int, digits: str) -> Form:
        recording = begin(self.player, "RecordVerb", self.verb.attributes)
        recording.stop(seconds)
        return {
            "RecordingSid": recording.sid,
            "RecordingUrl": recording.url,
            "RecordingDuration": str(seconds),
            "Digits": digits,
        }
