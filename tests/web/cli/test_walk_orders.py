"""The simulator's orders: queues, agents and placed calls, as events and as lines of a script."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Literal

import pytest

from flow.component import Component, Leave, Outcome, Wait
from flow.context import Context
from flow.effects import EnterQueue, EstimateWait, HowItEnded, PlaceCall
from flow.events import DialEnded, Digits, Event, HungUp, News, PickedUp
from flow.flow import Flow
from flow.instructions import Collect, Enqueue, Join, Music, Say
from flow.language.load import load
from tests.flow.building import flow_of, menu, step_of
from web.cli.simulator.actions import (
    Action,
    AgentAnswers,
    AgentLeaves,
    CallGoes,
    EndDial,
    HangUp,
    NobodyComes,
    Press,
    StaySilent,
    Unsuited,
)
from web.cli.simulator.answers import Asked
from web.cli.simulator.clock import Clock
from web.cli.simulator.desk import Desk
from web.cli.simulator.dialogue import Dialogue
from web.cli.simulator.lines import typed
from web.cli.simulator.ordered import Ordered, Ordering
from web.cli.simulator.play import Played, play
from web.cli.simulator.room import Room

START = datetime(2026, 11, 23, 10, tzinfo=UTC)
WAIT, JOIN = Enqueue("support"), Join("assignment-1")
CALL = PlaceCall("run.1", "+15550100009", "+15550100001", ring_seconds=25)
DETECT = PlaceCall("run.1", "+15550100009", "+15550100001", machine_detection=True)
ENTER = EnterQueue("run.1", {"ring_groups": ["support"]}, "support", "CA1", max_wait=90)
ANN = {"assignment": "assignment-1", "agent": "ann", "name": "ann", "wait_seconds": 12}
CALLED = {"sid": f"CA{1:032d}", "from": "+15550100001", "to": "+15550100009"}


def after(seconds: float) -> datetime:
    """The moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def desk(*, keys: bool = False, waited: float = 12) -> Desk:
    """A desk at which a caller has been waiting."""
    found = Desk()
    found.enter(ENTER, after(-waited))
    assert found.room is not None
    found.room.keys = keys
    return found


@pytest.mark.parametrize(
    ("asked", "action", "event", "seconds"),
    [
        (WAIT, AgentAnswers("ann"), News(START, "run.1", "assigned", ANN), 0),
        (WAIT, NobodyComes(), News(START, "run.1", "no_answer", last=True), 0),
        (WAIT, NobodyComes("no_match"), News(START, "run.1", "no_match", last=True), 0),
        (WAIT, Press("12"), Digits(START, "1"), 0),
        (WAIT, HangUp(5), HungUp(after(5)), 5),
        (JOIN, AgentLeaves(after=20), DialEnded(after(20), "completed"), 20),
        (JOIN, HangUp(20), HungUp(after(20)), 20),
        (CALL, CallGoes("answered"), PickedUp(START, "run.1", CALLED), 0),
        (DETECT, CallGoes("answered"), PickedUp(START, "run.1", CALLED, "human"), 0),
        (DETECT, CallGoes("machine"), PickedUp(START, "run.1", CALLED, "machine_start"), 0),
        (CALL, CallGoes("busy"), News(START, "run.1", "busy", last=True), 0),
        (CALL, CallGoes("refused"), News(START, "run.1", "refused", last=True), 0),
        (CALL, CallGoes("no_answer"), News(after(25), "run.1", "no_answer", last=True), 25),
        (CALL, StaySilent(), News(after(25), "run.1", "no_answer", last=True), 25),
    ],
    ids=str,
)
def test_an_action_is_what_the_desk_or_the_carrier_would_report(
    asked: Ordered, action: Action, event: Event, seconds: int
) -> None:
    clock = Clock(START)
    assert Ordering(asked, clock, desk(keys=True)).event(action) == event
    assert clock.now == after(seconds)


@pytest.mark.parametrize(
    ("asked", "action"),
    [
        (WAIT, Press("1")),
        (WAIT, AgentLeaves()),
        (WAIT, EndDial("busy")),
        (WAIT, CallGoes("busy")),
        (JOIN, AgentAnswers()),
        (JOIN, StaySilent()),
        (JOIN, Press("1")),
        (CALL, CallGoes("machine")),
        (CALL, HangUp()),
        (CALL, Press("1")),
    ],
    ids=str,
)
def test_an_action_that_makes_no_sense_moves_nothing(asked: Ordered, action: Action) -> None:
    clock = Clock(START)
    with pytest.raises(Unsuited):
        Ordering(asked, clock, desk()).event(action)
    assert clock.now == START


def test_the_desk_remembers_how_the_conversation_ended_and_how_long_it_was() -> None:
    clock, here = Clock(START), desk()
    Ordering(WAIT, clock, here).event(AgentAnswers())
    here.join(clock.now)
    clock.pass_time(30)
    event = Ordering(JOIN, clock, here).event(AgentLeaves("accident", after=15))
    assert event == DialEnded(after(45), "completed", 45)
    assert here.answer(HowItEnded("run.2", "run.1")) == ("accident", {"talk_seconds": 45})
    assert here.agent == "agent-1"


