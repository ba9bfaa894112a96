"""Asks the dial rules before a call is placed, with the numbers that are ours at that moment."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from desk.dial_rules import DialRules
from flow.effects import CheckDial
from runner.errors import BadSettings
from runner.ports import Work

_log = structlog.get_logger(__name__)


class DialCheck:
    """Does `CheckDial` inside the open transaction."""

    def __init__(self, countries: frozenset[str], caller_id: str) -> None:
        self._countries, self._caller_id = countries, caller_id
        try:
            DialRules(countries)
        except ValueError as error:
            raise BadSettings(f"DIAL_COUNTRIES: {error}") from None

    def __call__(self, work: Work, effect: CheckDial) -> tuple[str, Mapping[str, Any]]:
        """Judge the call; a refusal is written to the log without the number."""
        numbers = work.owned_numbers()
        owned = frozenset(numbers) | ({self._caller_id} - {""})
        rules = DialRules(self._countries, owned)
        decision = rules.decide(effect.targets, effect.caller_id, effect.caller)
        if decision.outcome != "allowed":
            _log.warning("dialling refused", effect=effect.id, reason=decision.reason)
            return decision.outcome, {"reason": decision.reason}
        shown = decision.caller_id or self._default(effect.line, numbers)
        return "allowed", {"targets": list(decision.targets), "caller_id": shown}

    def _default(self, line: str, numbers: Sequence[str]) -> str:
        """Choose the number to show: the line that was called, `CALLER_ID`, the first bound."""
        return line if line in numbers else self._caller_id or next(iter(numbers), "")
