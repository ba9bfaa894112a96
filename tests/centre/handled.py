"""Conversations that are held, transferred and supervised: what their stories have in common."""

from dataclasses import dataclass
from typing import Any

from tests.centre.centre import ANN, BOB, Centre
from tests.standin.leg import Leg
from tests.web.api.client import Api

SUE, OUTSIDE = "+15550101003", "+15550107777"


@dataclass
class Talk:
    """A caller with Ann; Bob is free, and Sue supervises."""

    centre: Centre
    api: Api
    caller: Leg
    ann: Leg
    call: str

    def do(self, action: str, body: dict[str, Any] | None = None, call: str = "") -> Any:
        """Ask for something by API that must be granted; how the conversation stands."""
        path = f"/calls/{call or self.call}/{action}"
        given: dict[str, Any] = {} if body is None else {"json": body}
        answer = self.api.send("POST", path, **given)
        assert answer.status_code == 202, answer.text
        return answer.get_json()

    def refused(self, status: int, action: str, body: dict[str, Any] | None = None) -> Any:
        """Ask for something that must be refused; the problem."""
        given = {"json": body} if body is not None else {}
        return self.api.refused(status, "POST", f"/calls/{self.call}/{action}", **given)

    def until(self, fact: Any) -> None:
        """Wait for a fact."""
        self.centre.carrier.until(fact)

    def takes(self, number: str = BOB) -> Leg:
        """Somebody who is called takes the call and is in the room; the leg."""
        leg = self.centre.carrier.leg_to(number)
        leg.answer()
        if number != OUTSIDE:
            leg.press("1")
        self.until(lambda: leg.verb == "Conference")
        return leg

    def held(self) -> bool:
        """Whether the contact is in the room, on hold, and its leaving ends nothing."""
        party = self.caller.participant
        return party is not None and party.hold and not party.ends

    def two(self, agent: Leg) -> bool:
        """Whether caller and agent hear each other and either's leaving ends it."""
        parties = (self.caller.participant, agent.participant)
        ends = all(party is not None and party.ends for party in parties)
        return ends and self.caller.hears(agent) and agent.hears(self.caller)

    def rate(self, agent: str) -> None:
        """The caller answers the survey; the answer is kept with the last agent."""
        self.caller.press("4")
        self.until(lambda: self.caller.over)
        assert self.centre.answers() == [("after-call", "4", agent, "support")]
        self.quiet()

    def quiet(self) -> None:
        """Everybody has gone: no leg lives, nobody waits, every agent is free."""
        self.until(lambda: all(leg.over for leg in self.centre.carrier.legs))
        self.until(lambda: not any(row[2] for row in self.centre.state()["agents"]))
        assert self.centre.state()["waiting"] == 0
        self.until(lambda: self.open_rooms() == 0)
        self.centre.carrier.settle()

    def open_rooms(self) -> int:
        """How many rooms are not closed."""
        return int(
            self.centre.house.rows("SELECT count(*) FROM lw_rooms WHERE closed IS NULL")[0][0]
        )

    def agents(self) -> dict[str, str]:
        """The agents' presences."""
        return {row[0]: row[1] for row in self.centre.state()["agents"]}


def begin(centre: Centre) -> Talk:
    """A caller is joined with Ann."""
    api = Api(centre.house)
    centre.hire({"id": "ann", "name": "Ann", "address": ANN})
    caller = centre.call()
    ann = centre.joined(caller, ANN)
    centre.carrier.until(lambda: caller.hears(ann))
    centre.hire(
        {"id": "bob", "name": "Bob", "address": BOB},
        {"id": "sue", "name": "Sue", "address": SUE, "ring_groups": []},
    )
    (call,) = centre.house.rows("SELECT id FROM lw_assignments")[0]
    return Talk(centre, api, caller, ann, call)
