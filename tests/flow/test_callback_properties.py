"""Any events against flows that call back: saved between any two, and no order is lost or kept."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flow import values
from flow.component import Component
from flow.effects import Drop, EnterQueue, HowItEnded, PlaceCall
from flow.engine import advance
from flow.events import Continued, DialEnded, Digits, EffectDone, Event, HungUp, News, PickedUp
from flow.execution import Execution
from flow.flow import Flow
from flow.step import Step
from tests.flow.building import AT, flow_of, menu, started, step_of, through_json

GROUPS = {"ring_groups": ["a"]}
TO = st.sampled_from(["ask", "end", "again", "off", "queue"])
ASKED = ("requested", "invalid_number", "call_finished", "timeout", "error")
DIRECT = ("call_finished", "timeout", "agent_rejected", "contact_no_answer", "no_match", "error")


def _step(name: str, exits: tuple[str, ...], **fields: st.SearchStrategy[Any]) -> Any:
    to = st.dictionaries(st.sampled_from(exits), TO)
    given_ = st.fixed_dictionaries(fields)
    return st.builds(lambda e, f: step_of(name, e, **GROUPS, **f), to, given_)


REQUEST = _step(
    "request_callback",
    ASKED,
    confirm=st.booleans(),
    retries=st.sampled_from([0, 1]),
    keep_place=st.booleans(),
    at=st.sampled_from(["", "", "2026-07-02T15:30", "{{ steps.it.agent }}"]),
    save=st.sampled_from([{}, {}, {"n": "{{ 1 | divided_by: 0 }}"}]),
)
CALL = _step("direct_callback", DIRECT, to=st.just("+15550100002"))
QUEUE = _step("assign_and_dial", ("no_match", "timeout", "no_answer", "call_finished"))


def _flow(one: Component, two: Component, queue: Component) -> Flow:
    steps = {
        "it": one,
        "again": two,
        "queue": queue,
        "ask": menu({"one": "it", "two": "end"}),
        "off": step_of("hang_up", {"done": "end"}),
        "end": step_of("end"),
    }
    kind = "api_request" if one.component == "direct_callback" else "incoming_call"
    return flow_of(steps, type=kind, variables={"n": "string"})


FLOWS = st.one_of(st.builds(_flow, REQUEST, REQUEST, QUEUE), st.builds(_flow, CALL, CALL, QUEUE))

ALLOWED = EffectDone(AT, "", "allowed", {"targets": ["+15550100002"], "caller_id": "+15550100001"})
WAITING = EffectDone(AT, "", "waiting")
ANN = {"assignment": "as-1", "agent": "ann", "name": "Ann", "wait_seconds": 3}
LEFT = {"how": "finished", "talk_seconds": 9}
# What is heard of or awaited stands as "", who waits in the room as "place".
LATE = st.sampled_from(["", "", "place", "run.1", "run.2", "run.9"])
WORDS = ("busy", "no_answer", "refused", "timeout", "no_match")
NEXT: st.SearchStrategy[Event] = st.one_of(
    st.builds(News, st.just(AT), LATE, st.just("assigned"), st.just(ANN)),
    st.builds(News, st.just(AT), LATE, st.just("agent_left"), st.just(LEFT), st.just(True)),
    st.builds(
        News, st.just(AT), st.just(""), st.sampled_from(WORDS), st.just({}), last=st.just(True)
    ),
    st.builds(
        EffectDone,
        st.just(AT),
        st.just(""),
        st.sampled_from(["no_match", "refused", "accident", "odd"]),
    ),
    st.builds(PickedUp, st.just(AT), st.sampled_from(["", "run.9"]), st.just({"sid": "CA2"})),
    st.builds(Digits, st.just(AT), st.sampled_from(["1", "2", "00442079460958", ""])),
    st.builds(HungUp, st.just(AT), call=st.sampled_from(["", "CA1", "CA2"])),
    st.just(DialEnded(AT, "completed")),
    st.just(Continued(AT)),
)


@st.composite
def walks(draw: st.DrawFn) -> list[Event]:
    """Draw events: the usual ones of a callback in their order, with others thrown in."""
    call: list[Event] = [News(AT, "", "assigned", ANN), PickedUp(AT, "", {"sid": "CA2"})]
    again: list[Event] = [News(AT, "", "assigned", ANN), News(AT, "", "busy", last=True), WAITING]
    asked: list[Event] = [Digits(AT, "1"), ALLOWED, WAITING, HungUp(AT)]
    ended: list[Event] = [DialEnded(AT, "completed"), EffectDone(AT, "", "finished", LEFT)]
    usual = asked + (again if draw(st.booleans()) else []) + call + ended
    events = [event for event in usual * 2 if draw(st.integers(0, 9))]
    for event in draw(st.lists(NEXT, max_size=5)):
        events.insert(draw(st.integers(0, len(events))), event)
    return events


def _begun(flow: Flow) -> Step:
    live = flow.type == "incoming_call"
    call = {"sid": "CA1", "from": "+15550100002", "to": "+15550100001"} if live else {}
    return started(flow, type=flow.type, live=live, call=call)


def _now(run: Execution, event: Event, number: int) -> Event:
    """Give an event its time, and the id that is meant where it names none."""
    told = replace(event, at=AT + timedelta(seconds=number))
    if isinstance(told, EffectDone):
        return replace(told, effect=told.effect or run.awaits or "run.0")
    if isinstance(told, PickedUp):
        rings = run.place and run.hears != run.place
        return replace(told, effect=told.effect or (run.hears if rings else "run.0"))
    if isinstance(told, News):
        named = {"": run.hears, "place": run.place}.get(told.effect, told.effect)
        return replace(told, effect=named or "run.0")
    return told


@settings(max_examples=300, deadline=None)
@given(flow=FLOWS, events=walks())
def test_saving_between_events_changes_nothing(flow: Flow, events: list[Event]) -> None:
    kept = saved = _begun(flow)
    for number, event in enumerate(events):
        told = _now(kept.execution, event, number)
        read = values.from_json(json.loads(json.dumps(values.to_json(told))))
        kept = advance(flow, kept.execution, told)
        saved = advance(flow, through_json(saved.execution), read)
        assert kept.crash is None, kept.crash
        assert (saved.moved, saved.instructions) == (kept.moved, kept.instructions)
        assert (saved.effects, saved.history) == (kept.effects, kept.history)
        assert json.loads(saved.execution.to_json()) == json.loads(kept.execution.to_json())


class _Ledger:
    """Every order of a run that is open, and the conversations that are over."""

    def __init__(self) -> None:
        self.open: set[str] = set()
        self.spoken: set[str] = set()
        self.asked: dict[str, str] = {}

    def told(self, before: Execution, event: Event) -> None:
        """Note what an event that moved the run has ended."""
        if isinstance(event, PickedUp) or (isinstance(event, News) and event.last):
            assert event.effect in {before.hears, before.place}
            self.open.discard(event.effect)
        if isinstance(event, EffectDone) and event.outcome in {"finished", "accident"}:
            place = self.asked.pop(event.effect, "")
            self.open.discard(place)
            self.spoken.add(place)  # who leaves a queue's step may drop it still

    def ordered(self, step: Step) -> None:
        """Note what a step orders and drops; nothing is dropped twice, or when it is over."""
        for effect in step.effects:
            match effect:
                case EnterQueue(id=name) | PlaceCall(id=name):
                    self.open.add(name)
                case HowItEnded(id=name, place=place):
                    self.asked[name] = place
                case Drop(order=name):
                    assert name in self.open | self.spoken, f"{name} is dropped, and was over"
                    self.open.discard(name)
                    self.spoken.discard(name)
                case _:
                    pass

    def check(self, run: Execution) -> None:
        """See that whatever is open is heard of by somebody, and nothing else is."""
        heard = {run.hears, run.place, run.later.get("hears", "")} - {""}
        assert heard <= self.open, f"{heard - self.open} was over"
        assert self.open <= heard, f"{self.open - heard} is lost"
        assert not heard or run.status == "waiting"


@settings(max_examples=500, deadline=None)
@given(flow=FLOWS, events=walks())
def test_an_order_is_heard_until_it_is_over_or_dropped_once(
    flow: Flow, events: list[Event]
) -> None:
    step, ledger = _begun(flow), _Ledger()
    ledger.ordered(step)
    for number, event in enumerate(events):
        told, before = _now(step.execution, event, number), step.execution
        step = advance(flow, before, told)
        if step.moved:
            ledger.told(before, told)
            ledger.ordered(step)
        ledger.check(step.execution)
