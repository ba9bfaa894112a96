"""Effects: who does them, who takes over, and what a late answer may still change."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from flow.effects import HttpRequest, StartTimer
from flow.events import HungUp
from flow.instructions import Enqueue, Say
from flow.ledger import Unavailable
from runner.effects import MOST_ATTEMPTS
from runner.vault import Vault
from runner.walker import Walked, pack, unpack
from store.schema import outbox
from tests.runner.walks import NOON, SECOND, Gate, Town

KEYED = {"Idempotency-Key": "anything"}
LEASE = 5 + 7
"""Seconds: the step's own time-out and the grace."""


def item(town: Town, effect: str) -> Any:
    """The outbox row of an effect."""
    query = sa.select(outbox).where(outbox.c.id == effect)
    with town.database.read() as connection:
        return connection.execute(query).one()


def test_an_effect_is_noted_with_a_lease_and_a_job_that_looks_after_it(town: Town) -> None:
    town.publish()
    walked, effect = town.call(town.process("web-1"))
    row = item(town, effect.id)
    assert (row.owner, row.state, row.execution, row.resend) == (
        "web-1",
        "ready",
        walked.run.id,
        True,
    )
    assert (row.lease - NOON).total_seconds() == LEASE
    assert b"api.example" not in row.payload
    job = ("deliver", f"deliver-{effect.id}-1", {"item": effect.id}, LEASE + 1)
    assert town.asked.jobs == [job]


def test_a_timer_is_a_job_and_no_outbox_row(town: Town) -> None:
    town.publish()
    effects = town.process("web-1")
    walked, _ = town.call(effects)
    timer = StartTimer("t-1", NOON.replace(hour=13))
    timed = Walked(walked.run, walked.execution, effect=timer)
    with town.store.work() as work:
        assert effects.note(work, timed, NOON) == []
    assert town.asked.jobs[-1] == (
        "timer",
        "timer-t-1",
        {"execution": walked.run.id, "timer": "t-1"},
        3600,
    )
    assert effects.begin(timed) is None


def test_the_process_that_sends_delivers(town: Town) -> None:
    town.publish()
    effects = town.process("web-1")
    walked, effect = town.call(effects)
    done = effects.begin(walked)
    assert done is not None
    done.result(20)
    assert [request.url for request in town.world.sent] == ["https://api.example/first"]
    assert town.left() == [("ask", "success"), ("next", "done"), ("end", "end")] or town.left()[
        0
    ] == ("ask", "success")
    assert item(town, effect.id).state == "done"
    assert "fine" in town.run().undelivered
    town.clock.forward(1000)
    assert effects.sweep() == 0
    assert effects.take_over(effect.id) == "gone"


def test_a_chain_of_requests_is_walked_to_its_end(town: Town) -> None:
    town.publish(then=SECOND)
    effects = town.process("web-1")
    walked, _effect = town.call(effects)
    done = effects.begin(walked)
    assert done is not None
    done.result(20)
    assert [request.url[-6:] for request in town.world.sent] == ["/first", "second"]
    assert town.left()[:2] == [("ask", "success"), ("next", "success")]
    assert [item(town, request.id).state for request in town.world.sent] == ["done", "done"]
    assert len(set(town.asked.keys("deliver"))) == 2


@pytest.mark.parametrize(
    ("method", "headers", "sent", "exit_", "done"),
    [
        ("GET", {}, 1, "success", "repeated"),
        ("HEAD", {}, 1, "success", "repeated"),
        ("PUT", {}, 1, "success", "repeated"),
        ("DELETE", {}, 1, "success", "repeated"),
        ("POST", {}, 0, "timeout", "given up"),
        ("PATCH", {}, 0, "timeout", "given up"),
        ("POST", KEYED, 1, "success", "repeated"),
    ],
)
def test_an_effect_of_a_dead_process_is_taken_over_after_its_lease(
    town: Town, method: str, headers: Mapping[str, str], sent: int, exit_: str, done: str
) -> None:
    """Design, section 4.2: only what may be sent twice is sent again."""
    town.publish(method, headers=headers)
    _, effect = town.call(town.process("web-1"))
    worker = town.process("worker-1")
    town.clock.forward(LEASE - 0.1)
    assert (worker.sweep(), worker.take_over(effect.id)) == (0, "gone")
    town.clock.forward(0.2)
    assert worker.take_over(effect.id) == done
    assert len(town.world.sent) == sent
    assert town.left()[0] == ("ask", exit_)
    assert worker.take_over(effect.id) == "gone"


