"""Several processes send at once, and the provider fails at random: no message leaves twice."""

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desk.conversations import Conversation, Message, OptOut
from runner.media import MediaShelf
from runner.messages import sending as rules
from runner.messages.channels import ChannelError, Receipt
from runner.messages.threads import Written
from tests.runner.messages.house import OURS, House, Provider
from tests.store.conftest import AnyStore
from tests.support.waiting import wait_until

PEERS = [f"+1555012{number:04}" for number in range(12)]
EACH = 5


@dataclass
class Carrier(Provider):
    """A provider that is asked by many at once: it refuses, loses answers, and keeps a list."""

    per_second: float = 500.0
    dice: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311  what goes wrong in a test
    taken: list[tuple[str, Message]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, message: Message, conversation: Conversation) -> Receipt:
        """Take it, or not; say so, or not."""
        with self.lock:
            throw = self.dice.random()
            if throw < 0.1:
                raise ChannelError("busy", code=20429, retry=True, wait=0.05)
            if throw < 0.2:
                raise ChannelError("not reached", unsure=True)
            sid = f"SM{len(self.taken)}"
            self.taken.append((sid, message))
        time.sleep(self.dice.random() / 100)
        if throw < 0.4:
            raise ChannelError("the answer was lost", code=500 if throw < 0.3 else 0, unsure=True)
        return Receipt(sid, 1)

    def find(self, message: Message) -> Sequence[str]:
        """List what was taken with the same words for the same contact."""
        with self.lock:
            return [sid for sid, each in self.taken if _same(each, message)]

    def of(self, peer: str) -> list[str]:
        """What a contact was sent, in its order."""
        with self.lock:
            return [each.text for _, each in self.taken if each.peer == peer]


def _same(one: Message, other: Message) -> bool:
    return (one.peer, one.text) == (other.peer, other.text)


@dataclass
class RealClock:
    """The time as it is."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)

    def forward(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look for lost messages within a second."""
    monkeypatch.setattr(rules, "LOOKED_FOR", (0.1, 0.2, 0.4))
    monkeypatch.setattr(rules, "SHORTEST", rules.SHORTEST / 20)
    monkeypatch.setattr(rules, "UNREACHED", 0.05)


def crowd(house: House) -> list[Message]:
    """A conversation with everybody, and some messages in each."""
    written = []
    with house.store.work() as work:
        for number, peer in enumerate(PEERS):
            at = house.clock()
            row = Conversation(f"c{number}", "sms", OURS, peer, at, at, state="agent")
            work.keep_conversation(row)
            for text in range(EACH):
                message, row = house.process.messaging.threads.write(
                    work, row, Written("flow", f"{text}", bulk=text % 2 == 0)
                )
                written.append(message)
    return written


@pytest.mark.usefixtures("quick")
def test_processes_that_race_send_each_message_once_and_in_order(
    store: AnyStore, tmp_path: Path
) -> None:
    carrier = Carrier()
    house = House(store, MediaShelf(tmp_path / "m", set), RealClock(), provider=carrier)  # type: ignore[arg-type]  # reads the real time
    written = crowd(house)
    stopped = PEERS[0]
    processes = [house.another(threads=4, sweeps=True).messaging.sending for _ in range(3)]

    def ended() -> bool:
        for process in processes:
            process.round()
        states = Counter(house.message(each.id).state for each in written)
        return not states.keys() & {"queued", "sending", "unknown"}

    for process in processes:
        process.round()
    with store.work() as work:
        work.enter_peer("sms", OURS, stopped)
        work.opt_out(OptOut("sms", OURS, stopped, at=house.clock()))
        work.cancel_queued("sms", OURS, stopped, "stop")
    sent_at_stop = len(carrier.of(stopped))
    wait_until(ended, 60)
    for process in processes:
        process.close()
    for peer in PEERS:
        had = carrier.of(peer)
        assert len(had) == len(set(had)), f"{peer} was sent {had}"
        assert had == sorted(had), f"{peer} was sent {had}"
    # One may have been claimed before the opt-out was committed.
    assert len(carrier.of(stopped)) <= sent_at_stop + 1
    for each in written:
        kept = house.message(each.id)
        was_sent = each.text in carrier.of(each.peer)
        assert (kept.state == "sent") == was_sent, kept
        if not was_sent:
            assert kept.reason, kept
            if each.peer == stopped and not kept.tries:
                assert kept.state == "canceled", kept
    sids = [house.message(each.id).sid for each in written]
    assert len([sid for sid in sids if sid]) == len({sid for sid in sids if sid})


@pytest.mark.usefixtures("quick")
def test_ten_threads_that_claim_get_each_message_once(store: AnyStore, tmp_path: Path) -> None:
    carrier = Carrier(per_second=10_000)
    house = House(store, MediaShelf(tmp_path / "m", set), RealClock(), provider=carrier)  # type: ignore[arg-type]  # as above
    with store.work() as work:
        for number in range(40):
            at = house.clock()
            row = Conversation(f"c{number}", "sms", OURS, f"+1555013{number:04}", at, at)
            work.keep_conversation(row)
            house.process.messaging.threads.write(work, row, Written("flow", "x"))
    got: list[str] = []
    sending = house.sending()

    def take() -> None:
        while True:
            claimed = sending._claim("sms", OURS, 5)
            if claimed is None:
                return
            if isinstance(claimed, tuple):
                got.append(claimed[0].id)

    threads = [threading.Thread(target=take) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(got) == len(set(got)) == 40


def test_a_process_that_closes_leaves_nothing_claimed(store: AnyStore, tmp_path: Path) -> None:
    carrier = Carrier(dice=random.Random(1))  # noqa: S311  what goes wrong in a test
    house = House(store, MediaShelf(tmp_path / "m", set), RealClock(), provider=carrier)  # type: ignore[arg-type]  # as above
    written = crowd(house)
    with closing(house.another(threads=2, sweeps=True).messaging.sending) as sending:
        sending.round()
        wait_until(lambda: len(carrier.taken) > 5, 20)
    states = Counter(house.message(each.id).state for each in written)
    assert not states["sending"]
    assert states["queued"]
