"""Events: written with what they tell of, numbered and in order, for those who subscribe."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from desk.assignments import Assignment
from desk.changes import Changes
from desk.queue import Waiting
from desk.subscriptions import EVENTS, Backlog, Parcel, Subscription
from desk.who import Who
from flow.effects import KeepRecording, ReportLabel, SurveyAnswer
from flow.ledger import Call, Recording, Saved
from store.errors import Conflict
from tests.store.builders import MINUTE, NOON, a_run, a_turn, an_entry, at_once, begin
from tests.store.conftest import AnyStore
from tests.store.writing import a_message, a_thread

LEASE, DAY = timedelta(seconds=30), timedelta(hours=24)
ALL = Subscription("s1", "https://crm.example.com/ö", list(EVENTS), b"\x00sealed", NOON)
SOME = replace(ALL, id="s2", events=["survey.answered"], created=NOON + MINUTE)
ANSWER = SurveyAnswer("csat", "rate", "How was it?", "rating", "csat", "4", 4.0, "ann", "support")
STATE = '{"call":{"from":"+15550101234","to":"+15550100001","other":"x"}}'


@pytest.fixture
def heard(store: AnyStore) -> AnyStore:
    store.subscriptions.add(ALL)
    return store


def claim(store: AnyStore, at: datetime = NOON + MINUTE, whose: str = "s1") -> Parcel | None:
    return store.deliveries.claim(whose, at, at + LEASE, at + DAY)


def take(store: AnyStore, at: datetime = NOON + MINUTE, whose: str = "s1") -> Parcel:
    parcel = claim(store, at, whose)
    assert parcel is not None
    return parcel


def sent(store: AnyStore, whose: str = "s1", at: datetime = NOON + MINUTE) -> list[tuple[Any, ...]]:
    """Deliver everything that can be; order numbers and names."""
    found = []
    while parcel := claim(store, at, whose):
        assert store.deliveries.settle(parcel.delivery, "done", at, 204, "")
        found.append((parcel.delivery.number, parcel.event.name))
    return found


def write(store: AnyStore, **saved: Any) -> None:
    run = saved.pop("run", None) or a_run(state=STATE, call="CA1")
    with store.work() as work:
        work.save(Saved(run, **saved))


def a_call(store: AnyStore, **more: Any) -> None:
    write(store, new=True, answered=True, **more)


def test_subscriptions_are_kept_as_they_are(store: AnyStore) -> None:
    for subscription in (SOME, ALL):
        store.subscriptions.add(subscription)
    assert store.subscriptions.all() == [ALL, SOME]
    assert store.subscriptions.find("s2") == SOME
    assert store.subscriptions.find("s3") is None
    with pytest.raises(Conflict):
        store.subscriptions.add(ALL)


def test_one_is_paused_and_resumed_once(heard: AnyStore) -> None:
    shelf = heard.subscriptions
    assert not shelf.resume("s1", NOON)
    assert shelf.pause("s1", NOON, "by hand")
    assert not shelf.pause("s1", NOON + MINUTE, "again")
    assert shelf.find("s1") == replace(ALL, paused=NOON, reason="by hand")
    assert shelf.resume("s1", NOON)
    assert shelf.find("s1") == ALL
    assert not shelf.pause("s9", NOON, "")


def test_failures_are_counted_from_the_first(heard: AnyStore) -> None:
    shelf = heard.subscriptions
    shelf.failed("s1", NOON)
    known = shelf.failed("s1", NOON + MINUTE)
    assert known == replace(ALL, failures=2, failing_since=NOON)
    assert known is not None
    assert known.is_hopeless(NOON + DAY)
    assert not known.is_hopeless(NOON + DAY - MINUTE)
    shelf.succeeded("s1")
    assert shelf.find("s1") == ALL
    assert shelf.failed("s9", NOON) is None


def test_nothing_is_written_when_nobody_subscribes(store: AnyStore) -> None:
    a_call(store)
    store.subscriptions.add(ALL)
    assert store.deliveries.due(NOON + MINUTE) == {}
    assert sent(store) == []


def test_a_whole_call_is_told_in_order(heard: AnyStore) -> None:
    run = a_run(state=STATE, call="CA1", contact="c7")
    write(heard, run=run, new=True, answered=True)
    write(heard, run=replace(run, moves=2), facts=[ANSWER, ReportLabel("kpi", 1.0), ANSWER])
    write(heard, run=replace(run, moves=3, ended=NOON + MINUTE, outcome="completed"))
    names = [
        "interaction.started", "call.answered", "survey.answered", "survey.answered",
        "interaction.ended",
    ]  # fmt: skip
    assert sent(heard) == list(enumerate(names, 1))


def test_what_is_told(heard: AnyStore) -> None:
    ended = a_run(state=STATE, call="CA1", contact="c7", ended=NOON + MINUTE, outcome="completed")
    write(heard, run=ended, new=True, answered=True, facts=[ANSWER])
    found: list[Any] = []
    while parcel := claim(heard):
        heard.deliveries.settle(parcel.delivery, "done", NOON, 200, "")
        found.append(parcel.event)
    assert [dict(event.data) for event in found] == [
        {"type": "incoming_call", "flow_version_id": "v1", "contact_id": "c7"},
        {"call_id": "CA1", "direction": "inbound", "from": "+15550101234", "to": "+15550100001"},
        {
            "survey": "csat", "step": "rate", "question": "How was it?", "kind": "rating",
            "metric": "csat", "answer": "4", "score": 4.0, "agent": "ann", "queue": "support",
        },
        {"outcome": "completed", "started_at": NOON.isoformat(), "seconds": 60},
    ]  # fmt: skip
    assert {(event.interaction, event.execution, event.flow) for event in found} == {
        ("i1", "e1", "support")
    }
    assert [event.at for event in found] == [NOON, NOON, NOON, NOON + MINUTE]


def test_a_recording_is_told_once_it_is_ours(heard: AnyStore) -> None:
    begin(heard)
    recording = Recording("RE1", "ready", NOON, "CA1", "e1", "note", "voicemail", 7)
    for state in ("ready", "kept", "kept"):
        with heard.work() as work:
            work.keep_recording(replace(recording, state=state, sha256="ab"))
    fact = KeepRecording("RE1", "voicemail", "note", 7)
    write(heard, run=a_run(moves=2), facts=[fact])
    assert sent(heard) == [(1, "interaction.started"), (2, "recording.ready")]


def test_a_recording_of_no_interaction_is_not_told(heard: AnyStore) -> None:
    with heard.work() as work:
        work.keep_recording(Recording("RE1", "kept", NOON))
        work.keep_recording(Recording("RE2", "kept", NOON, execution="e9"))
    assert sent(heard) == []


def test_an_agent_is_told_of_from_the_assignment_to_its_end(heard: AnyStore) -> None:
    begin(heard)
    served = Assignment("a1", "e1.1", "ann", NOON)
    left = replace(served, ended=NOON + MINUTE, how="finished")
    for version, assignment in enumerate((served, served, left), 1):
        with heard.work() as work:
            work.open_desk()
            work.keep_desk(Changes(version, assignments=[assignment]))
    first, second, third = take(heard), None, None
    heard.deliveries.settle(first.delivery, "done", NOON, 200, "")
    second = take(heard)
    heard.deliveries.settle(second.delivery, "done", NOON, 200, "")
    third = take(heard)
    assert (second.event.name, third.event.name) == ("call.assigned", "agent.left")
    assert second.event.data == {"assignment_id": "a1", "agent": "ann"}
    assert third.event.data["how"] == "finished"
    assert third.event.data["talk_seconds"] == 60


def test_a_conversation_by_messages_is_told_in_order(heard: AnyStore) -> None:
    place = Waiting("e1.1", Who(agents=("ann",)), NOON, inbox=True, conversation="c1")
    served = Assignment("a1", "e1.1", "ann", NOON, conversation="c1")
    coming = replace(a_message("m1"), direction="in", author="contact", state="received")
    with heard.work() as work:
        work.keep_conversation(a_thread(execution="e1"))
        work.keep_message(coming)
        work.save(Saved(a_run(), new=True))
    changes: list[Any] = [{"waiting": [place]}, {"waiting": [replace(place, priority=1)]}]
    changes += [{"assignments": [served]}]
    for version, change in enumerate(changes, 1):
        with heard.work() as work:
            work.open_desk()
            work.keep_desk(Changes(version, **change))
    with heard.work() as work:
        work.keep_message(replace(coming, taken=True, version=2))
        work.keep_message(a_message("m2", 2))
        work.keep_message(replace(coming, id="m3", number=3))
    found: list[Any] = []
    while parcel := claim(heard):
        heard.deliveries.settle(parcel.delivery, "done", NOON, 200, "")
        found.append((parcel.delivery.number, parcel.event.name, dict(parcel.event.data)))
        assert (parcel.event.interaction, parcel.event.execution) == ("i1", "e1")
    message = {"conversation_id": "c1", "channel": "sms"}
    assert found[1:] == [
        (2, "message.received", {**message, "message_id": "m1", "number": 1}),
        (3, "conversation.waiting", {"conversation_id": "c1", "offer": "inbox", "priority": 5}),
        (
            4,
            "conversation.assigned",
            {"assignment_id": "a1", "agent": "ann", "conversation_id": "c1"},
        ),
        (5, "message.received", {**message, "message_id": "m3", "number": 3}),
    ]
    assert found[0][:2] == (1, "interaction.started")


def test_a_message_in_a_conversation_without_a_walk_is_not_told(heard: AnyStore) -> None:
    with heard.work() as work:
        work.keep_conversation(a_thread())
        work.keep_message(replace(a_message("m1"), direction="in"))
    assert sent(heard) == []


def test_each_hears_only_what_it_asked_for(heard: AnyStore) -> None:
    heard.subscriptions.add(SOME)
    a_call(heard, facts=[ANSWER])
    assert heard.deliveries.due(NOON) == {"s1": 1, "s2": 1}
    assert sent(heard, "s2") == [(1, "survey.answered")]
    assert [number for number, _ in sent(heard)] == [1, 2, 3]


def test_an_event_nobody_wants_is_not_kept(store: AnyStore) -> None:
    store.subscriptions.add(SOME)
    a_call(store)
    assert store.deliveries.forget(NOON + DAY, NOON + DAY) == 0


def test_what_is_told_is_not_written_the_short_way(heard: AnyStore) -> None:
    call = Call("CA1", "ringing", NOON, "e1")
    run = a_run(call="CA1")
    assert not heard.admit(Saved(run, True, a_turn("start")), call)
    begin(heard)
    moved = replace(run, token="t2", moves=1)
    assert not heard.swap(Saved(moved, turn=a_turn(), answered=True), "t1", 0)
    assert not heard.swap(Saved(replace(moved, ended=NOON), turn=a_turn()), "t1", 0)
    assert heard.swap(Saved(moved, turn=a_turn(), history=[an_entry()]), "t1", 0)


def test_an_event_falls_with_its_transaction(heard: AnyStore) -> None:
    def fail() -> None:
        with heard.work() as work:
            work.save(Saved(a_run(), new=True))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert sent(heard) == []


def test_one_line_moves_one_by_one_and_lines_do_not_wait_for_each_other(heard: AnyStore) -> None:
    a_call(heard)
    write(heard, run=a_run(id="e2", interaction="i2", token="t9"), new=True)
    first, other, soon = take(heard), take(heard), NOON + MINUTE + timedelta(seconds=5)
    assert {first.event.interaction, other.event.interaction} == {"i1", "i2"}
    assert claim(heard) is None
    stuck = next(parcel for parcel in (first, other) if parcel.event.interaction == "i1")
    heard.deliveries.postpone(stuck.delivery, soon, 500, "status 500")
    assert claim(heard) is None
    again = take(heard, soon)
    assert (again.event, again.delivery.attempts) == (stuck.event, 2)
    assert again.delivery.until == stuck.delivery.until
    assert heard.deliveries.settle(again.delivery, "dead", NOON, 500, "status 500")
    assert sent(heard, at=soon) == [(2, "call.answered")]
    assert heard.subscriptions.backlogs() == {"s1": Backlog(open=1, dead=1)}


def test_a_claim_lasts_for_its_lease_and_only_the_last_settles(heard: AnyStore) -> None:
    write(heard, new=True)
    lost = take(heard, NOON)
    assert claim(heard, NOON + LEASE - timedelta(seconds=1)) is None
    found = take(heard, NOON + LEASE)
    assert found.event == lost.event
    assert not heard.deliveries.settle(lost.delivery, "done", NOON, 200, "")
    heard.deliveries.postpone(lost.delivery, NOON + DAY, 0, "")
    assert heard.deliveries.settle(found.delivery, "done", NOON, 200, "")
    assert not heard.deliveries.settle(found.delivery, "done", NOON, 200, "")


def test_a_paused_one_gets_everything_later(heard: AnyStore) -> None:
    heard.subscriptions.pause("s1", NOON, "by hand")
    a_call(heard)
    assert heard.deliveries.due(NOON + DAY) == {}
    assert claim(heard) is None
    heard.subscriptions.resume("s1", NOON)
    assert [number for number, _ in sent(heard)] == [1, 2]


def test_redelivery_of_one_event_and_of_all_that_was_given_up(heard: AnyStore) -> None:
    a_call(heard)
    first = take(heard)
    heard.deliveries.settle(first.delivery, "dead", NOON, 0, "refused")
    second = take(heard)
    assert heard.deliveries.redeliver("s9", NOON) == 0
    assert heard.deliveries.redeliver(second.event.id, NOON) == 0  # it is just being sent
    heard.deliveries.settle(second.delivery, "done", NOON, 200, "")
    assert heard.deliveries.redeliver("s1", NOON) == 1
    again = take(heard)
    assert (again.event, again.delivery.attempts) == (first.event, 1)
    assert heard.deliveries.settle(again.delivery, "done", NOON, 200, "")
    assert heard.deliveries.redeliver(second.event.id, NOON) == 1
    assert take(heard).event == second.event


def test_nothing_is_left_of_a_removed_one(heard: AnyStore) -> None:
    a_call(heard)
    assert heard.subscriptions.remove("s1")
    assert not heard.subscriptions.remove("s1")
    assert heard.deliveries.due(NOON + DAY) == {}
    assert heard.subscriptions.backlogs() == {}


def test_only_what_nobody_needs_is_forgotten(heard: AnyStore) -> None:
    ended = a_run(ended=NOON)
    write(heard, run=ended, new=True)
    write(heard, run=a_run(id="e2", interaction="i2", token="t2"), new=True)
    later, never = NOON + DAY, NOON - DAY
    assert heard.deliveries.forget(later, never) == 0  # nobody has them yet
    sent(heard)
    assert heard.deliveries.forget(never, never) == 0
    assert heard.deliveries.forget(later, never) == 2  # the other interaction goes on
    assert heard.deliveries.forget(later, later) == 1
    assert sent(heard) == []


def test_numbers_are_given_once_whoever_writes_at_the_same_time(heard: AnyStore) -> None:
    begin(heard)

    def keep(number: int) -> None:
        with heard.work() as work:
            work.keep_recording(Recording(f"RE{number}", "kept", NOON, execution="e1"))

    assert at_once(8, keep) == [None] * 8
    assert [number for number, _ in sent(heard)] == list(range(1, 10))


def test_what_is_due_is_claimed_once(heard: AnyStore) -> None:
    for number in range(4):
        run = a_run(id=f"e{number}", interaction=f"i{number}", token=f"t{number}")
        write(heard, run=run, new=True)
    claimed = at_once(8, lambda _: claim(heard))
    events = [parcel.event.id for parcel in claimed if parcel is not None]
    assert sorted(events) == sorted(set(events))
    while parcel := claim(heard):
        events.append(parcel.event.id)
    assert len(events) == len(set(events)) == 4