def test_a_repeated_request_has_the_same_id(town: Town) -> None:
    town.publish("POST", headers=KEYED)
    effects = town.process("web-1")
    _, effect = town.call(effects)
    town.clock.forward(LEASE + 1)
    town.process("worker-1").take_over(effect.id)
    assert [request.id for request in town.world.sent] == [effect.id]


def test_a_sweep_takes_over_all_that_lies(town: Town) -> None:
    town.publish()
    effects = town.process("web-1")
    for number in range(6):
        town.call(effects, f"e{number}")
    town.clock.forward(LEASE + 1)
    assert town.process("worker-1").sweep() == 6
    assert len(town.world.sent) == 6
    assert all(town.left(f"e{number}")[0] == ("ask", "success") for number in range(6))


def test_of_many_who_take_over_one_does_it(town: Town) -> None:
    town.publish()
    _, effect = town.call(town.process("web-1"))
    town.clock.forward(LEASE + 1)
    workers = [town.process(f"worker-{number}") for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(lambda worker: worker.take_over(effect.id), workers))
    assert sorted(done) == ["gone"] * 5 + ["repeated"]
    assert len(town.world.sent) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_late_answer_of_a_process_thought_dead_changes_nothing(town: Town, method: str) -> None:
    town.publish(method)
    gate = Gate("failed")
    town.world.answer = gate
    zombie = town.process("web-1")
    walked, effect = town.call(zombie)
    late = zombie.begin(walked)
    assert late is not None
    assert gate.reached.wait(20)
    town.clock.forward(LEASE + 1)
    town.world.answer = lambda _: ("success", {"status": 200})
    town.process("worker-1").take_over(effect.id)
    before, after_take_over = town.left(), town.run()
    gate.open.set()
    late.result(20)
    assert town.left() == before
    assert town.run() == after_take_over
    assert before[0] == ("ask", "success" if method == "GET" else "timeout")


def test_the_answer_of_the_first_sender_counts_while_the_second_still_asks(town: Town) -> None:
    """The owner was only slow: its answer comes before that of whoever took over."""
    town.publish()
    first, second = Gate("success"), Gate("failed")
    town.world.answer = first
    slow = town.process("web-1")
    walked, effect = town.call(slow)
    owner = slow.begin(walked)
    assert owner is not None
    assert first.reached.wait(20)
    town.clock.forward(LEASE + 1)
    town.world.answer = second
    with ThreadPoolExecutor(1) as pool:
        taken = pool.submit(town.process("worker-1").take_over, effect.id)
        assert second.reached.wait(20)
        first.open.set()
        owner.result(20)
        second.open.set()
        assert taken.result(20) == "repeated"
    assert town.left()[0] == ("ask", "success")
    assert [step for step, _ in town.left()].count("ask") == 1


def test_a_result_waits_for_a_database_that_is_away(town: Town) -> None:
    town.publish()
    effects = town.process("web-1")
    walked, _effect = town.call(effects)
    town.flaky.failures = 3
    done = effects.begin(walked)
    assert done is not None
    done.result(20)
    assert len(town.world.sent) == 1
    assert town.left()[0] == ("ask", "success")


def test_a_database_that_stays_away_leaves_the_result_to_the_worker(town: Town) -> None:
    town.publish()
    effects = town.process("web-1")
    walked, effect = town.call(effects)
    town.flaky.failures = 5
    done = effects.begin(walked)
    assert done is not None
    done.result(20)
    assert town.run().awaits == effect.id
    town.clock.forward(LEASE + 1)
    assert effects.sweep() == 1
    assert town.left()[0] == ("ask", "success")


def test_a_take_over_without_a_database_is_an_error_for_the_job_to_repeat(town: Town) -> None:
    town.publish()
    _, effect = town.call(town.process("web-1"))
    town.clock.forward(LEASE + 1)
    town.flaky.failures = 1
    worker = town.process("worker-1")
    with pytest.raises(Unavailable):
        worker.take_over(effect.id)
    assert worker.take_over(effect.id) == "repeated"


def test_a_caller_who_hung_up_meanwhile_is_not_brought_back(town: Town) -> None:
    town.publish()
    gate = Gate()
    town.world.answer = gate
    effects = town.process("web-1")
    walked, effect = town.call(effects)
    done = effects.begin(walked)
    assert done is not None
    assert gate.reached.wait(20)
    town.move(HungUp(town.clock()))
    gate.open.set()
    done.result(20)
    after = town.run()
    assert not after.live
    assert after.status == "ended"
    assert item(town, effect.id).state == "done"


