"""The door for agents' calls: the agent's leg first, then the contact's, then the flow.

The run is written before anybody is called, ready to begin: its flow starts with the contact's
answer (`flow.concern`). The agent waits in a room of the conversation's name meanwhile. What an
API key asked for is kept with its answer in the same transaction, as `runner.starts` does.
"""

import json
from dataclasses import asdict, dataclass
from typing import Literal

import structlog

from desk.access import Interaction
from desk.agents import Agent
from desk.dial_rules import NOT_OURS
from flow.components.auto_answer import AutoAnswer
from flow.effects import CheckDial
from flow.execution import Execution
from flow.flow import Flow
from flow.language.templates import is_template
from flow.ledger import Leg, Saved, Ticket, Version
from runner import repeats
from runner.desk import Desk, Open
from runner.ids import new_id, new_token
from runner.orders import Ring
from runner.ports import LocalPerformer, Work
from runner.walker import Walker

_log = structlog.get_logger(__name__)

DIRECT = "direct-call"
"""The flow of a call for which none was named: it joins the two at once."""

RING = 30
"""Seconds that agent and contact are rung."""

OUTGOING = "outgoing"

Reason = Literal[
    "unknown agent", "agent busy", "unknown flow", "invalid number", "refused", "not ours",
    "revoked", "key reused",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that an agent wants: to whom, by which flow and showing which number (or "").

    `api_key` asks for it, "" for none; `idempotency` is the request's Idempotency-Key.
    """

    agent: str
    to: str
    flow: str = ""
    sender: str = ""
    api_key: str = ""
    idempotency: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A call that is being placed, now or when the same request came first.

    Its interaction and execution, and the agent's leg, which has the conversation's id.
    """

    interaction: str
    version: str
    execution: str
    leg: str


@dataclass(frozen=True, slots=True)
class NotPlaced:
    """Nobody is called; `detail` says what to do about it."""

    reason: Reason
    detail: str


class Outgoing:
    """Places agents' calls. One instance serves all threads of a process."""

    def __init__(self, desk: Desk, walker: Walker, dial: LocalPerformer) -> None:
        self._desk, self._walker, self._dial = desk, walker, dial

    def place(self, wanted: Wanted) -> Placed | NotPlaced:
        """Place an agent's call, or say why not.

        Raises:
            Unavailable: the database is away; nobody is called.
        """
        with self._desk.change(wanted.api_key) as desk:
            known = self._known(desk, wanted)
            if known is not None:
                return known
            agent = desk.floor.agents.get(wanted.agent)
            wrong = self._wrong(desk, wanted, agent)
            if wrong is not None or agent is None:
                return wrong or NotPlaced("unknown agent", "")
            version = desk.work.version_of(wanted.flow or DIRECT, "latest")
            if version is None or version.type != "outgoing_call":
                return _no_flow(wanted)
            outcome, found = self._dial(desk.work, CheckDial("", (wanted.to,), wanted.sender))
            if outcome != "allowed":
                return _refused(outcome, str(found.get("reason", "")))
            to, sender = str(found["targets"][0]), str(found["caller_id"])
            placed = self._begin(desk, agent, version, to, sender)
            self._keep(desk, wanted, version, placed)
            return placed

    def _known(self, desk: Open, wanted: Wanted) -> Placed | NotPlaced | None:
        """Look whether this request came before; from here on, equal ones wait."""
        if desk.is_revoked:
            return NotPlaced("revoked", "this key is revoked")
        try:
            known = repeats.earlier(desk.work, self._asked(wanted), desk.at)
        except repeats.Reused:
            return NotPlaced("key reused", "this Idempotency-Key was used with another body")
        return Placed(**known) if known else None

    def _keep(self, desk: Open, wanted: Wanted, version: Version, placed: Placed) -> None:
        """Keep which API key asked for the call, and what it is answered."""
        key, at = wanted.api_key, desk.at
        if not key:
            return
        begun = Interaction(placed.interaction, version.flow, placed.execution, key, at)
        desk.work.keep_interaction(begun)
        repeats.keep(desk.work, self._asked(wanted), asdict(placed), at)
        _log.info("call placed by the API", execution=placed.execution, api_key=key)

    def _asked(self, wanted: Wanted) -> repeats.Asked:
        """Give the request with the digest of its body, which differs from any flow start's."""
        asked = {"agent": wanted.agent, "to": wanted.to, "flow": wanted.flow, "from": wanted.sender}
        mark = self._walker.mark(json.dumps(["POST /calls", asked]))
        return repeats.Asked(wanted.api_key, wanted.idempotency, mark)

    def _wrong(self, desk: Open, wanted: Wanted, agent: Agent | None) -> NotPlaced | None:
        if agent is None:
            return NotPlaced("unknown agent", f"there is no agent {wanted.agent!r}")
        rung = any(offer.agent == agent.id for offer in desk.floor.open_offers)
        if agent.assignment or rung:
            state = "is being rung" if rung else "serves somebody"
            return NotPlaced("agent busy", f"{agent.id} {state}; try again after that")
        return None

    def _begin(self, desk: Open, agent: Agent, version: Version, to: str, sender: str) -> Placed:
        name, room = new_id(), new_id()
        execution = Execution(
            id=name,
            flow=version.flow,
            type=version.type,
            started=desk.at.isoformat(),
            status="waiting",
            contact=_contact(desk.work, to),
            call={"from": sender, "to": to, "direction": "outbound"},
            channel={"type": "voice", "address": to},
            counter=1,
            hears=f"{name}.1",
            agent=agent.id,
            place=f"{name}.agent",
            room=room,
        )
        run = self._walker.prepare(desk.work, version, execution, desk.at)
        desk.work.save(Saved(run, new=True))
        desk.floor.take(agent.id, execution.place, room, desk.at)
        data = {"kind": OUTGOING, "contact_leg": execution.hears, "to": to, "sender": sender}
        flow = self._walker.document(version)
        data["language"] = "" if is_template(flow.language) else flow.language
        desk.work.keep_ticket(Ticket(execution.place, name, data, desk.at))
        leg = Leg(room, new_token(), "agent", name, agent.address, sender, RING, desk.at)
        leg.answer_after = _answer_after(flow)
        desk.work.keep_leg(leg)
        desk.orders.append((f"ring-{room}", Ring(room)))
        return Placed(run.interaction, version.id, name, room)


def _answer_after(flow: Flow) -> int | None:
    """Read the first step: the agent is rung before the flow begins."""
    first = flow.steps[flow.start]
    return first.after if isinstance(first, AutoAnswer) else None


def _contact(work: Work, number: str) -> dict[str, object]:
    known = work.contact_by("number", number)
    return known.values() if known else {"number": number}


def _refused(outcome: str, detail: str) -> NotPlaced:
    if outcome != "refused":
        return NotPlaced("invalid number", detail)
    return NotPlaced("not ours" if detail == NOT_OURS else "refused", detail)


def _no_flow(wanted: Wanted) -> NotPlaced:
    if wanted.flow:
        text = f"there is no published outgoing_call flow {wanted.flow!r}"
    else:
        text = f"name a flow of type outgoing_call, or publish one called {DIRECT}"
    return NotPlaced("unknown flow", text)