@pytest.mark.parametrize(
    ("names", "who", "outcome"),
    [
        (None, {"ring_groups": ["support"]}, "waiting"),
        ((), {"ring_groups": ["support"]}, "no_match"),
        (("sales",), {"ring_groups": ["support"]}, "no_match"),
        (("sales",), {"ring_groups": ["support", "sales"]}, "waiting"),
        (("ann",), {"agents": ["ann"]}, "waiting"),
        (("french",), {"attributes": [{"name": "french"}], "match": "all"}, "waiting"),
        (
            ("french",),
            {"attributes": [{"name": "french"}, {"name": "law"}], "match": "all"},
            "no_match",
        ),
        (
            ("french",),
            {"attributes": [{"name": "french"}, {"name": "law"}], "match": "any"},
            "waiting",
        ),
    ],
    ids=str,
)
def test_who_exists_may_be_said(
    names: tuple[str, ...] | None, who: dict[str, Any], outcome: str
) -> None:
    here = Desk(None if names is None else frozenset(names))
    assert here.answer(EnterQueue("run.1", who, "q", "CA1")) == (outcome, {})


def test_an_estimate_is_unknown_until_it_is_given_and_for_groups_without_agents() -> None:
    asked = EstimateWait("run.1", ("support",))
    known = ("known", {"seconds": 90, "position": 2})
    assert Desk().answer(asked) == ("unknown", {})
    assert Desk(None, 90, 2).answer(asked) == known
    assert Desk(frozenset({"support"}), 90, 2).answer(asked) == known
    assert Desk(frozenset({"sales"}), 90, 2).answer(asked) == ("unknown", {})


def test_the_waiting_room_is_looked_at_when_its_music_ends_and_closes_in_time() -> None:
    room = Room(ENTER, START)
    hold, music = Say("Hold.", "en-US"), Music("hold", 30)
    assert room.due == START
    assert room.look(START, lambda: [hold, music]) == [hold, music]
    assert (room.due, room.keys) == (after(30), False)
    assert room.place(after(30), 2, None).heard == 0
    assert room.look(after(30), lambda: [Collect((music,))]) == ()
    assert (room.due, room.keys) == (after(60), True)
    assert room.look(after(60), lambda: [Collect((hold, music))]) == [hold, music]
    assert room.due == room.ends == after(90)


@pytest.mark.parametrize(
    ("line", "asked", "action"),
    [
        ("agent", WAIT, AgentAnswers()),
        ("Agent answers", WAIT, AgentAnswers()),
        ("agent Ann", WAIT, AgentAnswers("Ann")),
        ("agent leaves", JOIN, AgentLeaves()),
        ("agent leaves 3m", JOIN, AgentLeaves("finished", 180)),
        ("agent drops after 20s", JOIN, AgentLeaves("accident", 20)),
        ("nobody answers", WAIT, NobodyComes()),
        ("no match", WAIT, NobodyComes("no_match")),
        ("1", WAIT, Press("1")),
        ("answered", CALL, CallGoes("answered")),
        ("machine", CALL, CallGoes("machine")),
        ("no answer", CALL, CallGoes("no_answer")),
        ("invalid number", CALL, CallGoes("invalid_number")),
    ],
)
def test_typed_lines(line: str, asked: Asked, action: Action) -> None:
    assert typed(line, asked) == action


class Calling(Component):
    """Places a call, as `make_call` will."""

    EXITS: ClassVar[tuple[str, ...]] = ("answered", "machine", "busy")

    component: Literal["calling"] = "calling"
    detect: bool = False

    def start(self, context: Context) -> Wait:
        order = PlaceCall(
            context.effect_id(), "+15550100009", "+15550100001", machine_detection=self.detect
        )
        return Wait((), {"rings": False}, orders=(order,), hears=order.id)

    def resume(self, context: Context, event: Event) -> Outcome:
        match event:
            case PickedUp(call=call, answered_by=by):
                word = "machine" if by.startswith("machine") else "answered"
                return Leave(word, changes={"live": True, "call": dict(call)})
            case _:
                return Leave("busy")


def notice(*, detect: bool = False) -> Flow:
    """An API flow that calls somebody and asks a question."""
    exits = {"answered": "ask", "machine": "say", "busy": "note"}
    steps: dict[str, Component] = {
        "call": Calling(exits=exits, detect=detect),
        "ask": menu({"one": "end", "two": "end"}),
        "say": step_of("play", {"done": "end"}, message="Call us back on {{ call.from }}."),
        "note": step_of("set_variables", {"done": "end"}, values={"n": "nobody"}),
        "end": step_of("end"),
    }
    return flow_of(steps, type="api_request", variables={"n": "string"})


def played(flow: Flow, talk: list[Any], ends: Any = "completed", **fields: Any) -> Played:
    """Play a dialogue."""
    given = {"name": "x", "talk": talk, "ends": ends, **fields}
    return play(Dialogue.model_validate(given), flow)