def test_an_effect_that_waited_too_long_for_a_thread_is_left_to_the_worker(town: Town) -> None:
    """Begun when its lease may have passed, it could be sent by two."""
    town.publish("POST")
    gate = Gate()
    town.world.answer = gate
    effects = town.process("web-1", threads=1)
    first = effects.begin(town.call(effects, "e1")[0])
    assert gate.reached.wait(20)
    waiting = effects.begin(town.call(effects, "e2")[0])
    town.clock.forward(3)
    gate.open.set()
    assert first is not None
    assert waiting is not None
    first.result(20)
    waiting.result(20)
    assert len(town.world.sent) == 1
    town.clock.forward(LEASE + 1)
    effects.sweep()
    assert len(town.world.sent) == 1
    assert town.left("e2")[0] == ("ask", "timeout")


def test_a_performer_that_crashes_takes_the_error_exit(town: Town) -> None:
    def crash(_: HttpRequest) -> tuple[str, Mapping[str, Any]]:
        raise RuntimeError("what the caller said")

    town.publish()
    town.world.answer = crash
    effects = town.process("web-1")
    done = effects.begin(town.call(effects)[0])
    assert done is not None
    done.result(20)
    assert town.left()[0] == ("ask", "failed")


def test_one_effect_that_cannot_be_read_stops_no_other(town: Town) -> None:
    town.publish()
    effects = town.process("web-1")
    town.call(effects, "e1")
    town.vault = Vault(b"x" * 32)
    other = town.process("web-2")
    _, broken = town.call(other, "e2")
    town.vault = Vault(b"k" * 32)
    town.clock.forward(LEASE + 1)
    assert town.process("worker-1").sweep() == 2
    assert [town.left(name)[0][1] for name in ("e1", "e2")] == ["success", "failed"]
    assert item(town, broken.id).state == "done"


def test_an_effect_that_kills_whoever_tries_it_ends(town: Town) -> None:
    town.publish()
    _, effect = town.call(town.process("web-1"))
    worker = town.process("worker-1")
    for _ in range(MOST_ATTEMPTS):
        town.clock.forward(100)
        with town.store.work() as work:  # a process that claims and dies
            assert work.claim(effect.id, "dying", town.clock(), town.clock())
    town.clock.forward(100)
    assert worker.take_over(effect.id) == "dead"
    assert town.left()[0] == ("ask", "failed")
    assert town.world.sent == []


def test_a_take_over_is_looked_after_too(town: Town) -> None:
    town.publish()
    _, effect = town.call(town.process("web-1"))
    town.clock.forward(LEASE + 1)
    town.process("worker-1").take_over(effect.id)
    assert town.asked.keys("deliver") == [f"deliver-{effect.id}-1", f"deliver-{effect.id}-2"]


@pytest.mark.parametrize("ahead", [-3.0, 3.0])
def test_a_worker_whose_clock_is_off_by_seconds_is_early_or_late_and_nothing_else(
    town: Town, ahead: float
) -> None:
    """The owner's answer is there long before the grace is over, and then nothing is taken."""
    town.publish("POST")
    effects = town.process("web-1")
    walked, effect = town.call(effects)
    town.clock.forward(5 + ahead)  # as the worker sees the moment when the time-out ends
    worker = town.process("worker-1")
    assert worker.take_over(effect.id) == "gone"
    town.clock.forward(-5 - ahead)
    done = effects.begin(walked)
    assert done is not None
    done.result(20)
    assert town.left()[0] == ("ask", "success")


def test_an_event_for_nobody_is_nothing(town: Town) -> None:
    town.publish()
    assert town.process("web-1").wake("no-such-run", HungUp(NOON)) is None


def test_a_room_that_nobody_was_sent_into_yet_is_entered_no_more(town: Town) -> None:
    """The walk moved on before its caller was told to wait: what follows would not be heard."""
    town.publish()
    effects = town.process("web-1")
    walked, _ = town.call(effects)
    hold, gone = Say("hold", "en-US"), Say("gone", "en-US")
    run = town.run()
    run.undelivered = pack((hold, Enqueue("support")))
    with town.store.work() as work:
        effects.keep(work, Walked(run, walked.execution, (gone,)))
    assert unpack(town.run().undelivered) == (hold, gone)
