"""Who works where the chat's tests happen, and what their flows are."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import Telephony
from desk.agents_file import AgentsFile
from runner.staff import Staff
from web.house import House, now

HERE = Path(__file__).parent

TEAM = {
    "ring_groups": [{"id": "support", "title": "Support"}],
    "agents": [
        {
            "id": "ann",
            "name": "Ann",
            "address": "+15550100031",
            "ring_groups": ["support"],
            "presence": "available",
        },
        {
            "id": "ben",
            "name": "Ben",
            "address": "+15550100032",
            "ring_groups": ["support"],
            "presence": "available",
        },
    ],
}


def publish(house: House, *chats: str) -> None:
    """Publish the flows of this folder, each bound to the chat of its name."""
    for name in chats:
        text = (HERE / f"{name}.yaml").read_text()
        house.library.publish(name, "incoming_message", text, now())
        house.library.bind(f"chat:{name}", name, now())


def hire(telephony: Telephony) -> None:
    """Let the team be known to the desk."""
    Staff(telephony.desk).load(AgentsFile.model_validate(TEAM))


@contextmanager
def another_process(house: House) -> Iterator[Telephony]:
    """What another process than those that serve has: it wakes nobody's stream."""
    telephony = Telephony(house, threads=2)
    yield telephony
    telephony.orders.close()
    telephony.messaging.sending.close()
    telephony.effects._pool.shutdown()
