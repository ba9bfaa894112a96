"""What a caller hears in the waiting room: what is due when, in which language, with which keys."""

from collections.abc import Sequence
from typing import Any

import pytest

from flow.component import Place
from flow.engine import advance
from flow.errors import StepError
from flow.events import Digits, EffectDone, HungUp, News
from flow.flow import Field, Flow
from flow.hearing import heard_waiting
from flow.instructions import Collect, Instruction, Music, Play, Say
from flow.step import Step
from tests.flow.building import AT, flow_of, menu, started, step_of, through_json

EXITS = dict.fromkeys(["no_match", "timeout", "no_answer", "voicemail"], "ask")
PLEASE_HOLD = {"message": "Please hold.", "every": "20s"}
STILL = {"message": "You are still in line.", "every": "30s"}


def queue(flow: dict[str, Any] | None = None, **fields: Any) -> tuple[Flow, Step]:
    """A flow whose caller has just come into the waiting room."""
    step = step_of("assign_and_dial", EXITS, ring_groups=["support"], **fields)
    small = flow_of({"it": step, "ask": menu()}, **(flow or {}))
    entered = started(small, contact={"name": "Ann"})
    return small, advance(small, entered.execution, EffectDone(AT, "run.1", "waiting"))


def hear(place: Place, flow: dict[str, Any] | None = None, **fields: Any) -> Sequence[Instruction]:
    """What is heard by a caller who stands at a place."""
    small, step = queue(flow, **fields)
    return heard_waiting(small, step.execution, place, AT)


def words(heard: Sequence[Instruction]) -> list[str]:
    """The texts among what is heard."""
    parts = [p for one in heard for p in (one.prompts if isinstance(one, Collect) else [one])]
    return [part.text for part in parts if isinstance(part, Say)]


@pytest.mark.parametrize(
    ("waited", "heard", "said"),
    [
        (0, -1, ["Please hold."]),
        (3, -1, ["Please hold."]),
        (45, -1, ["Please hold."]),
        (19, 0, []),
        (20, 0, ["Please hold."]),
        (21, 20, []),
        (30, 20, ["You are still in line."]),
        (40, 20, ["Please hold.", "You are still in line."]),
        (59.9, 40, []),
        (60, 59.9, ["Please hold.", "You are still in line."]),
        (200, 30, ["Please hold.", "You are still in line."]),
    ],
)
def test_the_first_message_is_heard_at_once_and_each_again_after_its_time(
    waited: float, heard: float, said: list[str]
) -> None:
    assert words(hear(Place(waited, heard), messages=[PLEASE_HOLD, STILL])) == said


@pytest.mark.parametrize(
    ("waited", "fields", "seconds"),
    [
        (0, {}, 30),
        (0, {"messages": [PLEASE_HOLD]}, 20),
        (12.2, {"messages": [PLEASE_HOLD]}, 8),
        (12.2, {"messages": [PLEASE_HOLD, STILL]}, 8),
        (20, {"messages": [PLEASE_HOLD, STILL]}, 10),
        (19, {"messages": [PLEASE_HOLD]}, 3),
        (0, {"messages": [{"message": "x", "every": "1h"}]}, 30),
        (50, {"announce": "position"}, 10),
        (65, {"announce": "position"}, 30),
    ],
)
def test_music_lasts_until_the_next_message_but_never_long(
    waited: float, fields: dict[str, Any], seconds: int
) -> None:
    assert hear(Place(waited, waited), **fields)[-1] == Music("", seconds)


def test_a_caller_who_looks_again_after_each_piece_of_music_misses_nothing() -> None:
    small, step = queue(messages=[PLEASE_HOLD, STILL])
    waited, heard, said = 0.0, -1.0, []
    while waited <= 300:
        parts = heard_waiting(small, step.execution, Place(waited, heard), AT)
        said += words(parts)
        heard, waited = waited, waited + sum(p.seconds for p in parts if isinstance(p, Music))
    assert (said.count("Please hold."), said.count("You are still in line.")) == (16, 10)


@pytest.mark.parametrize(
    ("announce", "place", "said"),
    [
        ("position", Place(0, position=3), ["You are number 3 in line."]),
        ("position", Place(0), []),
        ("position", Place(59, 0, position=3), []),
        ("position", Place(60, 0, position=2), ["You are number 2 in line."]),
        ("estimated_wait", Place(0, estimate=150), ["The estimated wait is 3 minutes."]),
        ("estimated_wait", Place(0, estimate=61), ["The estimated wait is 2 minutes."]),
        ("estimated_wait", Place(0, estimate=59), ["The estimated wait is less than a minute."]),
        ("estimated_wait", Place(0, estimate=0), ["The estimated wait is less than a minute."]),
        ("estimated_wait", Place(0, position=3), []),
        (None, Place(0, position=3, estimate=150), []),
    ],
)
def test_the_place_or_the_wait_is_told_at_once_and_every_minute(
    announce: str | None, place: Place, said: list[str]
) -> None:
    assert words(hear(place, announce=announce)) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de-DE", Say("Sie sind Nummer 2 in der Warteschlange.", "de-DE")),
        ("fr-CA", Say("Vous êtes numéro 2 dans la file d'attente.", "fr-CA")),
        ("es", Say("Usted es el número 2 en la cola.", "es")),
        ("pt-PT", Say("É o número 2 na fila de espera.", "pt-PT")),
        ("en-GB", Say("You are number 2 in line.", "en-GB")),
        ("it-IT", Say("You are number 2 in line.", "en-US")),
    ],
)
def test_our_own_phrases_are_said_in_the_language_of_the_moment(language: str, said: Say) -> None:
    heard = hear(Place(0, position=2), {"language": language}, announce="position")
    assert heard[0] == said


