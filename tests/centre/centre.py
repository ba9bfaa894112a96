"""A contact centre for tests: an installation, a carrier that plays the legs, agents."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from desk.agents_file import AgentEntry, AgentsFile, RingGroupEntry
from runner.staff import Staff
from tests.standin import Standin, stand_in
from tests.standin.leg import Leg
from tests.support.installation import BASE, NUMBER, Clock, Installation, installation
from tests.support.transport import InProcess

SUPPORT = Path(__file__).parent / "flows" / "support.yaml"
ANN, BOB = "+15550101001", "+15550101002"


@dataclass
class Centre:
    """One contact centre; `staff` is a second process, as the command line is."""

    house: Installation
    carrier: Standin
    clock: Clock

    @property
    def staff(self) -> Staff:
        """The agents."""
        return Staff(self.house.telephony.desk)

    def hire(self, *agents: dict[str, Any]) -> None:
        """Load agents of the group `support`, available unless they say otherwise."""
        entries = [
            AgentEntry(**{"name": a["id"], "ring_groups": ["support"], "presence": "available"} | a)
            for a in agents
        ]
        group = RingGroupEntry(id="support")
        self.staff.load(AgentsFile(ring_groups=[group], agents=entries))

    def call(self, to: str = NUMBER) -> Leg:
        """Somebody calls."""
        return self.carrier.call(to)

    def publish(self, replacing: dict[str, str]) -> None:
        """Publish the flow anew with texts replaced."""
        self.house.publish(SUPPORT, replacing=replacing)

    def joined(self, caller: Leg, number: str) -> Leg:
        """Let the agent of a number take the call; the agent's leg, once both are joined."""
        agent = self.carrier.leg_to(number)
        agent.answer()
        agent.press("1")
        self.carrier.until(lambda: caller.verb == "Conference" and agent.verb == "Conference")
        return agent

    def later(self, seconds: float) -> None:
        """Let time pass, and have the worker do what is due: sweeps and the desk's own work."""
        self.clock.ahead += timedelta(seconds=seconds)
        self.house.schedule("desk")
        self.house.schedule("sweep")

    def state(self) -> dict[str, Any]:
        """What the desk knows in the end: agents, offers, who served whom and how it ended."""
        rows = self.house.rows
        return {
            "agents": rows("SELECT id, presence, assignment FROM lw_agents ORDER BY id"),
            "waiting": rows("SELECT count(*) FROM lw_waiting WHERE waits")[0][0],
            "offers": rows("SELECT agent, state FROM lw_offers ORDER BY made, agent"),
            "served": rows("SELECT agent, how FROM lw_assignments ORDER BY began"),
        }

    def answers(self) -> list[Any]:
        """The survey's answers, with agent and queue."""
        query = "SELECT survey, answer, agent, queue FROM lw_survey_answers ORDER BY id"
        return self.house.rows(query)

    def outcomes(self) -> list[str]:
        """How the walks ended."""
        return [row[0] for row in self.house.rows("SELECT outcome FROM lw_executions")]


@contextmanager
def centre_on(url: str, folder: Path, **given: Any) -> Iterator[Centre]:
    """Open a contact centre on a prepared database, with the flow `support` on NUMBER."""
    clock = Clock()
    with (
        stand_in() as carrier,
        installation(url, folder, clock, twilio_api_url=carrier.api_url, **given) as house,
    ):
        house.publish(SUPPORT, NUMBER)
        carrier.connect(InProcess(house.app), BASE)
        yield Centre(house, carrier, clock)
        carrier.settle()
