"""Asks the rules of outgoing calls before a walk orders a call or puts its caller through."""

from collections.abc import Mapping
from typing import Any

from flow.effects import CheckDial
from runner.outbound import Outbound
from runner.ports import Work


class DialCheck:
    """Does `CheckDial` inside the open transaction."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    def __call__(self, work: Work, effect: CheckDial) -> tuple[str, Mapping[str, Any]]:
        """Judge the call; a refusal is written to the audit by the rules themselves."""
        answer, decision = self._outbound.check(work, effect)
        if not answer.allowed:
            refused = "invalid_number" if answer.reason == "invalid_number" else "refused"
            return refused, {"reason": answer.detail}
        shown = decision.caller_id or self._outbound.numbers.shown(work, effect.line)
        longest = self._outbound.longest_forward(work, effect)
        targets = list(decision.targets)
        return "allowed", {"targets": targets, "caller_id": shown, "longest": longest}
