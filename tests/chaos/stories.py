"""The stories that are interrupted: what people do in them, and what the carrier does wrong."""

from collections.abc import Callable
from typing import Any

from tests.chaos.stage import ADA, ANN, BOB, CALLBACKS, DESK, OFFICE, TEXTS, Stage, Story
from tests.standin import Standin, scripts
from tests.standin.leg import Leg
from tests.support.carrier import CALLER
from tests.support.installation import NUMBER

TEXTS_PATH = r"/Messages\.json$"
CALLS, ONE_CALL = r"/Calls\.json$", r"/Calls/CA\w+\.json$"


def _who_hears(stage: Stage, number: str, other: Leg) -> Leg:
    """The leg to a number that the other one is joined with; waits for it."""
    legs = stage.carrier.legs_to
    found = stage.until(lambda: [leg for leg in legs(number) if other.hears(leg)])
    leg: Leg = found[0]
    return leg


def _rates(stage: Stage, caller: Leg, key: str) -> None:
    stage.until(lambda: caller.verb == "Gather")
    caller.press(key)


def _survey(stage: Stage) -> None:
    """Queue, agent, survey."""
    carrier = stage.carrier
    carrier.script(ANN, scripts.answer_then_press("1"))
    caller = carrier.call(NUMBER)
    _who_hears(stage, ANN, caller).hang_up()
    _rates(stage, caller, "4")


def _next_agent(stage: Stage) -> None:
    """The first agent does not answer, the next one does."""
    carrier = stage.carrier
    carrier.script(ANN, scripts.no_answer())
    carrier.script(BOB, scripts.answer_then_press("1"))
    caller = carrier.call(NUMBER)
    _who_hears(stage, BOB, caller).hang_up()
    _rates(stage, caller, "5")


def _leaves(stage: Stage) -> None:
    """The caller leaves while an agent is rung."""
    carrier = stage.carrier
    caller = carrier.call(NUMBER)
    stage.until(lambda: caller.verb == "Enqueue")
    stage.until(lambda: [leg for leg in carrier.legs_to(ANN) if leg.status == "ringing"])
    caller.hang_up()


def _callback(stage: Stage) -> None:
    """A caller asks to be called back, an agent comes to work, they speak; survey."""
    carrier = stage.carrier
    carrier.script(ANN, scripts.answer_then_press("1"))
    carrier.script(CALLER, scripts.answer())
    before = len(carrier.legs)
    caller = carrier.call(CALLBACKS)
    stage.until(lambda: caller.inner_verb == "Gather")
    caller.press("1")
    stage.until(lambda: caller.verb == "Gather")
    caller.press("1")
    stage.until(lambda: caller.over)
    stage.choose("ann", "available")
    contact, ann = _joined(stage, before, CALLER)
    ann.hang_up()
    _rates(stage, contact, "5")


def _joined(stage: Stage, before: int, number: str) -> tuple[Leg, Leg]:
    """A contact who was called and Ann, once they hear each other; `before` legs are older."""

    def found() -> list[tuple[Leg, Leg]]:
        legs = stage.carrier.legs[before:]
        pairs = [(one, ann) for one in legs for ann in legs if one.to == number and ann.to == ANN]
        return [(one, ann) for one, ann in pairs if one.hears(ann) and ann.hears(one)]

    pair: tuple[Leg, Leg] = stage.until(found)[0]
    return pair


def _website(stage: Stage) -> None:
    """A website has somebody called: an agent first, then the contact."""
    carrier = stage.carrier
    carrier.script(ANN, scripts.answer_then_press("1"))
    carrier.script(ADA, scripts.answer())
    before = len(carrier.legs)
    stage.ask("flows/website/interactions", {"number": ADA})
    _joined(stage, before, ADA)[1].hang_up()


