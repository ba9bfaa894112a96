"""The rule of every outgoing call, asked in the transaction that is about to ask the carrier.

Whatever decides is read there, behind the gate's lock, and what is let go is written there, so no
limit is passed in a race (docs/outbound.md says what is allowed; `desk.outbound` decides).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from desk.call_book import Dialled, Gate, Refusal, called_number, masked
from desk.call_limits import HOUR, CallLimits, cost, longest
from desk.dial_rules import Decision
from desk.outbound import Answer, Facts, decide
from desk.pacing import Pace, next_call
from flow.effects import CheckDial
from flow.ledger import Leg
from runner.alarms import Alarms
from runner.counting import Asked, count
from runner.numbers import Numbers, zone_of
from runner.policy import Policy
from runner.ports import Work

PATIENCE = timedelta(minutes=15)
"""How long a call may wait for its turn: later, it would surprise whom it reaches."""

NOW = timedelta(milliseconds=20)
"""What need not be waited for."""

LIMITED = ("key_limit", "all_limit")
LINES = "calls per second"


class Outbound:
    """Lets calls go, has them wait, or refuses them; `mark` makes a number's keyed digest."""

    def __init__(
        self,
        numbers: Numbers,
        policy: Policy,
        mark: Callable[[str], str],
        clock: Callable[[], datetime],
        alarms: Alarms | None = None,
    ) -> None:
        self.numbers, self._policy, self._mark = numbers, policy, mark
        self._clock, self._alarms = clock, alarms or Alarms()

    def ask(self, work: Work, leg: Leg) -> Answer:
        """Ask for a leg: it may leave, or be asked for again at `may_at`, or never will."""
        gate = work.open_gate()
        if leg.kind in {"agent", "supervisor"}:
            return self._agent(work, gate, leg)
        at = self._clock()
        known = work.dialled(leg.id)
        if known is not None and known.at - at > NOW:
            return Answer(allowed=False, target=leg.recipient, may_at=known.at)
        decision = self._listed(work, self.numbers.decide(work, (leg.recipient,)))
        asked = self._asked(work, leg.execution, decision[0], at)
        facts = Facts(
            dial=decision[0],
            key=asked.key,
            is_stopped=gate.stopped,
            is_frozen=bool(asked.key) and work.is_frozen(asked.key),
            is_on_do_not_call=decision[1],
            uses=() if known else count(work, self._limits(), asked, at - leg.created),
            zone=zone_of(work, leg.recipient) if self._policy.hours else "",
        )
        answer = decide(facts, self._policy.hours, self._policy.zone, at)
        if answer.allowed and known is None:
            answer = self._admit(work, gate, leg, asked, answer)
        if not answer.allowed:
            return self._turned_away(work, leg, answer, at)
        return answer

    def check(self, work: Work, effect: CheckDial) -> tuple[Answer, Decision]:
        """Ask for what a walk wants to call: a leg it will order, or numbers to put through to.

        Limits and hours are asked when the leg leaves. They do not hold for a caller who is put
        through, unless the API began the walk: then each number is a call of its key.
        """
        at, execution = self._clock(), effect.id.rpartition(".")[0]
        rules = self.numbers.decide(work, effect.targets, effect.caller_id, effect.caller)
        decision, on_list = self._listed(work, rules)
        key = work.api_key_of(execution) if effect.caller else ""
        gate = work.open_gate() if key else work.gate()
        asked = replace(self._asked(work, execution, decision, at), stays=False) if key else None
        facts = Facts(
            dial=decision,
            key=key,
            purpose="caller",
            is_stopped=gate.stopped,
            is_frozen=bool(key) and work.is_frozen(key),
            is_on_do_not_call=on_list,
            uses=count(work, self._limits(), asked) if asked else (),
        )
        answer = decide(facts, None, self._policy.zone, at)
        if not answer.allowed:
            self._ring(work, answer, at)
            kind = "forward" if effect.caller else "contact"
            target = next(iter(effect.targets), "")
            self._write(work, Refusal(at, effect.id, kind, key, *_why(answer), masked(target)))
        elif asked is not None:
            for number, call in enumerate(self._calls(effect.id, asked)):
                work.keep_dialled(replace(call, id=f"{call.id}.{number}", ended=at))
        return answer, decision

    def longest(self, work: Work, leg: Leg) -> int | None:
        """Give the seconds after which the carrier shall end a leg; None for its own limit."""
        is_agents = leg.kind in {"agent", "supervisor"}
        return self._longest("" if is_agents else work.api_key_of(leg.execution))

    def longest_forward(self, work: Work, effect: CheckDial) -> int | None:
        """Give the seconds after which the carrier shall part a caller who is put through."""
        return self._longest(work.api_key_of(effect.id.rpartition(".")[0]))

    def _longest(self, key: str) -> int | None:
        return longest(*self._limits()) if key else longest(self._policy.in_all)

    def over(self, work: Work, leg: Leg, at: datetime, seconds: int | None = None) -> None:
        """Write that a leg has ended, so that others may be called at once; `seconds` if known."""
        known = work.dialled(leg.id) if leg.kind in {"contact", "outside"} else None
        if known is None or known.ended is not None:
            return
        if not leg.tries:
            work.forget_dialled(leg.id)
            return
        if seconds is None:
            lasted = (at - known.at).total_seconds() if leg.status == "completed" else 0
            seconds = max(0, round(lasted))
        ended = replace(known, ended=at, seconds=seconds, cost=cost(seconds, known.per_minute))
        work.keep_dialled(ended)

    def second_line(self, work: Work, leg: Leg, code: int) -> None:
        """Write down that the carrier's own rules refused a call that ours let go."""
        key, number = work.api_key_of(leg.execution), masked(leg.recipient)
        why = ("carrier", f"the carrier's rules refused it (code {code})")
        self._write(work, Refusal(self._clock(), leg.id, leg.kind, key, *why, number))

    def _agent(self, work: Work, gate: Gate, leg: Leg) -> Answer:
        """Ask for an agent's leg: no hours, no limits, no waiting; calls to contacts give way."""
        at, address = self._clock(), leg.recipient
        is_client = address.lower().startswith("client:")
        dial = Decision("allowed", (address,)) if is_client else None
        dial = dial or self.numbers.decide(work, (address,))
        facts = Facts(dial, purpose="agent", is_stopped=gate.stopped)
        answer = decide(facts, None, self._policy.zone, at)
        if not answer.allowed:
            return self._turned_away(work, leg, answer, at)
        following = at + timedelta(seconds=1 / self._policy.per_second)
        work.keep_gate(replace(gate, free_from=max(gate.free_from or following, following)))
        return answer

    def _listed(self, work: Work, decision: Decision) -> tuple[Decision, bool]:
        """Leave out the targets on the do-not-call list; say whether that leaves nobody."""
        meant = {target: called_number(target) for target in decision.targets}
        blocked = work.blocked(set(meant.values()))
        free = tuple(target for target, number in meant.items() if number not in blocked)
        nobody = bool(decision.targets) and not free
        return (decision if nobody else replace(decision, targets=free)), nobody

    def _asked(self, work: Work, execution: str, decision: Decision, at: datetime) -> Asked:
        marks = [self._mark(called_number(target)) for target in decision.targets]
        fresh = [mark for mark in marks if not work.was_dialled(mark)]
        prices = [self._policy.tariff.price(target) for target in decision.targets]
        return Asked(work.api_key_of(execution), at, marks, fresh, prices)

    def _limits(self) -> tuple[CallLimits, CallLimits]:
        return self._policy.per_key, self._policy.in_all

    def _admit(self, work: Work, gate: Gate, leg: Leg, asked: Asked, answer: Answer) -> Answer:
        """Give a call its moment; it counts from now on, and leaves when the moment has come."""
        moment, pace = next_call(Pace(self._policy.per_second, gate.free_from), asked.at)
        moment = max(moment, self._key_free_from(work, asked))
        if moment > leg.created + PATIENCE:
            detail = f"{LINES}: too many calls wait"
            return replace(answer, allowed=False, reason="all_limit", detail=detail)
        work.keep_gate(replace(gate, free_from=pace.free_from))
        work.keep_dialled(replace(self._calls(leg.id, asked)[0], at=moment))
        if moment - asked.at <= NOW:
            return answer
        return replace(answer, allowed=False, may_at=moment)

    def _key_free_from(self, work: Work, asked: Asked) -> datetime:
        per_second = self._policy.per_key.per_second
        if not asked.key or per_second is None:
            return asked.at
        step = timedelta(seconds=1 / per_second)
        last = work.let_go_at(asked.at - step, 1, asked.key)
        return last + step if last else asked.at

    def _calls(self, leg: str, asked: Asked) -> list[Dialled]:
        return [
            Dialled(leg, asked.at, asked.key, mark, mark in asked.fresh, price)
            for mark, price in zip(asked.marks, asked.prices, strict=True)
        ]

    def _turned_away(self, work: Work, leg: Leg, answer: Answer, at: datetime) -> Answer:
        """Have a call wait where that helps soon enough; else write its refusal."""
        self._ring(work, answer, at)
        if answer.may_at is not None and answer.may_at <= leg.created + PATIENCE:
            return answer
        work.forget_dialled(leg.id)
        number = masked(leg.recipient)
        self._write(work, Refusal(at, leg.id, leg.kind, answer.key, *_why(answer), number))
        return replace(answer, may_at=None)

    def _ring(self, work: Work, answer: Answer, at: datetime) -> None:
        if answer.reason in LIMITED:
            scope = answer.key if answer.reason == "key_limit" else ""
            limit = answer.detail.partition(":")[0]
            work.afterwards(lambda: self._alarms.reach(scope, limit, at))

    def _write(self, work: Work, refusal: Refusal) -> None:
        """Write why a call did not leave; what is undone and done again counts once."""
        work.keep_refusal(refusal)
        why = (refusal.reason, refusal.detail)
        work.afterwards(lambda: self._alarms.refuse(refusal.leg, refusal.kind, *why))
        if refusal.reason == "key_limit" and self._policy.freeze_after:
            self._freeze(work, refusal)

    def _freeze(self, work: Work, refusal: Refusal) -> None:
        """Freeze a key whose limits go on refusing calls: it does not slow down by itself."""
        refused = work.breaches(refusal.api_key, refusal.at - HOUR)
        why = f"{refused} calls refused within the hour, at last by {refusal.detail}"
        if refused >= self._policy.freeze_after and work.freeze_key(
            refusal.api_key, refusal.at, why
        ):
            work.afterwards(lambda: self._alarms.freeze(refusal.api_key, why))


def _why(answer: Answer) -> tuple[str, str]:
    return answer.reason, answer.detail
