"""Reads what somebody types while walking a flow."""

import re
from typing import Literal

from flow.effects import PlaceCall
from flow.events import DialStatus
from flow.instructions import Dial, Enqueue, Record
from flow.language.durations import seconds
from web.cli.simulator.actions import (
    Action,
    AgentAnswers,
    AgentLeaves,
    CallGoes,
    CallWord,
    EndDial,
    Ending,
    HangUp,
    LeaveMessage,
    NobodyComes,
    PassTime,
    Press,
    Speak,
    StaySilent,
    Unsuited,
    Write,
)
from web.cli.simulator.answers import Asked
from web.cli.simulator.line import Line
from web.cli.simulator.promise import Promise
from web.cli.simulator.thread import Writing

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
  agent  agent ann  where one is awaited, for a callback too: an agent answers (ann: by that name)
  nobody answers    all agents were rung in vain (no match: the last of them has gone)
  agent leaves      the agent hangs up (agent leaves 3m: after talking, or waiting, so long)
  agent drops       the agent's line breaks: back into the queue
  TEXT              in a conversation: write it (a command, or in a call: write TEXT)
  attach photo.jpg  in a conversation: send a file of that name
  agent closes      in a conversation: the agent closes it
  answered  machine where the flow places a call: somebody, or an answering machine
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
_CALLED: dict[str, CallWord] = {
    "answered": "answered",
    "machine": "machine",
    "busy": "busy",
    "no answer": "no_answer",
    "failed": "failed",
    "refused": "refused",
    "invalid number": "invalid_number",
}
_NOBODY = {"nobody answers", "nobody", "no agent", "no answer"}
_DURATION = r"(\d[\d.]*\s*[smhd]?)"
_SPOKEN_FOR = re.compile(r"\d[\d.]*\s*[smhd]")
_TIMED = re.compile(rf"(wait|record|hang ?up(?: after)?|answered|completed)(?: for)?\s+{_DURATION}")
_AGENT = re.compile(rf"agent(?: (leaves|drops)(?:(?: after| for)? {_DURATION})?| (\S+))?")
_COMMANDS: dict[str, Command] = {"?": "help", "help": "help", "vars": "vars", "steps": "steps"}


def typed(line: str, asked: Asked | None, *, writes: bool = False) -> Action | Command:
    """Read one line typed at a question (None: time passes); `writes`: there is a conversation.

    Raises:
        Unsuited: it means nothing; the text says what to type.
    """
    text = line.strip()
    low = text.lower()
    if not text:
        return StaySilent()
    if low in _COMMANDS:
        return _COMMANDS[low]
    if writes and (asked is None or isinstance(asked, Writing | Line)):
        return _of_writers(text, asked)
    if low.startswith("write "):
        return Write(text[6:].strip())
    if low.startswith("say "):
        return Speak(text[4:].strip())
    if low in {"hangup", "hang up"}:
        return HangUp()
    return _of_agents(text, asked) or _of_calls(low, asked) or _of_anybody(text, asked)


def _of_writers(text: str, asked: Asked | None) -> Action:
    """Read what is typed in a conversation by messages: what is no command is a message."""
    low = text.lower()
    for word in ("say ", "write "):
        if low.startswith(word):
            return Write(text[len(word) :].strip())
    if low.startswith("attach "):
        return Write(media=tuple(text[7:].split()))
    timed = _TIMED.fullmatch(low)
    if timed and timed[1] == "wait":
        return PassTime(seconds(timed[2]))
    closes = low in {"agent closes", "closes"}
    if isinstance(asked, Line):
        found = AgentLeaves() if closes else _of_agents(text, asked)
        return found or Write(text)
    return Write(text)


def _of_agents(text: str, asked: Asked | None) -> Action | None:
    low = text.lower()
    if isinstance(asked, Enqueue | Promise | Line) and low in _NOBODY:
        return NobodyComes()
    if isinstance(asked, Enqueue | Promise | Line) and low == "no match":
        return NobodyComes("no_match")
    found = _AGENT.fullmatch(low)
    if not found:
        return None
    if found[1]:
        how: Ending = "finished" if found[1] == "leaves" else "accident"
        return AgentLeaves(how, seconds(found[2]) if found[2] else 0)
    name = text[len("agent ") :].strip()
    return AgentAnswers("" if name.lower() == "answers" else name)


def _of_calls(low: str, asked: Asked | None) -> Action | None:
    if isinstance(asked, PlaceCall) and low in _CALLED:
        return CallGoes(_CALLED[low])
    return None


def _of_anybody(text: str, asked: Asked | None) -> Action:
    low = text.lower()
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
