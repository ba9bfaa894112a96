"""The verbs that are heard: <Say>, <Play>, <Pause>, and tones."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from twilio.twiml import TwiML
from twilio.twiml import voice_response as verbs

from flow.instructions import Heard, Music, Pause, Play, Say, SendDigits
from ivr.twiml import ssml
from ivr.twiml.languages import locale
from ivr.twiml.text import clean, pieces

PAUSE, LOOPS, TONES = 600, 100, 32
"""Bounds: seconds of one <Pause>, repetitions of one <Play>, tones sent at once (the carrier's)."""

_VOICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_NO_TONE = re.compile(r"[^0-9A-D*#wW]")


@dataclass(frozen=True, slots=True)
class Sounds:
    """Where sounds are: `prompt` and `music` give a name's address, None when there is none.

    `music` is also told for how many seconds it shall play. `missed` hears of what was left out.
    """

    prompt: Callable[[str], str | None]
    music: Callable[[str, int], str | None]
    missed: Callable[[str], None]


def add(parent: TwiML, spoken: Heard, sounds: Sounds) -> None:
    """Add what is heard to the document or to a question in it."""
    match spoken:
        case Say():
            add_say(parent, spoken, sounds)
        case Play():
            add_play(parent, spoken, sounds)
        case Pause(seconds=seconds):
            add_pause(parent, seconds)
        case Music():
            add_music(parent, spoken, sounds)


def add_say(parent: TwiML, say: Say, sounds: Sounds) -> None:
    """Add a <Say>, or several for a long text. Broken SSML is spoken as text, and reported."""
    voice = say.voice if _VOICE.fullmatch(say.voice) else None
    language = locale(say.language)
    text = clean(say.text)
    if say.ssml:
        node = verbs.Say(voice=voice, language=language)
        if ssml.fill(node, text):
            parent.nest(node)
            return
        sounds.missed("SSML that is broken or too long was spoken as text")
        text = ssml.spoken(text)
    for piece in pieces(text):
        parent.nest(verbs.Say(piece, voice=voice, language=language))


def add_play(parent: TwiML, play: Play, sounds: Sounds) -> None:
    """Add a <Play>; a prompt that is not there is left out, and reported."""
    url = sounds.prompt(play.audio) if play.audio else _public(play.url)
    if url is None:
        name = f"prompt {play.audio!r}" if play.audio else "a sound's address"
        sounds.missed(f"{name} cannot be played and was left out")
        return
    loop = min(max(play.loop, 1), LOOPS)
    parent.nest(verbs.Play(url, loop=loop if loop > 1 else None))


def add_pause(parent: TwiML, seconds: int) -> None:
    """Add a <Pause>; none for no time."""
    if seconds > 0:
        parent.nest(verbs.Pause(length=min(seconds, PAUSE)))


def add_music(parent: TwiML, music: Music, sounds: Sounds) -> None:
    """Add hold music for about so long; silence where there is none."""
    if music.seconds <= 0:
        return
    url = sounds.music(music.audio, music.seconds) if music.audio else None
    if url is None:
        if music.audio:
            sounds.missed(f"music {music.audio!r} cannot be played: silence instead")
        add_pause(parent, music.seconds)
        return
    parent.nest(verbs.Play(url))


def add_tones(parent: TwiML, tones: SendDigits) -> None:
    """Add touch tones, in as many <Play> as the carrier's limit needs."""
    digits = _NO_TONE.sub("", tones.digits)
    for start in range(0, len(digits), TONES):
        parent.nest(verbs.Play(digits=digits[start : start + TONES]))


def _public(url: str) -> str | None:
    text = clean(url)
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in ("http", "https") and parts.hostname else None
