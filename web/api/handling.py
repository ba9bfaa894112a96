"""`/calls/{call_id}/…`: what agents and supervisors do with a conversation that goes on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from desk.handling import NotNow, Wrong
from desk.rooms import Mode, Purpose
from runner.handling import Standing, Target, Unknown
from web.api.doors import doors, note
from web.api.pages import left_out
from web.api.problems import Problem, missing, wrong_field
from web.api.resource import Routes

routes = Routes("conversations", "Hold, transfer and end conversations.")
supervision = Routes("supervision", "Listen to conversations and speak in them.")

_NOT_NOW = {
    409: "It cannot be done as things stand.",
    422: "Who is named is not there: see errors.",
}


_TARGETS = ("agent", "ring_group", "number")


class TargetBody(BaseModel):
    """Whom to call in: give one of the three."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"minProperties": 1, "maxProperties": 1},
    )

    agent: str | None = left_out(min_length=1, max_length=64, description="An agent's id.")
    ring_group: str | None = left_out(min_length=1, max_length=64, description="A ring group's id.")
    number: str | None = left_out(min_length=1, max_length=300, description="A number outside.")

    @model_validator(mode="after")
    def _one(self) -> "TargetBody":
        if len(self.model_fields_set & set(_TARGETS)) != 1:
            raise ValueError("give exactly one of agent, ring_group and number")
        return self

    def target(self) -> Target:
        """Give it as the door takes it."""
        return Target(self.agent or "", self.ring_group or "", self.number or "")


class TransferBody(TargetBody):
    """To whom a conversation is transferred, and how."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"minProperties": 2, "maxProperties": 2},
    )

    kind: Literal["warm", "blind"] = Field(
        description="warm: the contact waits while the two agents speak; blind: at once."
    )


class SuperviseBody(BaseModel):
    """Which supervisor, and what the supervisor does."""

    model_config = ConfigDict(extra="forbid")

    agent: str = Field(min_length=1, max_length=64, description="The supervisor's id as an agent.")
    mode: Mode = Field(
        description="listen, whisper (only the agent hears it) or barge (everybody does)."
    )


class PartyOut(BaseModel):
    """Somebody who serves the contact; `agent` is empty for somebody outside."""

    call_id: str
    agent: str


class SupervisorOut(BaseModel):
    """A supervisor who is there or being called."""

    agent: str
    mode: Mode


class StandingOut(BaseModel):
    """How the conversation stands; what the carrier must do about it follows within moments."""

    call_id: str
    is_held: bool
    transfer: Purpose = Field(description="Why somebody is being called; empty: nobody is.")
    parties: list[PartyOut]
    supervisors: list[SupervisorOut]


@routes.post("/calls/<call_id>/hold")
@routes.output(StandingOut, status_code=202)
@routes.doc(responses=_NOT_NOW)
def hold_call(call_id: str) -> Any:
    """Let the contact hear music; the agents hear the contact no more."""
    return _done("hold", call_id, doors().handling.hold)


@routes.post("/calls/<call_id>/resume")
@routes.output(StandingOut, status_code=202)
@routes.doc(responses=_NOT_NOW)
def resume_call(call_id: str) -> Any:
    """Bring the contact back; during a warm transfer all speak with each other then."""
    return _done("resume", call_id, doors().handling.resume)


@routes.post("/calls/<call_id>/transfer")
@routes.input(TransferBody, example={"kind": "warm", "agent": "bob"})
@routes.output(StandingOut, status_code=202)
@routes.doc(responses=_NOT_NOW)
def transfer_call(call_id: str, json_data: TransferBody) -> Any:
    """Transfer the contact to an agent, a ring group or a number."""
    target, kind = json_data.target(), json_data.kind
    return _done("transfer", call_id, lambda c: doors().handling.transfer(c, target, kind), kind)


@routes.post("/calls/<call_id>/complete")
@routes.output(StandingOut, status_code=202)
@routes.doc(responses=_NOT_NOW)
def complete_transfer(call_id: str) -> Any:
    """Leave the contact to the others; this conversation's agent is free."""
    return _done("complete", call_id, doors().handling.complete)


@routes.post("/calls/<call_id>/cancel-transfer")
@routes.output(StandingOut, status_code=202)
@routes.doc(responses=_NOT_NOW)
def cancel_transfer(call_id: str) -> Any:
    """Call off a transfer, or let go who came last: the contact is back with the agent."""
    return _done("cancel-transfer", call_id, doors().handling.cancel)


@routes.post("/calls/<call_id>/add")
@routes.input(TargetBody, example={"number": "+15550123456"})
@routes.output(StandingOut, status_code=202)
@routes.doc(responses=_NOT_NOW)
def add_to_call(call_id: str, json_data: TargetBody) -> Any:
    """Call somebody in who speaks with all."""
    target = json_data.target()
    return _done("add", call_id, lambda c: doors().handling.transfer(c, target, "add"))


@routes.post("/calls/<call_id>/end")
@routes.output(StandingOut, status_code=202)
@routes.doc(responses=_NOT_NOW)
def end_call(call_id: str) -> Any:
    """End the conversation for everybody; no survey follows."""
    return _done("end", call_id, doors().handling.end)


@supervision.post("/calls/<call_id>/supervise")
@supervision.input(SuperviseBody, example={"agent": "sue", "mode": "listen"})
@supervision.output(StandingOut, status_code=202)
@supervision.doc(responses=_NOT_NOW)
def supervise_call(call_id: str, json_data: SuperviseBody) -> Any:
    """Call a supervisor in, or change what one does who is there."""
    agent, mode = json_data.agent, json_data.mode
    return _done("supervise", call_id, lambda c: doors().handling.supervise(c, agent, mode), mode)


def _done(action: str, call: str, do: Callable[[str], Standing], kind: str = "") -> dict[str, Any]:
    with _problems():
        standing = do(call)
    note(f"calls.{action}", call, **({"kind": kind} if kind else {}))
    return {
        "call_id": call,
        "is_held": standing.is_held,
        "transfer": standing.purpose,
        "parties": [{"call_id": each.id, "agent": each.agent} for each in standing.serving],
        "supervisors": [{"agent": w.agent, "mode": w.mode} for w in standing.supervisors],
    }


@contextmanager
def _problems() -> Iterator[None]:
    try:
        yield
    except Unknown:
        raise missing("conversation of this id that goes on") from None
    except NotNow as error:
        status = 422 if isinstance(error, Wrong) else 409
        if error.field:
            raise wrong_field(error.field, str(error), status) from None
        raise Problem(status, str(error)) from None