def _notice(stage: Stage) -> None:
    """Another system has somebody told about a delivery."""
    stage.carrier.script(ADA, scripts.answer_then_press("1"))
    before = len(stage.carrier.legs)
    inputs = {"number": ADA, "name": "Ada", "parcel": "4711", "day": "2026-12-01"}
    stage.ask("flows/delivery-notice/interactions", inputs)
    stage.until(lambda: [leg for leg in stage.carrier.legs[before:] if leg.answered is not None])


def _forward(stage: Stage) -> None:
    """Another system has somebody called and put through to a telephone outside."""
    carrier = stage.carrier
    carrier.script(ADA, scripts.answer_then_press("1"))
    carrier.script(OFFICE, scripts.answer())
    before = len(carrier.legs)
    stage.ask("flows/dial-and-forward/interactions", {"number": ADA, "forward_to": OFFICE})
    contact = stage.until(lambda: [leg for leg in carrier.legs[before:] if leg.to == ADA])[0]
    _who_hears(stage, OFFICE, contact).hang_up()


def _agent_calls(stage: Stage, key: str) -> tuple[Leg, Leg]:
    """An agent calls a contact, who answers the announcement by a key; both, once they speak."""
    carrier = stage.carrier
    carrier.script(ANN, scripts.answer())
    carrier.script(ADA, scripts.answer_then_press(key))
    before = len(carrier.legs)
    stage.ask("calls", {"agent": "ann", "to": ADA, "flow": "consented-call"})
    return _joined(stage, before, ADA)


def _consent(stage: Stage) -> None:
    """An agent calls, the contact agrees to be recorded, they speak."""
    _agent_calls(stage, "1")[1].hang_up()


def _refused(stage: Stage) -> None:
    """An agent calls, the contact does not agree to be recorded, they speak all the same."""
    _agent_calls(stage, "2")[1].hang_up()


def _transfer(stage: Stage) -> None:
    """An agent speaks with a second one while the caller waits, and leaves the caller there."""
    carrier = stage.carrier
    carrier.script(ANN, scripts.answer_then_press("1"))
    carrier.script(BOB, scripts.answer_then_press("1"))
    caller = carrier.call(NUMBER)
    ann = _who_hears(stage, ANN, caller)
    stage.choose("bob", "available")
    (call,) = stage.new("served")
    stage.ask(f"calls/{call}/transfer", {"kind": "warm", "agent": "bob"})
    bob = _who_hears(stage, BOB, ann)
    stage.until(lambda: bob.hears(ann) and not caller.hears(bob))
    stage.ask(f"calls/{call}/complete")
    stage.until(lambda: ann.over and _two(caller, bob))
    bob.hang_up()
    _rates(stage, caller, "4")


def _two(one: Leg, other: Leg) -> bool:
    """Whether two hear each other and the leaving of either ends it."""
    ends = all(leg.participant is not None and leg.participant.ends for leg in (one, other))
    return ends and one.hears(other) and other.hears(one)


def _texts(stage: Stage, by: str = "") -> None:
    """Somebody writes (`by`: an address's prefix), is asked, answers, and is thanked twice."""
    carrier, writer = stage.carrier, f"{by}{CALLER}"
    carrier.text(f"{by}{TEXTS}", "Hello", writer)
    stage.until(lambda: _came(carrier, "What is it about?", writer))
    carrier.text(f"{by}{TEXTS}", "1", writer)
    stage.until(lambda: _came(carrier, "Goodbye!", writer))


def _writes_by_whatsapp(stage: Stage) -> None:
    """The same by WhatsApp."""
    _texts(stage, "whatsapp:")


def _mails(stage: Stage) -> None:
    """The same by e-mail."""
    before = len(stage.post.received)

    def came(beginning: str) -> bool:
        return any(text.startswith(beginning) for _, text in stage.mails(before))

    stage.mail("Hello")
    stage.until(lambda: came("What is it about?"))
    asked = str(stage.post.received[-1].message["Message-ID"])
    stage.mail("1", **{"In-Reply-To": asked, "References": asked})
    stage.until(lambda: came("Goodbye!"))


