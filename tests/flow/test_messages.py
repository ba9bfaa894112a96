"""The engine in a conversation by messages: what is read when, what time does, how it ends."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from flow import values
from flow.component import Component
from flow.effects import Drop, EnterQueue, SendMessage
from flow.engine import advance
from flow.events import EffectDone, Event, HungUp, MessageIn, News, TimerFired
from flow.flow import Flow
from flow.instructions import Apologise
from flow.step import Step
from tests.flow.building import AT, flow_of, menu, started, step_of, through_json

LATER = AT + timedelta(minutes=5)
ENDED = dict.fromkeys(("sent", "failed", "opted_out"), "end")
HELLO: Mapping[str, Any] = {"text": "Hello", "from": "+15550100002"}
ANN = {"assignment": "as-1", "agent": "ann", "wait_seconds": 9}


def talk(steps: dict[str, Component], **given: Any) -> tuple[Flow, Step]:
    """Begin a conversation."""
    flow = flow_of({**steps, "end": step_of("end")}, type="incoming_message")
    run = {
        "type": "incoming_message",
        "live": False,
        "conversation": "c-1",
        "channel": {"type": "sms", "address": "us"},
        "message": dict(HELLO),
        **given,
    }
    return flow, started(flow, **run)


def on(flow: Flow, step: Step, *events: Event) -> Step:
    """Go on from a saved run, event by event."""
    for event in events:
        step = advance(flow, through_json(step.execution), event)
    return step


def sent(step: Step) -> EffectDone:
    """The effect that is awaited was done."""
    return EffectDone(LATER, step.execution.awaits, "sent")


def asks(**more: Any) -> Component:
    """A question with the exits that every test connects."""
    exits = {"replied": "tell", "invalid": "end", "timeout": "end"}
    return step_of("ask", exits, message="Well?", **more)


def tells(text: str) -> Component:
    return step_of("send_message", ENDED, message=text)


def test_templates_see_the_message_that_began_it_and_then_the_last_one() -> None:
    flow, step = talk(
        {
            "first": step_of(
                "send_message", {**ENDED, "sent": "ask"}, message="{{ message.text }}!"
            ),
            "ask": asks(),
            "tell": tells("{{ message.text }}?"),
        }
    )
    assert [e.text for e in step.effects if isinstance(e, SendMessage)] == ["Hello!"]
    step = on(flow, step, sent(step))
    step = on(flow, step, sent(step))
    step = on(flow, step, MessageIn(LATER, "Bye", message={"text": "Bye"}))
    assert [e.text for e in step.effects if isinstance(e, SendMessage)] == ["Bye?"]
    assert step.execution.message == {"text": "Bye"}


def test_a_message_is_read_only_where_one_is_awaited() -> None:
    flow, step = talk({"ask": asks(), "tell": tells("x")})
    early = MessageIn(LATER, "early")
    assert not on(flow, step, early).moved, "the question has not left yet"
    waits = on(flow, step, sent(step))
    assert on(flow, waits, early).moved
    over = on(flow, waits, TimerFired(LATER, waits.execution.timer))
    assert (over.execution.status, on(flow, over, early).moved) == ("ended", False)


def test_a_call_that_goes_on_is_not_disturbed_by_a_message() -> None:
    flow, step = talk({"which": menu({"one": "end"})}, live=True, type="api_request")
    assert not on(flow, step, MessageIn(LATER, "1")).moved
    assert on(flow, step, HungUp(LATER)).execution.outcome == "hung_up"


def test_what_waits_for_others_does_not_read() -> None:
    call = step_of(
        "make_call",
        dict.fromkeys(
            ("answered", "busy", "no_answer", "invalid_number", "refused", "failed"), "end"
        ),
        to="+15550100009",
    )
    flow, step = talk({"call": call}, type="api_request")
    allowed = EffectDone(LATER, "run.1", "allowed", {"targets": ["+15550100009"], "caller_id": ""})
    waits = on(flow, step, allowed)
    assert (waits.execution.status, waits.execution.awaits) == ("waiting", "")
    assert not on(flow, waits, MessageIn(LATER, "Hello?")).moved


def test_a_question_is_asked_by_message_inside_a_module_too() -> None:
    module = flow_of(
        {
            "in": step_of(
                "ask", dict.fromkeys(("replied", "invalid", "timeout"), "out"), message="Well?"
            ),
            "out": step_of("return", exit="done"),
        },
        slug="m",
        type="module",
        exits=("done",),
    )
    flow, _ = talk({"enter": step_of("run_module", {"done": "end"}, module="m")})
    flow = flow.with_modules({"m@latest": module})
    step = started(flow, live=False, conversation="c-1", type="incoming_message")
    step = on(flow, step, sent(step))
    step = on(flow, step, MessageIn(LATER, "so"))
    assert step.execution.outcome == "completed"


def test_the_written_apology_ends_a_conversation_that_cannot_go_on() -> None:
    flow, step = talk({"ask": asks().model_copy(update={"exits": {"timeout": "end"}})})
    over = on(flow, on(flow, step, sent(step)), MessageIn(LATER, "so"))
    assert over.instructions == (Apologise("en-US"),)
    assert (over.execution.status, over.execution.outcome) == ("ended", "error")


def test_only_closing_takes_a_conversation_from_its_agent() -> None:
    exits = {"assigned": "ask", "conversation_closed": "tell"}
    agents = step_of("assign_agents", exits, ring_groups=["a"])
    steps = {"it": agents, "ask": asks(), "tell": tells("x")}
    flow, step = talk(
        {
            **steps,
            "ask": asks().model_copy(update={"exits": {"replied": "shut", "timeout": "end"}}),
            "shut": step_of("close_conversation"),
        }
    )
    step = on(
        flow, step, EffectDone(LATER, "run.1", "waiting"), News(LATER, "run.1", "assigned", ANN)
    )
    asked = on(flow, step, sent(step))
    left = News(LATER, "run.1", "agent_left", last=True)
    assert not on(flow, asked, left).moved, "it waits until the branch has ended"
    closed = on(flow, asked, MessageIn(LATER, "close it"))
    assert (closed.execution.outcome, closed.effects) == ("closed", [Drop("run.1")])
    back = on(flow, asked, TimerFired(LATER, asked.execution.timer))
    assert (back.execution.status, back.execution.hears, back.execution.timer) == (
        "waiting",
        "run.1",
        "",
    )
    after = on(flow, back, left)
    assert [e for e in after.effects if isinstance(e, SendMessage)]


NAMES = st.sampled_from(["it", "ask", "which", "tell", "end"])
ALL = (
    "replied",
    "invalid",
    "timeout",
    "one",
    "two",
    "sent",
    "failed",
    "opted_out",
    "assigned",
    "no_match",
    "conversation_closed",
    "error",
)


def _steps(to: dict[str, str]) -> dict[str, Component]:
    return {
        "it": step_of("assign_agents", to, ring_groups=["a"], message="{{ message.text }}"),
        "ask": step_of("ask", to, message="?", validate="number", tries=2),
        "which": menu(to),
        "tell": step_of("send_message", to, message="{{ steps.ask.text }}."),
    }


FLOWS = st.dictionaries(st.sampled_from(ALL), NAMES, min_size=6).map(_steps)
LATE = st.sampled_from(["", "", "", "run.1", "run.2", "run.9"])
NEXT: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        EffectDone,
        st.just(AT),
        LATE,
        st.sampled_from(["sent", "waiting", "failed", "no_match", "opted_out", "odd"]),
    ),
    st.builds(EffectDone, st.just(AT), LATE, st.just("sent")),
    st.builds(
        MessageIn, st.just(AT), st.sampled_from(["1", "two", "", "7"]), st.sampled_from(["", "one"])
    ),
    st.builds(TimerFired, st.just(AT), LATE),
    st.builds(News, st.just(AT), LATE, st.just("assigned"), st.just(ANN)),
    st.builds(
        News,
        st.just(AT),
        LATE,
        st.sampled_from(["agent_left", "timeout", "no_match"]),
        last=st.just(True),
    ),
)


def _aimed(event: Event, step: Step) -> Event:
    run = step.execution
    match event:
        case EffectDone(effect=""):
            return EffectDone(event.at, run.awaits, event.outcome)
        case News(effect=""):
            return News(event.at, run.hears, event.word, event.result, event.last)
        case TimerFired(timer=""):
            return TimerFired(event.at, run.timer)
        case _:
            return event


@settings(max_examples=200, deadline=None)
@given(FLOWS, st.lists(NEXT, max_size=12))
def test_no_events_in_any_order_harm_a_conversation(
    steps: dict[str, Component], events: list[Event]
) -> None:
    flow, step = talk(steps)
    ordered, dropped = set(), set()
    for event in [None, *events]:
        if event is not None:
            given_ = values.from_json(values.to_json(_aimed(event, step)))
            step = advance(flow, through_json(step.execution), given_)
        assert step.crash is None, step.crash
        ordered |= {e.id for e in step.effects if isinstance(e, EnterQueue)}
        dropped |= {e.order for e in step.effects if isinstance(e, Drop)}
        run = step.execution
        kept = {run.hears, run.later.get("hears", "")} - {""}
        assert kept <= ordered - dropped, "what it listens to was ordered, and is not given up"
        if run.status == "waiting":
            assert run.awaits or run.timer or run.hears, "something can always happen"
