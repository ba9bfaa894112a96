"""The stories that are interrupted: what people do in them, and what is left at their end."""

import json
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app import Telephony
from desk.agents_file import AgentEntry, AgentsFile, RingGroupEntry
from runner.staff import Staff
from tests.chaos.kill_points import Killer, Point
from tests.standin import Standin, scripts
from tests.standin.leg import Leg
from tests.support.installation import NUMBER, Installation
from tests.support.servers import Servers

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SUPPORT = Path(__file__).parents[1] / "centre" / "flows" / "support.yaml"
ANN, BOB, ADA = "+15550101001", "+15550101002", "+15550101234"
LONG = 45.0
_NEW = {
    "walks": "SELECT id, flow, status, outcome FROM lw_executions ORDER BY flow",
    "offers": "SELECT id, agent, state FROM lw_offers ORDER BY made, agent",
    "served": "SELECT id, agent, how FROM lw_assignments ORDER BY began",
    "legs": "SELECT id, kind, recipient, state, status FROM lw_legs ORDER BY created, kind",
    "answers": "SELECT id, answer, agent, queue FROM lw_survey_answers ORDER BY id",
    "steps": "SELECT execution || seq, path, exit FROM lw_history ORDER BY execution, seq",
}


@dataclass
class Stage:
    """An installation with its processes, its carrier, and whoever kills them."""

    house: Installation
    servers: Servers
    carrier: Standin
    killer: Killer
    key: str = ""
    known: dict[str, set[str]] = field(default_factory=dict)

    def prepare(self) -> None:
        """Publish the flows, hire the agents, make a key."""
        self.house.publish(SUPPORT, NUMBER)
        for name in ("delivery-notice", "consented-call"):
            self.house.publish(EXAMPLES / f"{name}.yaml")
        people = [("ann", ANN), ("bob", BOB)]
        entries = [
            AgentEntry(id=i, name=i, address=a, ring_groups=["support"], presence="available")
            for i, a in people
        ]
        staff = Staff(Telephony(self.house.house, threads=0).desk)
        staff.load(AgentsFile(ring_groups=[RingGroupEntry(id="support")], agents=entries))
        words = ["keys", "create", "crm", "--scopes", "flows:start,calls:create,read"]
        result = self.house.app.test_cli_runner().invoke(args=words)
        assert result.exit_code == 0, result.output
        self.key = result.output.splitlines()[-1]

    def at_work(self, *agents: str) -> None:
        """Say who works, and who does not."""
        staff = Staff(Telephony(self.house.house, threads=0).desk)
        for agent in ("ann", "bob"):
            staff.choose(agent, "available" if agent in agents else "away")

    def ask(self, path: str, body: dict[str, Any]) -> None:
        """Ask the API for something, until it is answered: the same request under one name."""
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"story-{time.monotonic_ns()}",
        }
        url, data = f"{self.servers.base}/api/v1/{path}", json.dumps(body).encode()
        request = urllib.request.Request(url, data, headers)
        deadline = time.monotonic() + LONG
        while True:
            try:
                with urllib.request.urlopen(request, timeout=15) as answer:
                    assert answer.status in (201, 202)
                    return
            except OSError:
                assert time.monotonic() < deadline, "the API does not answer"
                time.sleep(0.05)

    def until(self, predicate: Callable[[], Any]) -> Any:
        """Wait as long as a killed process may take."""
        return self.carrier.until(predicate, LONG)

    def tell(self, story: "Story", point: Point | None) -> dict[str, Any]:
        """Let a story happen, interrupted at a point; what is left of it."""
        self.known = self._seen()
        for number in (ANN, BOB, ADA, NUMBER):
            self.carrier.script(number)
        before = len(self.carrier.legs)
        self.at_work(*story.agents)
        self.killer.begin(point)
        try:
            story.people(self)
            self.until(lambda: all(leg.over for leg in self.carrier.legs))
            self.until(self._is_quiet)
        finally:
            self.killer.revived()
        self.carrier.settle(LONG)
        legs = self.carrier.legs[before:]
        called = sorted((leg.to, leg.status) for leg in legs)
        said = sorted(_said(leg) for leg in legs if leg.to in (NUMBER, ADA))
        return {**self._found(), "called": called, "said": said}

    def _is_quiet(self) -> bool:
        rows = self.house.rows
        ready = rows("SELECT count(*) FROM lw_outbox WHERE state = 'ready'")
        going = rows("SELECT count(*) FROM lw_executions WHERE status <> 'ended'")
        legs = rows("SELECT count(*) FROM lw_legs WHERE state <> 'over'")
        return ready == going == legs == [(0,)]

    def _seen(self) -> dict[str, set[str]]:
        return {name: {row[0] for row in self.house.rows(query)} for name, query in _NEW.items()}

    def _found(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            name: [row[1:] for row in self.house.rows(query) if row[0] not in self.known[name]]
            for name, query in _NEW.items()
        }
        dead = self.house.rows("SELECT kind FROM lw_outbox WHERE state = 'dead'")
        agents = self.house.rows("SELECT id, presence, assignment FROM lw_agents ORDER BY id")
        waiting = self.house.rows("SELECT count(*) FROM lw_waiting WHERE waits")[0][0]
        return {**found, "dead": dead, "agents": agents, "waiting": waiting}