def _reminder(stage: Stage) -> None:
    """Another system has somebody reminded, who confirms."""
    carrier = stage.carrier
    inputs = {"to": CALLER, "name": "Ada", "at": "2026-12-01T10:00", "channel": "sms"}
    stage.ask("flows/appointment-reminder/interactions", inputs)
    stage.until(lambda: _came(carrier, "Hello Ada"))
    carrier.text(TEXTS, "1", CALLER)
    stage.until(lambda: _came(carrier, "Thank you."))


def _writes_with_agent(stage: Stage) -> None:
    """Somebody writes, is given to an agent, who answers and closes; survey."""
    carrier = stage.carrier
    carrier.text(DESK, "My lamp is broken.", CALLER)
    given = "SELECT id FROM lw_conversations WHERE state = 'agent' AND agent = 'ann'"
    (conversation,) = stage.until(lambda: stage.house.rows(given))[0]
    stage.until(lambda: _came(carrier, "One moment"))
    path = f"conversations/{conversation}"
    stage.ask(f"{path}/messages", {"agent": "ann", "text": "Which lamp is it?"})
    stage.until(lambda: _came(carrier, "Which lamp"))
    carrier.text(DESK, "The red one.", CALLER)
    carrier.settle(45)
    stage.ask(f"{path}/messages", {"agent": "ann", "text": "Take another one."})
    stage.until(lambda: _came(carrier, "Take another"))
    stage.ask(f"{path}/close", {"agent": "ann", "disposition": "solved"})
    stage.until(lambda: _came(carrier, "How was it"))
    carrier.text(DESK, "5", CALLER)
    stage.until(lambda: _came(carrier, "Goodbye!"))


def _came(carrier: Standin, beginning: str, writer: str = CALLER) -> bool:
    """Whether the newest message to the contact begins so."""
    theirs = [text for text in carrier.texts if text.to == writer]
    return bool(theirs) and theirs[-1].body.startswith(beginning)


def _text_fails(carrier: Standin) -> None:
    """The carrier fails once, is busy once, and has done nothing."""
    carrier.fail_next("POST", TEXTS_PATH)
    carrier.fail_next("POST", TEXTS_PATH, status=429, code=20429, wait=1)


def _text_times_out(carrier: Standin) -> None:
    """The carrier sends a message, and never says so."""
    carrier.act_then_time_out("POST", TEXTS_PATH)


def _too_many(carrier: Standin) -> None:
    """The carrier has had too many requests."""
    for path in (CALLS, ONE_CALL):
        carrier.fail_next("POST", path, status=429, code=20429)


def _fails(carrier: Standin) -> None:
    """The carrier fails, and has done nothing."""
    for path in (CALLS, ONE_CALL):
        carrier.fail_next("POST", path)


def _times_out(carrier: Standin) -> None:
    """The carrier does what it is asked, and never answers."""
    for path in (CALLS, ONE_CALL):
        carrier.act_then_time_out("POST", path)


def _of_a_call(faults: Callable[[Standin], Any]) -> Story:
    return Story(("ann",), _survey, faults)


STORIES = {
    "survey": Story(("ann",), _survey),
    "next agent": Story(("ann", "bob"), _next_agent),
    "caller leaves": Story(("ann",), _leaves),
    "callback": Story((), _callback),
    "website": Story(("ann",), _website),
    "notice": Story((), _notice),
    "forward": Story((), _forward),
    "consent": Story(("ann",), _consent),
    "refused": Story(("ann",), _refused),
    "transfer": Story(("ann",), _transfer),
    "429": _of_a_call(_too_many),
    "500": _of_a_call(_fails),
    "time-out": _of_a_call(_times_out),
    "texts": Story((), _texts),
    "WhatsApp": Story((), _writes_by_whatsapp),
    "mails": Story((), _mails, listens="worker"),
    "reminder": Story((), _reminder),
    "texts an agent": Story(("ann",), _writes_with_agent),
    "text fails": Story((), _texts, _text_fails),
    "text time-out": Story((), _texts, _text_times_out),
}
