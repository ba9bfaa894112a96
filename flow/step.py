"""What one turn of the engine gives back."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flow.effects import Effect
from flow.execution import Execution
from flow.instructions import Instruction


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One step that was left: by which exit, from when to when (UTC), with what result.

    `path` names the step behind the module steps it is inside of. `exit` is empty when the
    contact hung up in the step; `error` says what went wrong in it.
    """

    seq: int
    path: str
    component: str
    exit: str
    entered: datetime
    left: datetime
    result: Any
    error: str = ""


@dataclass(slots=True)
class Step:
    """The outcome of one event.

    `instructions` are for the contact's channel, `effects` for the world. `moved` is false when
    the event meant nothing to the run. `errors` are the flow author's mistakes met on the way,
    `crash` a programming error of ours that an error exit covered up.
    """

    execution: Execution
    instructions: tuple[Instruction, ...] = ()
    effects: list[Effect] = field(default_factory=list)
    history: list[HistoryEntry] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    crash: Exception | None = None
    moved: bool = True
