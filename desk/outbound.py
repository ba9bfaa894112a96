"""Decides whether an outgoing call may leave now, and says why not in a word for the audit.

Asked in this order, the first refusal counts: kill switch, frozen key, dial rules, do-not-call
list, calling hours, limits of the key, limits of all. Counts and lists are looked up by the caller
of these rules, in the transaction that writes the call, so that a limit cannot be passed in a race.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from desk.calling_hours import CallingHours, next_permitted
from desk.dial_rules import Decision
from desk.zones import zones_for

Purpose = Literal["contact", "agent", "caller"]

Reason = Literal[
    "",
    "kill_switch",
    "key_frozen",
    "invalid_number",
    "dial_rules",
    "do_not_call",
    "outside_hours",
    "key_limit",
    "all_limit",
]


@dataclass(frozen=True, slots=True)
class Use:
    """A limit and how much of it is used: calls in a window, calls at once, or money.

    `name` tells which (`calls per hour`), `scope` whether it counts one key or all, `adds` is
    what this call would add, `frees_at` when room comes back, where that is known.
    """

    name: str
    scope: Literal["key", "all"]
    most: float
    used: float
    adds: float = 1
    frees_at: datetime | None = None

    @property
    def is_full(self) -> bool:
        """Whether this call is over the limit."""
        return self.used + self.adds > self.most


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one call that should leave.

    `dial` is what the dial rules said of it. `purpose`: an agent's own leg is not asked for
    hours and do-not-call, and a `caller` who is put through, being awake, not for hours. `zone`
    is the contact's own zone if known.
    """

    dial: Decision
    key: str = ""
    purpose: Purpose = "contact"
    is_stopped: bool = False
    is_frozen: bool = False
    is_on_do_not_call: bool = False
    uses: Sequence[Use] = ()
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether the call may leave; what was refused goes to the audit as it stands here.

    `may_at` is the moment from which it may be asked again, where time alone changes the answer.
    """

    allowed: bool
    reason: Reason = ""
    detail: str = ""
    target: str = ""
    key: str = ""
    may_at: datetime | None = None


def decide(facts: Facts, hours: CallingHours | None, default: ZoneInfo, at: datetime) -> Answer:
    """Decide about one call; `hours` off is None, `default` is the zone of unknown numbers."""
    target = facts.dial.targets[0] if facts.dial.targets else ""
    refusal = _stopped(facts) or _forbidden(facts)
    if not refusal and facts.purpose == "contact":
        refusal = _untimely(facts, hours, default, at)
    reason, detail, may_at = refusal or _over(facts.uses) or ("", "", None)
    return Answer(not reason, reason, detail, target, facts.key, may_at)


_Refusal = tuple[Reason, str, datetime | None]


def _stopped(facts: Facts) -> _Refusal | None:
    if facts.is_stopped:
        return ("kill_switch", "outgoing calls are switched off", None)
    return ("key_frozen", "the API key is frozen", None) if facts.is_frozen else None


def _forbidden(facts: Facts) -> _Refusal | None:
    if facts.dial.outcome == "invalid_number":
        return ("invalid_number", facts.dial.reason, None)
    if facts.dial.outcome == "refused":
        return ("dial_rules", facts.dial.reason, None)
    if facts.purpose != "agent" and facts.is_on_do_not_call:
        return ("do_not_call", "the number is on the do-not-call list", None)
    return None


def _untimely(
    facts: Facts, hours: CallingHours | None, default: ZoneInfo, at: datetime
) -> _Refusal | None:
    """Refuse when any of the targets may not be called at this hour."""
    zones = tuple(zone for to in facts.dial.targets for zone in zones_for(to, facts.zone))
    moment = next_permitted(hours, zones, default, at)
    if moment <= at:
        return None
    return ("outside_hours", "it is outside the calling hours where the number is", moment)


def _over(uses: Sequence[Use]) -> _Refusal | None:
    """Name the first limit that is full: the key's own before those of all."""
    full = sorted((use for use in uses if use.is_full), key=lambda use: use.scope != "key")
    if not full:
        return None
    first, moments = full[0], [use.frees_at for use in full if use.frees_at]
    may_at = max(moments) if len(moments) == len(full) else None
    reason: Reason = "key_limit" if first.scope == "key" else "all_limit"
    return (reason, f"{first.name}: {first.used:g} of {first.most:g} used", may_at)
