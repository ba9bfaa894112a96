"""What docs/webhooks.md says is so: its examples are what is sent, its Python verifies it."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from desk.assignments import Assignment
from desk.changes import Changes
from desk.conversations import Message
from desk.queue import Waiting
from desk.subscriptions import EVENTS, Delivery, Parcel, Subscription, pause_after
from desk.who import Who
from flow.effects import SurveyAnswer
from flow.ledger import Recording, Run, Saved
from runner.courier import written
from runner.signature import sign
from store.happenings import Happened, happenings
from store.told import event
from tests.support.processes import ROOT

PAGE = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
WHEN = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
EXECUTION = "0d3c5b1e8f7a4c2d9e6b1a0f3c5d7e92"
ASSIGNMENT = "7c1f2ab04d5e6f708192a3b4c5d6e7f8"
WALK, CONVERSATION = "51c0ffee8f7a4c2d9e6b1a0f3c5d7e92", "c0ffee00aa11bb22cc33dd44ee55ff66"
MESSAGE, TAKEN = "0a1b2c3d4e5f60718293a4b5c6d7e8f9", "9e1f2ab04d5e6f708192a3b4c5d6e7f8"
SECRET = "whsec_LzJ4Y3kq0v7hB2nXw9sTf6pRcE1mGdUaQyZoKi5jVtM"  # an example's


def happened() -> list[Happened]:
    """A call with a survey and a recording, as the transactions write it."""
    call = {"from": "+15550101234", "to": "+15550100001"}
    run = Run(
        id=EXECUTION,
        flow="support",
        type="incoming_call",
        version="5b8e2f6a1c3d4e7f90a1b2c3d4e5f607",
        interaction=EXECUTION,
        token="t",
        state=json.dumps({"call": call}),
        status="waiting",
        started=WHEN,
        updated=WHEN,
        call="CA" + "1f" * 16,
        contact="ada",
    )
    asked = ("after-call", "rate", "How was it, from 1 to 5?", "rating", "csat")
    answer = SurveyAnswer(*asked, "4", 4.0, "ann", "support")
    served = Assignment(ASSIGNMENT, f"{EXECUTION}.1", "ann", WHEN + timedelta(seconds=40))
    left = replace(served, ended=WHEN + timedelta(seconds=193), how="finished")
    rated = replace(run, updated=WHEN + timedelta(seconds=205), moves=5)
    kept_at = WHEN + timedelta(seconds=208)
    recording = Recording("RE" + "2e" * 16, "kept", kept_at, run.call, EXECUTION, "record", "call")
    ended = replace(run, ended=WHEN + timedelta(seconds=211), outcome="completed")
    return [
        Saved(run, new=True, answered=True),
        Changes(1, assignments=[served]),
        Changes(2, assignments=[left]),
        Saved(rated, facts=[answer]),
        replace(recording, seconds=171, sha256="9f" * 32),
        Saved(ended),
    ]


def written_to() -> list[Happened]:
    """A message that comes, and what the desk does with its conversation."""
    at, place = datetime(2026, 11, 24, 9, tzinfo=UTC), f"{WALK}.1"
    message = Message(
        id=MESSAGE,
        conversation=CONVERSATION,
        channel="sms",
        address="+15550100003",
        peer="+15550101234",
        direction="in",
        author="contact",
        text="Hello",
        at=at,
        state="received",
        number=1,
    )
    who, since = Who(ring_groups=("support",)), at + timedelta(seconds=1)
    waits = Waiting(place, who, since, inbox=True, conversation=CONVERSATION)
    began = at + timedelta(seconds=120)
    taken = Assignment(TAKEN, place, "ann", began, conversation=CONVERSATION)
    return [message, Changes(1, waiting=[waits]), Changes(2, assignments=[taken])]


def sent() -> list[bytes]:
    """What a subscriber gets of both; that the conversation began is not shown again."""
    call, writing = (told(EXECUTION, "support", happened(), 1), told(WALK, "desk", written_to(), 2))
    return [*call, *writing]


def told(execution: str, flow: str, things: list[Happened], first: int) -> list[bytes]:
    """The bodies of one interaction's events; `first` is the first one's order."""
    somebody = Subscription("s1", "https://crm.example.com", EVENTS, b"", WHEN)
    found = [replace(one, execution=execution) for thing in things for one in happenings(thing)]
    return [
        written(
            Parcel(
                somebody,
                Delivery(execution, "s1", number, each.id, "ready", WHEN),
                event(each, execution, flow),
            )
        )
        for number, each in enumerate(found, first)
    ]


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_every_event_is_shown_as_it_is_sent() -> None:
    assert [json.loads(body) for body in sent()] == [json.loads(text) for text in blocks("json")]
    shown = re.findall(r"^### `([a-z.]+)`$", PAGE, re.MULTILINE)
    assert shown == list(EVENTS)
    assert [json.loads(body)["event"] for body in sent()] == shown


def verify() -> Callable[..., Any]:
    (text,) = blocks("python")
    names: dict[str, Any] = {}
    exec(compile(text, "docs/webhooks.md", "exec"), names)  # noqa: S102  the page's own example
    found: Callable[..., Any] = names["verified"]
    return found


def test_the_page_verifies_what_we_sign() -> None:
    body, now = sent()[0], 1_764_000_000
    good = {"Linewalk-Timestamp": str(now), "Linewalk-Signature": sign(SECRET, now, body)}
    check = verify()
    assert check(good, body, SECRET, now) == json.loads(body)
    assert check(good, body, SECRET, now + 299) == json.loads(body)
    rotated = good["Linewalk-Signature"]
    assert check({**good, "Linewalk-Signature": f"v2=ff,{rotated}"}, body, SECRET, now)


@pytest.mark.parametrize(
    ("change", "body", "secret", "late"),
    [
        ({}, b"{}", SECRET, 0),
        ({}, None, "whsec_other", 0),
        ({}, None, SECRET, 301),
        ({}, None, SECRET, -301),
        ({"Linewalk-Timestamp": "1764000001"}, None, SECRET, 0),
        ({"Linewalk-Timestamp": "soon"}, None, SECRET, 0),
        ({"Linewalk-Signature": "v1="}, None, SECRET, 0),
        ({"Linewalk-Signature": ""}, None, SECRET, 0),
        ({"Linewalk-Signature": "v2=" + "0" * 64}, None, SECRET, 0),
    ],
)
def test_the_page_refuses_anything_else(
    change: dict[str, str], body: bytes | None, secret: str, late: int
) -> None:
    told, now = sent()[0], 1_764_000_000
    good = {"Linewalk-Timestamp": str(now), "Linewalk-Signature": sign(SECRET, now, told)}
    with pytest.raises(ValueError, match="Linewalk"):
        verify()({**good, **change}, body or told, secret, now + late)


def test_the_schedule_on_the_page_is_the_real_one() -> None:
    shown = re.search(r"after ((?:\d+ [a-z]+, )+)", PAGE)
    assert shown is not None
    units = {"s": 1, "min": 60}
    parts = [part.split() for part in shown[1].rstrip(", ").split(", ")]
    seconds = [int(number) * units[unit] for number, unit in parts]
    real = [pause_after(tries, 0.5).total_seconds() for tries in range(1, len(seconds) + 1)]
    assert seconds == [pytest.approx(each, rel=0.06) for each in real]
