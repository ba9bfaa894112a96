"""The world of a simulated call: contacts, dial rules, functions, the recording; HTTP by a port."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from desk.dial_rules import DialRules
from flow.effects import (
    CheckDial,
    ControlRecording,
    EnterQueue,
    EstimateWait,
    HowItEnded,
    HttpRequest,
    LookUpContact,
    Needed,
    RunFunction,
    SendEmail,
    SendMessage,
    UpdateContact,
)
from runner.performers import run_function
from web.cli.simulator.caller import CONVERSATION, Caller
from web.cli.simulator.contacts import ContactBook
from web.cli.simulator.desk import Desk

Result = tuple[str, Mapping[str, Any]]


def _nobody(effect: LookUpContact) -> Mapping[str, Any] | None:
    del effect
    return None


@dataclass(frozen=True)
class SimulatedWorld:
    """Does what a walk asks of the world, without a database or a carrier.

    `http` sends requests (given the step's path), `note` tells the reader what was done, `ask`
    may know a contact that the book does not.
    """

    caller: Caller
    http: Callable[[HttpRequest, str], Result]
    note: Callable[[str], None]
    contacts: ContactBook = field(default_factory=ContactBook)
    rules: DialRules = field(default_factory=lambda: DialRules(frozenset()))
    ask: Callable[[LookUpContact], Mapping[str, Any] | None] = _nobody
    desk: Desk = field(default_factory=Desk)

    def __call__(self, effect: Needed, step: str) -> Result:
        """Do one effect; give its outcome word and result."""
        if isinstance(effect, HttpRequest):
            return self.http(effect, step)
        if isinstance(effect, SendMessage):
            opened = {"conversation": CONVERSATION} if effect.opens else {}
            return "sent", {"message_id": effect.id, **opened}
        outcome, result = self._do(effect)
        self.note(f"{_what(effect)} → {outcome}{_because(result)}")
        return outcome, result

    def _do(self, effect: Needed) -> Result:
        match effect:
            case LookUpContact():
                return self._look_up(effect)
            case UpdateContact(contact=contact, fields=fields):
                changed = self.contacts.update(contact, fields)
                return ("done", changed.values()) if changed else ("not_found", {})
            case RunFunction():
                return run_function(effect)
            case ControlRecording():
                return "done", {}
            case SendEmail(id=name):
                return "sent", {"message_id": f"<{name}@walk.invalid>"}
            case CheckDial(targets=targets, caller_id=caller_id):
                return self._check_dial(targets, caller_id)
            case EnterQueue() | HowItEnded() | EstimateWait():
                return self.desk.answer(effect)
            case _:
                raise TypeError(f"{type(effect).__name__} is no effect of a simulated call")

    def _look_up(self, effect: LookUpContact) -> Result:
        found = self.contacts.find(effect.by, effect.value) if effect.source == "contacts" else None
        if found is None:
            told = self.ask(effect)
            found = self.contacts.add(told) if told else None
        return ("found", found.values()) if found else ("not_found", {})

    def _check_dial(self, targets: tuple[str, ...], caller_id: str) -> Result:
        owned = self.rules.owned | {self.caller.line}
        decided = DialRules(self.rules.countries, owned).decide(
            targets, caller_id, self.caller.number
        )
        if decided.outcome != "allowed":
            return decided.outcome, {"reason": decided.reason}
        shown = decided.caller_id or self.caller.line
        return "allowed", {"targets": list(decided.targets), "caller_id": shown}


def _because(result: Mapping[str, Any]) -> str:
    told = [str(result["reason"])] if result.get("reason") else []
    told += [f"{result['seconds']} s, number {result['position']}"] if "position" in result else []
    return f" ({', '.join(told)})" if told else ""


def _what(effect: Needed) -> str:
    match effect:
        case LookUpContact(by=by, value=value, source=source):
            place = "" if source == "contacts" else f" in {source}"
            return f"look up contact by {by} {value}{place}"
        case UpdateContact(contact=contact, fields=fields):
            return f"update contact {contact}: {', '.join(fields)}"
        case RunFunction():
            return "run function"
        case ControlRecording(action=action):
            return f"{action} recording"
        case SendEmail(to=to):
            return f"e-mail to {', '.join(to)}"
        case CheckDial(targets=targets):
            return f"may {', '.join(targets)} be called?"
        case _:
            return _what_of_the_desk(effect)


def _what_of_the_desk(effect: Needed) -> str:
    match effect:
        case EnterQueue(queue=queue, callback=callback):
            back = f"call {callback['number']} back, " if callback else ""
            return f"{back}queue for {queue}"
        case HowItEnded():
            return "how did the conversation end?"
        case EstimateWait(ring_groups=groups):
            return f"how long is the wait for {', '.join(groups)}?"
        case _:
            return type(effect).__name__
