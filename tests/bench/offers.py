"""From a caller's arrival to the join: a whole server's work without HTTP and without a carrier.

Every caller is a call of its own: it arrives, waits, an agent's leg is asked of the carrier (a
stub), the agent accepts, and the caller is brought back to be joined. Then both hang up.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, cast

from app import Telephony
from desk.agents_file import AgentEntry, AgentsFile, RingGroupEntry
from flow.ledger import CallFact, Leg
from runner.agent_legs import Pressed
from runner.staff import Staff
from runner.voice import Arrival
from tests.bench.databases import databases
from tests.bench.machine import progress
from tests.support.installation import NUMBER, Installation, installation, prepare

FLOW = Path(__file__).parents[1] / "centre" / "flows" / "support.yaml"
LONGEST = 60.0
AGENTS = 50


@dataclass
class Stub:
    """A carrier that does everything at once: agents pick up, callers come back."""

    telephony: Telephony
    agents: ThreadPoolExecutor
    sids: Any = field(default_factory=count)
    joined: dict[str, threading.Event] = field(default_factory=dict)

    def create_call(self, leg: Leg) -> str:
        """Call an agent, who accepts."""
        sid = f"CAagent{next(self.sids):08d}"
        self.agents.submit(self._accept, leg, sid)
        return sid

    def bring_back(self, call: str, action: str) -> None:
        """Take a caller out of the queue."""
        self.joined[call].set()

    def end_call(self, call: str) -> None:
        """End a call that has ended."""

    def _accept(self, leg: Leg, sid: str) -> None:
        fact = CallFact(sid, "in-progress", datetime.now(UTC))
        self.telephony.agents.answer(Pressed(leg.id, leg.token, fact, "1", asked=True))


def measure(kind: str, folder: Path, seconds: float, callers: int) -> dict[str, Any]:
    """Let so many callers at a time call one after the other; offers joined per second."""
    with databases(kind, folder) as new_database:
        url = new_database()
        prepare(url)
        with installation(url, folder) as house:
            found = _measured(house, seconds, callers)
    progress(f"offers on {kind}: {found['offers_per_second']}/s")
    return found


def _measured(house: Installation, seconds: float, callers: int) -> dict[str, Any]:
    house.publish(FLOW, NUMBER)
    telephony = house.telephony
    phones = ThreadPoolExecutor(callers)
    stub = Stub(telephony, phones)
    telephony.parts = replace(telephony.parts, carrier=cast("Any", stub))
    group = RingGroupEntry(id="support")
    entries = [_agent(number) for number in range(AGENTS)]
    Staff(telephony.desk).load(AgentsFile(ring_groups=[group], agents=entries))
    with phones, ThreadPoolExecutor(callers) as crowd:
        _once(telephony, stub, 0)
        began, names = time.perf_counter(), count(1)

        def call_on() -> list[float]:
            taken = []
            while time.perf_counter() < began + seconds:
                taken.append(_once(telephony, stub, next(names)))
            return taken

        everybody = [crowd.submit(call_on) for _ in range(callers)]
        taken = sorted(one for each in everybody for one in each.result())
        lasted = time.perf_counter() - began
    return {
        "offers_per_second": round(len(taken) / lasted, 1),
        "to_join_p50_ms": round(taken[len(taken) // 2] * 1000, 1),
        "to_join_p99_ms": round(taken[99 * (len(taken) - 1) // 100] * 1000, 1),
        "callers": callers,
        "agents_at_work": AGENTS,
    }


def _agent(number: int) -> AgentEntry:
    name = f"a{number:03d}"
    return AgentEntry(
        id=name, name=name, address=f"client:{name}", ring_groups=["support"], presence="available"
    )


def _once(telephony: Telephony, stub: Stub, number: int) -> float:
    """Bring one caller to an agent, and let both hang up; the seconds until the join."""
    sid, began = f"CAcaller{number:08d}", time.perf_counter()
    stub.joined[sid] = joined = threading.Event()
    call = {"sid": sid, "from": "+15550123456", "to": NUMBER}
    arrival = Arrival(sid, "+15550123456", NUMBER, call, sid, datetime.now(UTC))
    telephony.voice.arrive(arrival)
    if not joined.wait(LONGEST):
        raise RuntimeError("a caller was not joined")
    taken = time.perf_counter() - began
    telephony.calls.take(CallFact(sid, "completed", datetime.now(UTC)))
    del stub.joined[sid]
    return taken
