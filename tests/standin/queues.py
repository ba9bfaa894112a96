"""Waiting in a queue: Enqueue, its waiting document again and again, and how it is left."""

from dataclasses import dataclass, field

from tests.standin.activity import Activity, Fact, Why
from tests.standin.documents import Kind, Refused
from tests.standin.exchange import Exchange, new_sid
from tests.standin.loop import Loop
from tests.standin.player import Player
from tests.support.carrier import Form
from tests.support.twiml import Verb

MOST = "1000"


@dataclass(eq=False)
class Queue:
    """A named queue and the legs that wait in it, the longest first."""

    name: str
    sid: str = field(default_factory=lambda: new_sid("QU"))
    members: list["Queuing"] = field(default_factory=list)


class Queuing(Activity):
    """One leg in a queue."""

    name = "Enqueue"

    def __init__(self, player: Player, verb: Verb, queue: Queue) -> None:
        super().__init__(player)
        self.queue, self.verb = queue, verb
        self._since = player.leg.exchange.clock.elapsed
        self.music = Loop(player.leg, Kind.QUEUE, self._broken, self.position)
        self.inner = self.music

    def enter(self) -> None:
        """Stand at the end; the waiting document is requested at once."""
        self.queue.members.append(self)
        if wait := self.verb.get("waitUrl"):
            address = self.player.address(wait)
            self.music.begin(address, self.verb.get("waitUrlMethod", "POST"))

    def position(self) -> Form:
        """The fields of a waiting document's requests."""
        position = self.queue.members.index(self) + 1 if self in self.queue.members else 0
        return {
            "QueueSid": self.queue.sid,
            "QueuePosition": str(position),
            "QueueTime": str(self._seconds()),
            "AvgQueueTime": "0",
            "CurrentQueueSize": str(len(self.queue.members)),
            "MaxQueueSize": MOST,
        }

    def _broken(self, problem: Refused) -> None:
        self.over("error")

    def over(self, result: str) -> None:
        """It leaves by itself: the action goes on with the call, or the next verb does."""
        form = self._result(result)
        self._out()
        if action := self.verb.get("action"):
            self.player.fetch(action, form, self.verb.get("method", "POST"))
        else:
            self.player.finish()

    def leave(self, why: Why) -> list[Fact]:
        """It was taken out, or has hung up: the action is told, and not obeyed."""
        form = self._result("redirected" if why == "redirect" else "hangup")
        self._out()
        action = self.verb.get("action")
        leg = self.player.leg
        return [Fact(self.player.address(action), {**leg.common(), **form})] if action else []

    def _out(self) -> None:
        self.queue.members.remove(self)
        self.music.close()

    def _result(self, result: str) -> Form:
        return {
            "QueueResult": result,
            "QueueSid": self.queue.sid,
            "QueueTime": str(self._seconds()),
        }

    def _seconds(self) -> int:
        return int(self.player.leg.exchange.clock.elapsed - self._since)


def queue_named(exchange: Exchange, name: str) -> Queue:
    """The queue of a name, made when it is first used."""
    return exchange.queues.setdefault(name, Queue(name))


def enqueue(player: Player, verb: Verb) -> None:
    """Wait in a queue, unless it takes nobody."""
    leg = player.leg
    leg.pick_up()
    refused = leg.exchange.faults.queue_result
    if refused and verb.get("action"):
        player.fetch(verb["action"], {"QueueResult": refused}, verb.get("method", "POST"))
    elif not refused:
        queuing = Queuing(player, verb, queue_named(leg.exchange, verb.text))
        player.start(queuing)
        queuing.enter()
