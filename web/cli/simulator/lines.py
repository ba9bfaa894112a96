"""Reads what somebody types while walking a flow."""

import re
from typing import Literal

from flow.events import DialStatus
from flow.instructions import Dial, Record
from flow.language.durations import seconds
from web.cli.simulator.actions import (
    Action,
    EndDial,
    HangUp,
    LeaveMessage,
    PassTime,
    Press,
    Speak,
    StaySilent,
    Unsuited,
)
from web.cli.simulator.answers import Asked

Command = Literal["help", "vars", "steps"]

HELP = """\
  1   1234#         press keys
  say TEXT          say something
  (an empty line)   stay silent; while time passes: let it
  hangup            hang up (hangup 20s: after speaking so long)
  wait 30s          let time pass: 30s, 5m, 2h, 3d
  record 12s        leave a message of so many seconds, where one is recorded
  answered 30s      where somebody is called: they answer and talk so long
  busy  no answer  failed
  vars   steps      what the flow remembers; the steps it left so far
  ?                 these lines"""

_KEYS = re.compile(r"[0-9A-D*#]+")
_DIALLED: dict[str, DialStatus] = {
    "answered": "completed",
    "completed": "completed",
    "busy": "busy",
    "no answer": "no-answer",
    "no-answer": "no-answer",
    "failed": "failed",
    "canceled": "canceled",
}
_DURATION = r"(\d[\d.]*\s*[smhd]?)"
_SPOKEN_FOR = re.compile(r"\d[\d.]*\s*[smhd]")
_TIMED = re.compile(rf"(wait|record|hang ?up(?: after)?|answered|completed)(?: for)?\s+{_DURATION}")
_COMMANDS: dict[str, Command] = {"?": "help", "help": "help", "vars": "vars", "steps": "steps"}


def typed(line: str, asked: Asked | None) -> Action | Command:
    """Read one line typed at a question (None: time passes).

    Raises:
        Unsuited: it means nothing; the text says what to type.
    """
    text = line.strip()
    low = text.lower()
    if not text:
        return StaySilent()
    if low in _COMMANDS:
        return _COMMANDS[low]
    if low.startswith("say "):
        return Speak(text[4:].strip())
    if low in {"hangup", "hang up"}:
        return HangUp()
    timed = _TIMED.fullmatch(low)
    if timed:
        return _for_a_while(timed[1], seconds(timed[2]))
    if isinstance(asked, Dial) and low in _DIALLED:
        return EndDial(_DIALLED[low], 30 if _DIALLED[low] == "completed" else 0)
    if isinstance(asked, Record) and _SPOKEN_FOR.fullmatch(low):
        return LeaveMessage(seconds(low))
    keys = text.upper().replace(" ", "")
    if _KEYS.fullmatch(keys):
        return Press(keys)
    raise Unsuited(f"{_short(text)} means nothing here; to say it, type: say {_short(text)}")


def _for_a_while(word: str, length: float) -> Action:
    match word:
        case "wait":
            return PassTime(length)
        case "record":
            return LeaveMessage(length)
        case "answered" | "completed":
            return EndDial("completed", length)
        case _:
            return HangUp(length)


def _short(text: str) -> str:
    return text if len(text) < 30 else f"{text[:29]}…"  # noqa: PLR2004  one line of a terminal
