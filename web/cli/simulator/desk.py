"""The contact centre of a simulated call: which agents there are, and who waits or speaks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flow.effects import EnterQueue, EstimateWait, HowItEnded
from web.cli.simulator.actions import Ending
from web.cli.simulator.line import Line
from web.cli.simulator.promise import Promise
from web.cli.simulator.room import Room

Result = tuple[str, Mapping[str, Any]]
Question = EnterQueue | HowItEnded | EstimateWait


@dataclass
class Desk:
    """Stands for agents and queues; an agent answers when the person or the script says so.

    `names` are the ring groups, agents and attributes there are; None: whoever is meant exists.
    `seconds` is the likely wait, None where it is unknown, `position` the place in the line.
    `room` is where the caller waits, `promise` the callback that waits, `line` the conversation by
    messages, `agent` the last who answered.
    """

    names: frozenset[str] | None = None
    seconds: int | None = None
    position: int = 1
    room: Room | None = field(default=None, init=False)
    promise: Promise | None = field(default=None, init=False)
    line: Line | None = field(default=None, init=False)
    agent: str = field(default="", init=False)
    _joined: datetime | None = field(default=None, init=False)
    _ended: Result = field(default=("finished", {}), init=False)
    _served: int = field(default=0, init=False)

    def answer(self, question: Question) -> Result:
        """Answer an effect: its outcome word and result."""
        match question:
            case EnterQueue(who=who):
                return ("waiting" if self._is_somebody(who) else "no_match"), {}
            case HowItEnded():
                return self._ended
            case EstimateWait(ring_groups=groups):
                if self.seconds is None or not self._is_somebody({"ring_groups": groups}):
                    return "unknown", {}
                return "known", {"seconds": self.seconds, "position": self.position}

    def _is_somebody(self, who: Mapping[str, Any]) -> bool:
        if self.names is None:
            return True
        skills = [skill["name"] in self.names for skill in who.get("attributes", ())]
        if skills:
            return any(skills) if who.get("match") == "any" else all(skills)
        return any(name in self.names for name in (who.get("ring_groups") or who.get("agents", ())))

    def enter(self, order: EnterQueue, now: datetime, zone: str = "UTC") -> None:
        """Let the contact wait, or keep the place of one who is called back."""
        if order.conversation:
            self.line = Line(order, now)
        elif order.callback:
            self.promise = Promise.of(order, now, zone)
        else:
            self.room = Room(order, now)

    def stands(self, room: Room) -> tuple[int, int | None]:
        """Give the place in the line and the likely wait; who comes back is the next."""
        return (1, None) if room.order.returned else (self.position, self.seconds)

    def assign(self, order: EnterQueue, name: str, waited: float) -> Mapping[str, Any]:
        """Let an agent answer; give what the walk is told of it."""
        self._served += 1
        self.agent = name or next(iter(order.who.get("agents", ())), f"agent-{self._served}")
        return {
            "assignment": f"assignment-{self._served}",
            "agent": self.agent,
            "name": self.agent,
            "wait_seconds": int(waited),
        }

    def join(self, now: datetime) -> None:
        """Let contact and agent speak from now on."""
        self._joined = now

    def part(self, how: Ending, now: datetime) -> int:
        """End the conversation; give the seconds it took."""
        talked = int((now - self._joined).total_seconds()) if self._joined else 0
        self._ended = how, {"talk_seconds": talked}
        return talked
