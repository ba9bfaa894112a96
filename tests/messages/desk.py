"""Agents who answer messages by the API, in a town with every channel."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk.agents_file import AgentEntry, AgentsFile, RingGroupEntry
from runner.staff import Staff
from tests.messages.town import ADDRESSES, ByCarrier, Town
from tests.web.api.client import Api

DESK = Path(__file__).parent / "desk.yaml"
ANN, BOB = "ann", "bob"
_ADDRESSES = {ANN: "+15550101001", BOB: "+15550101002"}


@dataclass
class Office:
    """The town's agents; `key` is that of their program, `boss` a supervisor's."""

    town: Town
    api: Api
    key: str = field(init=False)
    boss: str = field(init=False)

    def __post_init__(self) -> None:
        """Make the keys."""
        self.key = self.api.new_key("calls:create", "read")
        self.boss = self.api.new_key("admin")

    @property
    def staff(self) -> Staff:
        """The agents, as a process of their own sees them."""
        return Staff(self.town.house.telephony.desk)

    def hire(self, *agents: str, group: str = "support", **more: Any) -> None:
        """Load agents of a group, available unless they say otherwise."""
        entries = [
            AgentEntry(
                **{
                    "id": agent,
                    "name": agent.title(),
                    "address": _ADDRESSES.get(agent, f"client:{agent}"),
                    "ring_groups": [group],
                    "presence": "available",
                    **more,
                }
            )
            for agent in agents
        ]
        self.staff.load(AgentsFile(ring_groups=[RingGroupEntry(id=group)], agents=entries))

    def writer(self, number: int = 77) -> ByCarrier:
        """A contact who writes by SMS."""
        return ByCarrier(self.town, number=f"+155501000{number:02}")

    def conversations(self, **query: str) -> list[Any]:
        """Conversations as the API lists them, the oldest first."""
        items = self.api.get("/conversations", key=self.key, query_string=query)["items"]
        return list(reversed(items))

    def until(self, state: str, agent: str = "", number: int = 0) -> Any:
        """Wait until a conversation stands so, for the desk too; it, as the API gives it."""
        lying = "SELECT 1 FROM lw_waiting WHERE waits AND conversation = :conversation"

        def standing() -> Any:
            found = self.conversations()
            one = found[number] if len(found) > number else {}
            if (one.get("state"), one.get("agent")) != (state, agent):
                return None
            lies = state != "waiting" or self.town.house.rows(lying, conversation=one["id"])
            return one if lies else None

        return self.town.carrier.until(standing)

    def do(self, conversation: Any, action: str, key: str = "", **body: Any) -> Any:
        """Ask for something that must be granted; the answer's JSON."""
        answer = self.ask(conversation, action, key, **body)
        assert answer.status_code in {200, 202, 204}, answer.text
        return answer.get_json() if answer.data else None

    def ask(self, conversation: Any, action: str, key: str = "", **body: Any) -> Any:
        """Ask for something; the answer."""
        headers = body.pop("headers", {})
        path = f"/conversations/{conversation['id']}/{action}"
        return self.api.send("POST", path, key=key or self.key, json=body, headers=headers)

    def used(self, agent: str = ANN) -> int:
        """The points that an agent has taken."""
        return int(self.api.get(f"/agents/{agent}", key=self.key)["used"])


def open_office(town: Town, **replacing: str) -> Office:
    """Publish the flow on an address of every channel."""
    town.house.publish(DESK, *ADDRESSES, replacing=replacing)
    return Office(town, Api(town.house))
