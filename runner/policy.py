"""What the operator allows outgoing calls, put together from the settings."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from desk.call_limits import IN_ALL, PER_KEY, CallLimits
from desk.calling_hours import CallingHours
from desk.tariff import Tariff

FREEZE_AFTER = 20
"""Calls that a key's limits refuse within an hour until the key is frozen; 0 for never."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator allows; the defaults are those of the settings."""

    hours: CallingHours | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    per_second: float = 1.0
    per_key: CallLimits = PER_KEY
    in_all: CallLimits = IN_ALL
    tariff: Tariff = field(default_factory=Tariff)
    freeze_after: int = FREEZE_AFTER