@pytest.mark.parametrize(
    ("detect", "talk", "visits"),
    [
        (False, [{"call": "answered"}, {"press": "1"}], ["call", "ask", "end"]),
        (True, [{"call": "answered"}, {"press": "1"}], ["call", "ask", "end"]),
        (True, [{"call": "machine"}, {"expect": "back on +15550100001"}], ["say", "end"]),
        (False, [{"call": "busy"}], ["call", "note", "end"]),
        (False, [{"call": "no answer"}], ["note"]),
        (False, ["silence"], ["note"]),
    ],
    ids=str,
)
def test_an_api_flow_begins_without_a_call_and_places_one(
    detect: bool,  # noqa: FBT001  a parametrized value
    talk: list[Any],
    visits: list[str],
) -> None:
    found = played(notice(detect=detect), talk, {"outcome": "completed", "visits": visits})
    assert found.failure is None, found.failure
    assert "    [calling +15550100009 for 30 s, showing +15550100001]" in found.transcript


def test_who_answered_a_placed_call_may_hang_up_but_nobody_else() -> None:
    assert played(notice(), [{"call": "answered"}, "hangup"], "hung_up").failure is None
    failure = played(notice(), ["hangup"]).failure
    assert "nobody is on the line yet" in str(failure)


QUEUE = """\
linewalk: 1
flow: it
type: incoming_call
start: a
steps:
  a:
    component: assign_and_dial
    ring_groups: [support]
    max_wait: 1m
    exits: {no_match: end, timeout: end, no_answer: end, error: end}
  end:
    component: end
"""


@pytest.mark.parametrize(
    ("talk", "told"),
    [
        ([{"agent": {"after": "61s"}}], "the wait was over before an agent answered"),
        ([{"agent": "leaves"}], "the caller waits for an agent"),
        ([{"press": 1}], "no keys are taken while the caller waits here"),
        ([{"agent": "answers"}, {"agent": "answers"}], "the caller speaks with agent-1"),
        ([{"call": "busy"}], "the caller waits for an agent"),
    ],
    ids=str,
)
def test_a_line_that_makes_no_sense_fails_the_dialogue(talk: list[Any], told: str) -> None:
    assert told in str(played(load(QUEUE), talk).failure)


def test_the_script_may_answer_for_the_desk() -> None:
    flow = load(QUEUE)
    nobody = [{"step": "a", "outcome": "no_match"}]
    assert played(flow, [], {"visits": ["a", "end"]}, effects=nobody).failure is None
    broken = [{"step": "a", "outcome": "waiting"}, {"step": "a", "outcome": "accident"}]
    talk = [{"agent": "answers"}, {"agent": "leaves"}, {"agent": "no_answer"}]
    found = played(flow, talk, {"outcome": "completed"}, effects=broken)
    assert found.failure is None, found.failure
    assert "    [HowItEnded → accident, as scripted]" in found.transcript
    assert "  » agent no_answer" in found.transcript


def test_the_estimate_is_told_to_those_who_wait_too() -> None:
    flow = load(QUEUE.replace("max_wait: 1m", "announce: estimated_wait"))
    talk = [{"expect": "The estimated wait is 3 minutes."}, {"wait": "1m"}]
    again = [{"expect": "The estimated wait is 3 minutes."}, "hangup"]
    assert played(flow, talk + again, "abandoned", estimate="150s").failure is None
    unknown = [{"expect": {"not": "The estimated wait"}}]
    assert played(flow, unknown, {"at-step": "a"}).failure is None


def test_a_module_may_wait_for_an_agent() -> None:
    head = QUEUE.replace("incoming_call", "module\nexits: [served, alone]")
    back = (
        "  served: {component: return, exit: served}\n  alone: {component: return, exit: alone}\n"
    )
    exits = "{call_finished: served, no_match: alone, timeout: alone, no_answer: alone}"
    document = head.replace("  end:\n    component: end\n", back)
    flow = load(
        document.replace("{no_match: end, timeout: end, no_answer: end, error: end}", exits)
    )
    served = [{"agent": {"after": "5s"}}, {"agent": {"does": "leaves", "after": "9s"}}]
    assert played(flow, served, "served").failure is None
    assert played(flow, [{"wait": "1m"}], "alone").failure is None


def test_what_was_waited_and_talked_is_stored() -> None:
    steps: dict[str, Component] = {
        "a": step_of("assign_and_dial", {"call_finished": "say", "out": "say"}, agents=["ann"]),
        "say": step_of(
            "play",
            {"done": "end"},
            message="{{ steps.a.agent }}, {{ steps.a.wait_seconds }}, {{ steps.a.talk_seconds }}.",
        ),
        "end": step_of("end"),
    }
    talk = [
        {"agent": {"after": "40s"}},
        {"wait": "1m"},
        {"agent": {"does": "leaves", "after": "20s"}},
        {"expect": "ann, 40, 80."},
    ]
    assert played(flow_of(steps), talk).failure is None
