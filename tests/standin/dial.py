"""Dial: other legs are rung, the first that answers is bridged; or a conference is joined."""

from tests.standin.activity import Activity, Fact, Why
from tests.standin.exchange import new_sid
from tests.standin.leg import Leg
from tests.standin.participant import join
from tests.standin.plan import Plan
from tests.standin.player import Player
from tests.standin.recordings import Recording, begin
from tests.support.carrier import Form
from tests.support.twiml import Verb

TIMEOUT = "30"


class Bridged(Activity):
    """A dialled leg that speaks with the one that dialled it."""

    name = "Bridged"

    def __init__(self, player: Player, dialling: "Dialling") -> None:
        super().__init__(player)
        self._dialling = dialling

    def partners(self) -> list[Leg]:
        """The leg that dialled it."""
        return [self._dialling.player.leg]

    def leave(self, why: Why) -> list[Fact]:
        """Taken elsewhere by REST: the Dial has ended."""
        if why == "redirect":
            self._dialling.gone(self.player.leg)
        return []


class Dialling(Activity):
    """Rings until one answers, speaks until one hangs up, then goes on with the action."""

    name = "Dial"

    def __init__(self, player: Player, verb: Verb) -> None:
        seconds = float(verb.get("timeout", TIMEOUT))
        super().__init__(player, player.leg.exchange.clock.elapsed + seconds)
        self.verb = verb
        self._children: list[Leg] = []
        self._bridged: Leg | None = None
        self._recording: Recording | None = None
        self._done = False

    def partners(self) -> list[Leg]:
        """The leg that answered."""
        return [self._bridged] if self._bridged else []

    def ring(self) -> None:
        """Call everybody at once."""
        leg = self.player.leg
        sender = self.verb.get("callerId") or (leg.sender if leg.direction == "inbound" else leg.to)
        for noun in self.verb.inside or (Verb("Number", {}, self.verb.text),):
            self._children.append(self._child(noun, sender))
        for child in self._children:
            child.dial()

    def _child(self, noun: Verb, sender: str) -> Leg:
        parent = self.player.leg
        to = f"client:{noun.text}" if noun.name == "Client" else noun.text
        plan = Plan(
            url=self._address(noun, "url"),
            method=noun.get("method", "POST"),
            fallback=parent.plan.fallback,
            status=self._address(noun, "statusCallback"),
            events=frozenset(noun.get("statusCallbackEvent", "completed").split()),
        )
        child = Leg(
            parent.exchange, new_sid("CA"), to, sender, "outbound-dial", plan, parent=parent.sid
        )
        child.on_answer = lambda: self._answered(child)
        child.on_end = lambda: self.gone(child)
        child.document_over = lambda: self._bridge(child)
        return child

    def _address(self, noun: Verb, name: str) -> str:
        return self.player.address(noun[name]) if noun.get(name) else ""

    def _answered(self, child: Leg) -> None:
        self.due = float("inf")
        for other in self._children:
            if other is not child:
                other.on_end = None
                other.end("canceled", 487)

    def _bridge(self, child: Leg) -> None:
        parent = self.player.leg
        self._bridged = child
        if limit := self.verb.get("timeLimit"):
            self.due = parent.exchange.clock.elapsed + float(limit)
        child.main.start(Bridged(child.main, self))
        parent.pick_up()
        if self.verb.get("record", "do-not-record") not in {"do-not-record", "false"}:
            self._recording = begin(self.player, "DialVerb", self.verb.attributes)

    def gone(self, child: Leg) -> None:
        """A dialled leg has ended, or was taken elsewhere."""
        if self._bridged is child or child.answered is not None:
            self._conclude("completed", child)
        elif all(other.over for other in self._children):
            self._conclude(child.status, child)

    def expire(self) -> None:
        """Nobody answered in time, or they have spoken for as long as they may."""
        self._dismiss("no-answer")
        status = "completed" if self._bridged else "no-answer"
        self._conclude(status, self._bridged or self._children[-1])

    def leave(self, why: Why) -> list[Fact]:
        """The leg that dialled is taken elsewhere or hangs up: so are those it dialled."""
        self._done = True
        child = self._bridged or self._children[-1]
        self._dismiss("canceled")
        form = self._result("completed" if self._bridged else "canceled", child)
        action = self.verb.get("action")
        if why == "redirect" or not action:
            return []
        return [Fact(self.player.address(action), {**self.player.leg.common(), **form})]

    def _dismiss(self, unanswered: str) -> None:
        for child in self._children:
            child.on_end = None
            answered = child.answered is not None
            child.end("completed" if answered else unanswered, 200 if answered else 487)

    def _conclude(self, status: str, child: Leg) -> None:
        if self._done:
            return
        self._done = True
        form = self._result(status, child)
        self.player.moved()
        if action := self.verb.get("action"):
            self.player.fetch(action, form, self.verb.get("method", "POST"))
        else:
            self.player.finish()

    def _result(self, status: str, child: Leg) -> Form:
        form = {"DialCallStatus": status, "DialCallSid": child.sid}
        form["DialBridged"] = "true" if self._bridged else "false"
        if child.answered is not None:
            now = child.exchange.clock.elapsed
            spoken = child.seconds if child.over else int(now - child.answered)
            form["DialCallDuration"] = str(spoken)
        if child.to.startswith("sip:"):
            form["DialSipResponseCode"] = str(child.sip)
        if self._recording:
            self._recording.stop()
            form |= {"RecordingUrl": self._recording.url, "RecordingSid": self._recording.sid}
        return form


def dial(player: Player, verb: Verb) -> None:
    """Ring others, or join a conference."""
    leg = player.leg
    if verb.get("answerOnBridge") != "true":
        leg.pick_up()
    if verb.inside and verb.inside[0].name == "Conference":
        join(player, verb, verb.inside[0])
        return
    dialling = Dialling(player, verb)
    player.start(dialling)
    dialling.ring()
