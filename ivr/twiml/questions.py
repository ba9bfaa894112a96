"""The verbs that ask: <Gather>, <Record>, <Redirect>. Each comes back to the turn's address."""

from twilio.twiml import TwiML
from twilio.twiml import voice_response as verbs

from flow.instructions import Collect, Record
from ivr.addresses import hinted
from ivr.twiml.languages import locale
from ivr.twiml.spoken import Sounds, add
from ivr.twiml.text import clean

HINTS, HINT = 500, 100
"""Hints for the recogniser: at most 500 entries of 100 characters (the carrier's <Gather> page)."""

EVENTS = "completed absent"
"""Recording callbacks that we want: a recording that never comes must be known as well."""


def add_gather(parent: TwiML, collect: Collect, action: str, sounds: Sounds) -> None:
    """Add a <Gather> for keys, speech or both at once, and a way back if it brings nothing.

    Prompts inside it can be interrupted by an answer; without barge-in they stand before it.
    """
    address = hinted(action, "gather")
    gather = verbs.Gather(
        input=_input(collect),
        action=address,
        method="POST",
        action_on_empty_result=True,
        timeout=max(collect.timeout, 1),
        **_keys(collect),
        **_speech(collect),
    )
    for prompt in collect.prompts:
        add(gather if collect.barge_in else parent, prompt, sounds)
    parent.nest(gather)
    add_return(parent, address)


def _input(collect: Collect) -> str:
    if collect.speech and not collect.secret:
        return "dtmf speech" if collect.keys else "speech"
    return "dtmf"


def _keys(collect: Collect) -> dict[str, object]:
    if _input(collect) == "speech":
        return {}
    return {"num_digits": collect.max_digits or None, "finish_on_key": collect.finish_key[:1]}


def _speech(collect: Collect) -> dict[str, object]:
    if _input(collect) == "dtmf":
        return {}
    return {
        "speech_timeout": "auto",
        "language": locale(collect.language),
        "hints": _hints(collect.hints) or None,
    }


def _hints(hints: tuple[str, ...]) -> str:
    cleaned = (clean(hint.replace(",", " "))[:HINT].strip() for hint in hints)
    return ",".join([hint for hint in cleaned if hint][:HINTS])


def add_record(parent: TwiML, record: Record, action: str, callback: str) -> None:
    """Add a <Record>; when the caller says nothing the carrier goes on to the way back."""
    address = hinted(action, "record")
    parent.nest(
        verbs.Record(
            action=address,
            method="POST",
            max_length=max(record.max_seconds, 1),
            finish_on_key=record.finish_key,
            timeout=max(record.silence_seconds, 1),
            play_beep=record.beep,
            trim="trim-silence",
            recording_status_callback=callback,
            recording_status_callback_method="POST",
            recording_status_callback_event=EVENTS,
        )
    )
    add_return(parent, address)


def add_return(parent: TwiML, address: str) -> None:
    """Add a <Redirect> to a complete address of ours."""
    parent.nest(verbs.Redirect(address, method="POST"))
