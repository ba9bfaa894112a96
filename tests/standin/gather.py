"""A question: a Gather that waits for keys or words."""

from tests.standin.activity import Activity
from tests.standin.player import Player
from tests.support.carrier import Form
from tests.support.twiml import Verb

TIMEOUT = 5.0


class Gathering(Activity):
    """Waits from the end of its prompts for `timeout` seconds."""

    name = "Gather"

    def __init__(self, player: Player, verb: Verb, prompts: float) -> None:
        timeout = verb.get("timeout", "")
        seconds = float(timeout) if timeout.isdecimal() else TIMEOUT
        super().__init__(player, player.leg.exchange.clock.elapsed + prompts + seconds)
        self.question = verb

    def press(self, keys: str) -> None:
        """The keys up to the finish key or the most that are wanted."""
        verb = self.question
        assert "dtmf" in verb.get("input", "dtmf"), f"no keys are wanted: {verb}"
        most, finish = int(verb.get("numDigits", "1000")), verb.get("finishOnKey", "#")
        digits = ""
        for key in keys:
            if finish and key in finish:
                self._answer({"Digits": digits, "FinishedOnKey": key})
                return
            digits += key
            if len(digits) >= most:
                break
        self._answer({"Digits": digits, "FinishedOnKey": ""})

    def say(self, words: str, confidence: str) -> None:
        """Words were understood."""
        assert "speech" in self.question.get("input"), f"no speech is wanted: {self.question}"
        self._answer({"SpeechResult": words, "Confidence": confidence})

    def expire(self) -> None:
        """Nothing came: the next verb, or the action with no digits if that was asked for."""
        if self.question.get("actionOnEmptyResult") == "true":
            self._answer({"Digits": "", "FinishedOnKey": ""})
        else:
            self.player.finish()

    def _answer(self, form: Form) -> None:
        self.player.moved()
        self.player.fetch(self.question.get("action"), form, self.question.get("method", "POST"))
