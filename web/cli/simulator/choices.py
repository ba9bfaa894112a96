"""Says what can be done at a question, in one line: `[press 1 Sales · say "sales" · silence]`."""

from collections.abc import Iterator, Sequence

from flow.component import Component
from flow.components.assign_and_dial import AssignAndDial
from flow.components.collect_digits import CollectDigits
from flow.components.menu import Menu
from flow.components.survey import Survey
from flow.effects import PlaceCall
from flow.instructions import Collect, Dial, Enqueue, Join, Record
from web.cli.simulator.answers import Asked
from web.cli.simulator.line import Line
from web.cli.simulator.promise import Promise
from web.cli.simulator.thread import Writing

_SHOWN = 12
"""Phrases that fit one line; a recogniser's word list may be long."""


def choices(asked: Asked, step: Component | None, *, holds_agent: bool = False) -> str:
    """Describe a question that `step` asks (None: the flow has not begun).

    An agent who waits for the contact may leave.
    """
    parts = _parts(asked, step)
    return f"[{' · '.join([*parts, *(['agent leaves'] if holds_agent else [])])}]"


def _parts(asked: Asked, step: Component | None) -> list[str]:
    match asked:
        case Collect():
            return [*_keys(asked, step), *_speech(asked), "silence"]
        case Record(finish_key=key):
            return ["record 12s", "say …", *([f"{key} to finish"] if key else []), "silence"]
        case Dial():
            return ["answered 30s", "busy", "no answer", "failed"]
        case Enqueue():
            return ["agent", "nobody answers", *_waiting_keys(step), "Enter or wait 30s", "hangup"]
        case Join():
            return ["agent leaves", "agent drops", "wait 30s", "hangup"]
        case PlaceCall(machine_detection=detects):
            machine = ["machine"] if detects else []
            return ["answered", *machine, "busy", "no answer", "failed"]
        case Promise():
            return ["agent", "nobody answers", "wait 1h"]
        case Line() | Writing():
            return _written(asked, begun=step is not None)


def _written(asked: Line | Writing, *, begun: bool) -> list[str]:
    if isinstance(asked, Writing):
        labels = [choice["label"] for choice in asked.choices]
        return ["write …", *labels, *(["Enter or wait 1h"] if begun else [])]
    if asked.agent:
        return ["agent closes", f"write to {asked.agent} …", "wait 1h"]
    return ["agent", "no match", "write …", "wait 1h"]


def _keys(asked: Collect, step: Component | None) -> Iterator[str]:
    if not asked.keys:
        return
    match step:
        case Menu():
            named = [(o.keys, o.label or o.exit) for o in step.options if o.keys]
            yield f"press {', '.join(f'{keys} {name}' for keys, name in named)}"
        case Survey():
            yield f"press {_answers(step)}{_finish(asked)}"
        case CollectDigits():
            yield f"{_how_many(step.min, asked.max_digits)}{_finish(asked)}"
        case _:
            yield f"press {_how_many(1, asked.max_digits)}{_finish(asked)}"


def _waiting_keys(step: Component | None) -> Iterator[str]:
    if isinstance(step, AssignAndDial) and step.keys:
        yield f"press {', '.join(f'{key} {exit_}' for key, exit_ in step.keys.items())}"


def _answers(step: Survey) -> str:
    match step.kind:
        case "yes_no":
            return "1 yes, 2 no"
        case "choice":
            return ", ".join(f"{o.keys} {o.value}" for o in step.options if o.keys)
        case _:
            low, high = step.scale or ((0, 10) if step.kind == "nps" else (1, 5))
            return f"{low} to {high}"


def _how_many(least: int, most: int) -> str:
    if not most:
        return f"{least} or more digits"
    return f"{most} digits" if least == most else f"{least} to {most} digits"


def _finish(asked: Collect) -> str:
    return f" then {asked.finish_key}" if asked.finish_key else ""


def _speech(asked: Collect) -> Iterator[str]:
    if asked.speech:
        yield f"say {_quoted(asked.hints)}" if asked.hints else "say …"


def _quoted(phrases: Sequence[str]) -> str:
    shown = ", ".join(f'"{phrase}"' for phrase in phrases[:_SHOWN])
    return f"{shown}, …" if len(phrases) > _SHOWN else shown