def _said(leg: Leg) -> list[str]:
    """What somebody was told, without what was heard while waiting: that depends on the hour."""
    waiting = ("Please hold.", "You are number")
    return [text for text in leg.said().split(" | ") if not text.startswith(waiting)]


@dataclass(frozen=True)
class Story:
    """One story: who works in it, and what everybody does."""

    agents: tuple[str, ...]
    people: Callable[[Stage], None]


def _survey(stage: Stage) -> None:
    """Queue, agent, survey."""
    carrier = stage.carrier
    carrier.script(ANN, scripts.answer_then_press("1"))
    caller = carrier.call(NUMBER)
    stage.until(lambda: caller.verb == "Conference")
    stage.until(lambda: [leg for leg in carrier.legs_to(ANN) if caller.hears(leg)])[0].hang_up()
    stage.until(lambda: caller.verb == "Gather")
    caller.press("4")


def _next_agent(stage: Stage) -> None:
    """The first agent does not answer, the next one does."""
    carrier = stage.carrier
    carrier.script(ANN, scripts.no_answer())
    carrier.script(BOB, scripts.answer_then_press("1"))
    caller = carrier.call(NUMBER)
    stage.until(lambda: caller.verb == "Conference")
    stage.until(lambda: [leg for leg in carrier.legs_to(BOB) if caller.hears(leg)])[0].hang_up()
    stage.until(lambda: caller.verb == "Gather")
    caller.press("5")


def _leaves(stage: Stage) -> None:
    """The caller leaves while an agent is rung."""
    carrier = stage.carrier
    caller = carrier.call(NUMBER)
    stage.until(lambda: caller.verb == "Enqueue")
    stage.until(lambda: [leg for leg in carrier.legs_to(ANN) if leg.status == "ringing"])
    caller.hang_up()


def _notice(stage: Stage) -> None:
    """Another system has somebody told about a delivery."""
    stage.carrier.script(ADA, scripts.answer_then_press("1"))
    before = len(stage.carrier.legs)
    inputs = {"number": ADA, "name": "Ada", "parcel": "4711", "day": "2026-12-01"}
    stage.ask("flows/delivery-notice/interactions", inputs)
    stage.until(lambda: [leg for leg in stage.carrier.legs[before:] if leg.answered is not None])


def _consent(stage: Stage) -> None:
    """An agent calls, the contact agrees to be recorded, they speak."""
    carrier = stage.carrier
    carrier.script(ANN, scripts.answer())
    carrier.script(ADA, scripts.answer_then_press("1"))
    before = len(carrier.legs)
    stage.ask("calls", {"agent": "ann", "to": ADA, "flow": "consented-call"})

    def joined() -> Any:
        legs = carrier.legs[before:]
        pairs = [(one, other) for one in legs for other in legs if one.to == ANN]
        return [one for one, other in pairs if one.hears(other) and other.hears(one)]

    stage.until(joined)[0].hang_up()


STORIES = {
    "survey": Story(("ann",), _survey),
    "next agent": Story(("ann", "bob"), _next_agent),
    "caller leaves": Story(("ann",), _leaves),
    "notice": Story((), _notice),
    "consent": Story(("ann",), _consent),
}
