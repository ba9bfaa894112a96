"""No more messages are begun than the limits allow, whoever asks at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from desk.access import Interaction
from desk.outreach import MessageLimits
from runner.alarms import Alarms
from runner.messages.limits import Reach
from tests.runner.messages.house import BOB, House
from tests.runner.walks import NOON
from tests.store.builders import begin
from tests.store.contract.test_access import KEY


class Bell(Alarms):
    """Alarms that are written down."""

    def __init__(self) -> None:
        self.counted: list[str] = []
        self.limits: list[str] = []
        super().__init__(self.counted.append, self.limits.append)


@pytest.fixture
def bell() -> Bell:
    return Bell()


def reach(house: House, bell: Bell, key: MessageLimits, all_: MessageLimits) -> Reach:
    """The rule, with limits of its own."""
    return Reach(lambda text: f"mark {text}", house.clock, bell, key, all_)


def ask(house: House, rule: Reach, message: str, peer: str = BOB) -> str:
    """Ask for one message in a transaction of its own."""
    with house.store.work() as work:
        return rule.ask(work, message, "sms", peer)


def of_key(house: House, execution: str = "e1", key: str = "k1") -> None:
    """Write an execution that a key has begun."""
    begin(house.store, interaction=f"i{execution}")
    with house.store.work() as work:
        work.keep_interaction(Interaction(f"i{execution}", "hello", execution, key, NOON))


def test_a_key_begins_so_many_and_then_an_hour_later_again(house: House, bell: Bell) -> None:
    of_key(house)
    rule = reach(house, bell, MessageLimits(per_hour=2), MessageLimits())
    assert [ask(house, rule, f"e1.{n}") for n in (1, 2)] == ["", ""]
    assert ask(house, rule, "e1.3") == "it may not be sent: messages per hour"
    assert ask(house, rule, "e2.1") == "", "nobody's key is not counted"
    with house.store.work() as work:
        (refusal,) = work.refusals(5)
    assert (refusal.kind, refusal.api_key, refusal.reason) == ("message", "k1", "key_limit")
    assert BOB not in refusal.number
    assert (bell.counted, bell.limits) == (["key_limit"], ["messages per hour"])
    house.clock.forward(3_600)
    assert ask(house, rule, "e1.4") == ""


def test_one_contact_gets_so_many_from_all(house: House, bell: Bell) -> None:
    rule = reach(house, bell, MessageLimits(), MessageLimits(to_one_per_hour=1))
    assert ask(house, rule, "e1.1") == ""
    assert ask(house, rule, "e2.1") == "it may not be sent: messages to one contact per hour"
    assert ask(house, rule, "e3.1", "+15550109999") == ""
    assert bell.counted == ["all_limit"]


def test_a_frozen_key_begins_nothing(house: House, bell: Bell) -> None:
    of_key(house)
    house.store.keys.add(KEY)
    with house.store.work() as work:
        assert work.freeze_key("k1", NOON, "calls")
    rule = reach(house, bell, MessageLimits(), MessageLimits())
    assert ask(house, rule, "e1.1") == "it may not be sent: the API key is frozen"
    assert bell.counted == ["key_frozen"]


def test_an_address_is_hidden_in_what_is_kept(house: House, bell: Bell) -> None:
    rule = reach(house, bell, MessageLimits(), MessageLimits(per_day=0))
    with house.store.work() as work:
        assert rule.ask(work, "e1.1", "email", "ann@shop.example")
        (refusal,) = work.refusals(5)
    assert refusal.number == "***@shop.example"


def test_of_many_at_one_moment_no_more_pass(house: House, bell: Bell) -> None:
    of_key(house)
    rule = reach(house, bell, MessageLimits(per_hour=5), MessageLimits())
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda n: ask(house, rule, f"e1.{n}"), range(24)))
    assert told.count("") == 5
