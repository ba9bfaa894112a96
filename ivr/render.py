"""What a walk asks of a call, as TwiML: the voice channel's `runner.ports.Renderer`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import assert_never

from twilio.twiml.voice_response import VoiceResponse

from flow.instructions import (
    Apologise,
    Collect,
    Dial,
    Enqueue,
    Hangup,
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
from flow.ledger import Answer
from ivr.addresses import RECORDING, STATUS, callback, hinted
from ivr.twiml import calls, questions, rooms, spoken
from ivr.twiml.document import BadDocument, finished

HOLD_SILENCE, HOLD_MUSIC = 2, 5
"""Seconds until a held caller comes back: soon in silence, not in every bar of the music."""

ENDS = Collect | Record | Dial | Enqueue | Join | Proceed | Hangup | Reject | Apologise
"""After one of these a document is over."""

AudioUrl = Callable[[str], str | None]
MusicUrl = Callable[[str, int], str | None]


def _unheard(problem: str) -> None:
    del problem


@dataclass(frozen=True, slots=True)
class TwimlRenderer:
    """Renders instructions for one installation.

    `audio_url` gives the absolute address of a prompt by name, None when there is none;
    `music_url` that of at most so many seconds of it (a <Play> cannot be stopped; without it the
    whole prompt plays). Who is forwarded to `forward_number`, because nothing else works, speaks
    `longest` seconds at the most. `report` hears, without personal data, of what could not be
    rendered.
    """

    public_url: str
    audio_url: AudioUrl
    music_url: MusicUrl | None = None
    forward_number: str = ""
    longest: int | None = None
    language: str = "en-US"
    report: Callable[[str], None] = _unheard

    def render(self, instructions: Sequence[Instruction], action: str) -> Answer:
        """Render what a walk asks; what follows a question or an end is not reached."""
        response = VoiceResponse()
        for instruction in instructions:
            self._add(response, instruction, action)
            if isinstance(instruction, ENDS):
                break
        return self._answer(response, self._language(instructions))

    def hold(self, instructions: Sequence[Instruction], music: str, action: str) -> Answer:
        """Render `instructions`, then music or silence for a moment, then a return to `action`."""
        response = VoiceResponse()
        for instruction in instructions:
            if not isinstance(instruction, ENDS):
                self._add(response, instruction, action)
        moment = Music(music, HOLD_MUSIC if music else HOLD_SILENCE)
        spoken.add_music(response, moment, self._sounds())
        questions.add_return(response, hinted(action, "go"))
        return self._answer(response, self._language(instructions))

    def come_back(self, address: str) -> Answer:
        """Render a short silence and a return to a complete address of ours."""
        response = VoiceResponse()
        spoken.add_pause(response, HOLD_SILENCE)
        questions.add_return(response, address)
        return Answer(finished(response))

    def waiting(self, instructions: Sequence[Instruction], again: str) -> Answer:
        """Render what is heard in the waiting room, then a return to `again`, its next address."""
        response = VoiceResponse()
        for instruction in instructions:
            self._add(response, instruction, again)
        if not any(isinstance(instruction, Collect) for instruction in instructions):
            questions.add_return(response, hinted(again, "go"))
        return self._answer(response, self._language(instructions))

    def leave(self) -> Answer:
        """Render the way out of the waiting room."""
        response = VoiceResponse()
        rooms.add_leave(response)
        return Answer(finished(response))

    def apology(self, language: str) -> Answer:
        """Render the spoken apology; the installation's own language when none is given."""
        response = VoiceResponse()
        calls.add_apology(response, language or self.language, self.forward_number, self.longest)
        return Answer(finished(response))

    def empty(self) -> Answer:
        """Render an answer that asks for nothing."""
        return Answer(finished(VoiceResponse()))

    def _sounds(self) -> spoken.Sounds:
        return spoken.Sounds(self.audio_url, self.music_url or self._whole, self.report)

    def _whole(self, audio: str, seconds: int) -> str | None:
        del seconds
        return self.audio_url(audio)

    def _language(self, instructions: Sequence[Instruction]) -> str:
        spoken_in = (str(getattr(item, "language", "")) for item in instructions)
        return next(filter(None, spoken_in), self.language)

    def _answer(self, response: VoiceResponse, language: str) -> Answer:
        try:
            return Answer(finished(response))
        except BadDocument as problem:
            self.report(str(problem))
            return self.apology(language)

    def _add(self, response: VoiceResponse, instruction: Instruction, action: str) -> None:
        match instruction:
            case Say() | Play() | Pause():
                spoken.add(response, instruction, self._sounds())
            case Music():
                spoken.add_music(response, instruction, self._sounds())
            case SendDigits():
                spoken.add_tones(response, instruction)
            case Collect():
                questions.add_gather(response, instruction, action, self._sounds())
            case Enqueue():
                rooms.add_enqueue(response, instruction, action)
            case Join():
                rooms.add_join(response, instruction, action, self._sounds())
            case Proceed(said=said):
                questions.add_return(response, hinted(action, "said" if said else "go"))
            case _:
                self._add_call(response, instruction, action)

    def _add_call(
        self,
        response: VoiceResponse,
        instruction: Record | StartRecording | Dial | Hangup | Reject | Apologise,
        action: str,
    ) -> None:
        recording = callback(self.public_url, RECORDING)
        match instruction:
            case Record():
                questions.add_record(response, instruction, action, recording)
            case StartRecording(channels=channels):
                calls.add_recording(response, channels, recording)
            case Dial():
                status = callback(self.public_url, STATUS)
                calls.add_dial(response, instruction, action, status, recording)
            case Hangup():
                calls.add_hangup(response)
            case Reject():
                calls.add_reject(response, instruction)
            case Apologise(language=language):
                calls.add_apology(
                    response, language or self.language, self.forward_number, self.longest
                )
            case _:
                assert_never(instruction)