def test_a_message_may_be_sound_and_speak_languages() -> None:
    message = [{"audio": "jingle"}, {"text": {"en": "Hold.", "fr": "Attendez."}}]
    messages = [{"message": message, "every": "1m"}]
    heard = hear(Place(0), {"language": "fr-FR", "voice": "Lea"}, messages=messages, music="jazz")
    assert heard == (Play("jingle"), Say("Attendez.", "fr-FR", "Lea"), Music("jazz", 30))


def test_messages_see_the_place_under_the_steps_own_name_and_nothing_is_kept() -> None:
    text = "{{ contact.name }}, number {{ steps.it.position }} after {{ steps.it.wait_seconds }} s."
    small, step = queue(messages=[{"message": text, "every": "30s"}])
    saved = step.execution.to_json()
    parts = heard_waiting(small, step.execution, Place(31.5, 0, position=4), AT)
    assert words(parts) == ["Ann, number 4 after 31 s."]
    assert step.execution.to_json() == saved
    unknown = heard_waiting(small, step.execution, Place(31.5, 0), AT)
    assert words(unknown) == ["Ann, number  after 31 s."]


def test_with_keys_one_may_be_pressed_meanwhile() -> None:
    (asked,) = hear(Place(0), messages=[PLEASE_HOLD], keys={"1": "voicemail"})
    prompts = (Say("Please hold.", "en-US"), Music("", 20))
    assert asked == Collect(prompts, max_digits=1, timeout=1)
    assert not any(isinstance(part, Collect) for part in hear(Place(0)))


@pytest.mark.parametrize(
    ("flow", "fields", "music"),
    [
        ({}, {}, ""),
        ({"music": "hold"}, {}, "hold"),
        ({"music": "hold"}, {"music": "jazz"}, "jazz"),
    ],
)
def test_the_music_is_the_steps_else_the_flows(
    flow: dict[str, Any], fields: dict[str, Any], music: str
) -> None:
    assert hear(Place(0), flow, **fields) == (Music(music, 30),)


def test_inside_a_module_the_modules_messages_and_the_outer_music_are_heard() -> None:
    text = "Number {{ steps.it.position }} for {{ inputs.what }}."
    messages = [{"message": text, "every": "30s"}]
    wait = step_of("assign_and_dial", dict(EXITS), agents=["ann"], messages=messages)
    back = step_of("return", exit="ok")
    steps = {"it": wait, "ask": back}
    module = flow_of(steps, slug="m", type="module", exits=("ok",), inputs={"what": Field()})
    enter = step_of("run_module", {"ok": "ask"}, module="m", inputs={"what": "sales"})
    flow = flow_of({"enter": enter, "ask": menu()}, music="hold").with_modules({"m@latest": module})
    run = advance(flow, started(flow).execution, EffectDone(AT, "run.1", "waiting")).execution
    heard = heard_waiting(flow, through_json(run), Place(0, position=2), AT)
    assert heard == (Say("Number 2 for sales.", "en-US"), Music("hold", 30))


def test_a_caller_who_does_not_wait_any_more_hears_nothing() -> None:
    small, step = queue(messages=[PLEASE_HOLD])
    told = News(AT, "run.1", "assigned", {"assignment": "as-1", "agent": "ann"})
    joined = advance(small, step.execution, told)
    assert heard_waiting(small, joined.execution, Place(0), AT) == ()
    for event in (News(AT, "run.1", "timeout", last=True), HungUp(AT)):
        gone = advance(small, step.execution, event)
        assert heard_waiting(small, gone.execution, Place(0), AT) == ()


def test_a_caller_who_is_still_entering_hears_nothing_yet() -> None:
    step = step_of("assign_and_dial", EXITS, ring_groups=["a"], messages=[PLEASE_HOLD])
    flow = flow_of({"it": step, "ask": menu()})
    assert heard_waiting(flow, started(flow).execution, Place(0), AT) == ()


def test_a_message_that_does_not_render_says_so_and_the_wait_goes_on() -> None:
    small, step = queue(messages=[{"message": "{{ 1 | divided_by: 0 }}", "every": "30s"}])
    with pytest.raises(StepError):
        heard_waiting(small, step.execution, Place(0), AT)
    assert advance(small, step.execution, Digits(AT, "1")).execution.hears == "run.1"
