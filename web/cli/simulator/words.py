"""Writes what a walk asks of the channel as lines for people."""

from collections.abc import Iterator
from typing import assert_never

from flow.effects import Brief, DeliverVoicemail, PlaceCall, SendEmail, SendMessage
from flow.errors import FlowError
from flow.flow import Flow
from flow.instructions import (
    Apologise,
    Collect,
    Dial,
    Enqueue,
    Hangup,
    Heard,
    Instruction,
    Join,
    Music,
    Pause,
    Play,
    Proceed,
    Record,
    Reject,
    Say,
    SendDigits,
    StartRecording,
)
from flow.language import templates
from web.cli.simulator.rendering import rendered

Shown = Instruction | PlaceCall | Brief | SendEmail | SendMessage | DeliverVoicemail
"""What a walk shows: what the channel is asked for, calls that are placed, what an agent hears who
waits, messages and mail."""


def default_language(flow: Flow) -> str:
    """Give the language a flow begins in, which is not worth a word; empty when none is known."""
    defaults = {name: field.default for name, field in flow.variables.items()}
    try:
        return templates.render(flow.language, {"vars": defaults, "inputs": {}})
    except FlowError:
        return ""


def lines(part: Shown, language: str = "", voice: str = "") -> Iterator[str]:
    """Give the lines for one instruction, placed call or e-mail.

    `language` and `voice` are those not worth a word.
    """
    match part:
        case Say() | Play() | Pause() | Music():
            yield _spoken(part, language, voice)
        case Collect(prompts=prompts):
            yield from (_spoken(prompt, language, voice) for prompt in prompts)
        case Proceed():
            pass
        case SendEmail() | DeliverVoicemail():
            yield from (f"[{line}]" for line in mail_lines(part))
        case SendMessage():
            yield from rendered(part)
        case Brief(text=text):
            yield f"[the agent hears: {text}]"
        case Dial() | PlaceCall() | Enqueue() | Join():
            yield f"[{_with_others(part)}]"
        case _:
            yield f"[{_done(part)}]"


def mail_lines(part: SendEmail | DeliverVoicemail) -> Iterator[str]:
    """Give the lines of an e-mail, or say for whom a message is."""
    if isinstance(part, DeliverVoicemail):
        skills = [skill["name"] for skill in part.who.get("attributes", ())]
        named = part.who.get("ring_groups") or part.who.get("agents") or skills
        yield f"mail: a message of {part.seconds} s for {', '.join((*named, *part.emails))}"
        return
    sender = f" from {part.sender}" if part.sender else ""
    yield f"mail: to {', '.join(part.to)}{sender}: {part.subject}"
    yield from (f"mail: {line}" for line in (part.text or part.html).splitlines())
    for each in part.attachments:
        yield f"mail: attached {each['name'] or each.get('recording') or 'nothing'}"


def _spoken(part: Heard, language: str, voice: str) -> str:
    match part:
        case Say():
            marks = [part.language] if part.language != language else []
            marks += [part.voice] if part.voice != voice else []
            marks += ["SSML"] if part.ssml else []
            return f"{part.text}  [{', '.join(marks)}]" if marks else part.text
        case Play(audio=audio, url=url, loop=loop):
            times = f", {loop} times" if loop > 1 else ""
            return f"[plays {audio or url}{times}]"
        case Pause(seconds=seconds):
            return f"[{seconds} s of silence]"
        case Music(audio=audio, seconds=seconds):
            return f"[{seconds} s of music: {audio}]" if audio else f"[{seconds} s of silence]"


def _with_others(part: Dial | PlaceCall | Enqueue | Join) -> str:
    match part:
        case Dial(targets=targets, ring_seconds=seconds, caller_id=caller_id):
            shown = f", showing {caller_id}" if caller_id else ""
            return f"calling {', '.join(targets)} for {seconds} s{shown}"
        case PlaceCall(to=target, ring_seconds=seconds, sender=sender):
            return f"calling {target} for {seconds} s, showing {sender}"
        case Enqueue(queue=queue):
            return f"waiting for an agent: {queue}"
        case Join():
            return "joined with the agent"


_Done = Record | StartRecording | SendDigits | Hangup | Reject | Apologise


def _done(part: _Done) -> str:
    match part:
        case Record(max_seconds=seconds, beep=beep):
            return f"{'beep; ' if beep else ''}recording, at most {seconds} s"
        case StartRecording(channels=channels):
            return f"the call is recorded from here, {channels}"
        case SendDigits(digits=digits):
            return f"sends the tones {digits}"
        case Hangup():
            return "the flow hangs up"
        case Reject(reason=reason):
            return f"the call is refused: {reason}"
        case Apologise(language=language):
            return f"a spoken apology in {language}, then the flow hangs up"
        case _:
            assert_never(part)
