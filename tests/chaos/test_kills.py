"""kill -9 of every process, at any moment, under load: nothing acknowledged is lost or doubled."""

import contextlib
import os
import random
import threading
import time
from dataclasses import dataclass, field

import pytest

from tests.support.carrier import Call, Carrier, Sent
from tests.support.installation import NUMBER, Installation
from tests.support.servers import Servers
from tests.support.transport import Reply
from tests.support.waiting import wait_until

LONG = bool(os.environ.get("LINEWALK_LONG"))
KILLS = 20 if LONG else 3
CALLERS = 6
PATIENCE = 90.0
pytestmark = [pytest.mark.chaos, pytest.mark.timeout(3_600 if LONG else 240)]

PATHS = {
    "3": [("menu", "rate"), ("survey", "answered"), ("thanks", "done")],
    "1": [("menu", "account"), ("look-up", "success"), ("found", "done")],
    "2": [("menu", "message"), ("voicemail", "recorded"), ("tag", "done")],
    "0": [("menu", "bye"), ("bye", "done"), ("end", "")],
}


@dataclass
class Stubborn(Carrier):
    """Sends until somebody answers: the same request again, then the fallback, and so on.

    `lost` counts the answers that never came.
    """

    lost: int = 0

    def resend(self, request: Sent) -> Reply:
        """Send a request until it is answered."""
        deadline = time.monotonic() + PATIENCE
        turn = 0
        while True:
            turn += 1
            sent = self._fallback(request) if turn % 3 == 0 else request
            try:
                return self.post(sent.url, sent.form, sent.token)
            except OSError:
                self.lost += 1
                assert time.monotonic() < deadline, "nobody answers any more"
                time.sleep(0.05)

    def _fallback(self, request: Sent) -> Sent:
        error = {"ErrorCode": "11205", "ErrorUrl": request.url.partition("#")[0]}
        return Sent(f"{self.base}/ivr/fallback", {**request.form, **error}, request.token)


@dataclass
class Ledger:
    """What one caller did in one call, as far as it was acknowledged."""

    call: Call
    keys: list[str] = field(default_factory=list)
    scores: list[int] = field(default_factory=list)
    recordings: int = 0

    def expected(self) -> list[tuple[str, str]]:
        """The history that must have come of it."""
        return [step for key in self.keys for step in PATHS[key]]


@dataclass
class Caller:
    """Calls again and again until told to stop, and brings the last call to its end."""

    carrier: Stubborn
    order: random.Random
    stop: threading.Event
    ledgers: list[Ledger] = field(default_factory=list)
    problem: BaseException | None = None

    def run(self) -> None:
        """Call until told to stop; what goes wrong is kept for the test."""
        try:
            while not self.stop.is_set():
                self.one()
        except BaseException as problem:  # noqa: BLE001  a thread's error belongs to the test
            self.problem = problem

    def one(self) -> None:
        """One call, from its arrival to its end."""
        call = self.carrier.call(NUMBER)
        call.pause = lambda seconds: time.sleep(seconds / 4)
        ledger = Ledger(call.arrive())
        self.ledgers.append(ledger)
        for key in [*self.order.choices("3312", k=self.order.randint(1, 4)), "0"]:
            call.press(key)
            if key == "3":
                ledger.scores.append(self.order.randint(1, 5))
                call.press(str(ledger.scores[-1]))
            if key == "2":
                call.speak(4)
            ledger.keys.append(key)
        assert call.over
        with contextlib.suppress(OSError):  # reports are best effort
            call.carrier.report(call.report_form("completed"))


def test_kill_9_loses_no_acknowledged_turn_and_doubles_none(
    house: Installation, servers: Servers
) -> None:
    order = random.Random(9)  # noqa: S311  only a shuffle
    stop = threading.Event()
    callers = [Caller(stubborn(servers), random.Random(n), stop) for n in range(CALLERS)]  # noqa: S311  as above
    threads = [threading.Thread(target=caller.run) for caller in callers]
    for thread in threads:
        thread.start()
    try:
        for number in range(KILLS):
            under_load(callers, order)
            if number % 2:
                servers.kill_serving()
            else:
                servers.kill()
            servers.start()
        under_load(callers, order)
    except BaseException:
        print(servers.logs().decode(errors="replace")[-20_000:])  # noqa: T201  shown when it fails
        raise
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert [caller.problem for caller in callers if caller.problem] == []
    assert sum(caller.carrier.lost for caller in callers) > 0, "no request was ever cut off"
    ledgers = [ledger for caller in callers for ledger in caller.ledgers]
    for ledger in ledgers:
        compare(house, ledger)
    assert house.counts()["executions"] == len(ledgers)


def stubborn(servers: Servers) -> Stubborn:
    """A carrier that never gives up."""
    return Stubborn(servers.carrier.transport, servers.base)


def under_load(callers: list[Caller], order: random.Random) -> None:
    """Wait until every caller has got some turns done, and then a random moment."""
    before = [len(caller.ledgers) for caller in callers]

    def moved() -> bool:
        for caller in callers:
            if caller.problem is not None:
                raise caller.problem
        return all(len(one.ledgers) > count for one, count in zip(callers, before, strict=True))

    wait_until(moved, PATIENCE, what="another call of every caller")
    time.sleep(order.random() / 4)


def compare(house: Installation, ledger: Ledger) -> None:
    """The database against what one caller knows."""
    run = house.run(ledger.call)
    steps = [(step.path, step.exit) for step in house.house.past.steps(run.id)]
    assert steps == ledger.expected(), ledger.call.sid
    assert run.status == "ended"
    answers = house.house.past.survey_answers(run.id)
    assert [int(answer.score or 0) for answer in answers] == ledger.scores
    labels = house.house.past.labels(run.id)
    assert [label.value for label in labels] == ["voicemail"] * ledger.keys.count("2")
    kept = {recording.sid for recording in house.house.past.recordings(run.id)}
    assert kept == set(ledger.call.recordings)
    assert all(item.state == "done" for item in house.house.past.outbox(run.id))
