"""Where one run of a flow stands: everything a walk remembers between two events, as JSON.

The JSON carries `format`; a version that cannot read an older one says so instead of guessing.
What a `secret` step collected lives in `private` alone, so that the store can seal it.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Literal

FORMAT = 1

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Status = Literal["running", "waiting", "ended"]


class UnreadableExecution(ValueError):
    """The saved JSON is of a format that this version does not read."""


@dataclass(slots=True)
class Frame:
    """One flow being walked: the main one, or a module inside it.

    `flow` is the key in the library (empty for the main flow), `step` the current step,
    `state` what its component keeps while it waits, `entered` the ISO time it was entered.
    """

    flow: str
    step: str
    state: dict[str, Any] = field(default_factory=dict)
    entered: str = ""
    vars: dict[str, Any] = field(default_factory=dict)
    inputs: dict[str, Any] = field(default_factory=dict)
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Execution:
    """One run for one contact. `frames[-1]` is being walked; values are plain JSON.

    `live` says whether a contact is on the line, `awaits` names the effect whose answer the walk
    needs (empty when it waits for the contact), `hears` the order whose news the step that waits
    listens to, `counter` makes effect ids, `turns` counts events.
    `recording` is `off`, `on` or `paused`; `outcome` says how it ended. `answered`: the flow has
    asked something of the contact's call, so it can be refused no more. `whisper` is what an agent
    hears before the join, `auto_answer` (after: seconds) says that agents' telephones answer by
    themselves; `agent` and `queue` name the last agent spoken with, and the queue.
    In an outgoing call an agent waits in `room`; `place` is the order that keeps the agent there.
    `later` is the step to come back to when the branch being walked has ended, `queued` (ISO) when
    the contact first took a place in a queue, `picked_up` (ISO) when the contact last answered a
    call of the flow's. `conversation` names the thread of messages, `message` is the contact's last
    one, `timer` the time-out of the step that waits for the next.
    """

    id: str
    flow: str
    type: str
    started: str
    status: Status = "running"
    outcome: str = ""
    frames: list[Frame] = field(default_factory=list)
    contact: dict[str, Any] = field(default_factory=dict)
    call: dict[str, Any] = field(default_factory=dict)
    channel: dict[str, Any] = field(default_factory=dict)
    private: dict[str, dict[str, Any]] = field(default_factory=dict)
    live: bool = False
    awaits: str = ""
    hears: str = ""
    recording: str = "off"
    answered: bool = False
    counter: int = 0
    turns: int = 0
    seq: int = 0
    business_hours: str = ""
    whisper: str = ""
    auto_answer: dict[str, Any] = field(default_factory=dict)
    agent: str = ""
    queue: str = ""
    place: str = ""
    room: str = ""
    later: dict[str, Any] = field(default_factory=dict)
    queued: str = ""
    picked_up: str = ""
    conversation: str = ""
    message: dict[str, Any] = field(default_factory=dict)
    timer: str = ""

    @property
    def frame(self) -> Frame:
        """The flow that is being walked now."""
        return self.frames[-1]

    @property
    def private_state(self) -> dict[str, Any]:
        """What the step that waits now keeps sealed."""
        held: dict[str, Any] = self.private.get(self._waiting, {}).get(self.frame.step, {})
        return held

    def keep_private_state(self, state: Mapping[str, Any]) -> None:
        """Keep a waiting step's private state, or forget it when there is none."""
        self.private.pop(self._waiting, None)
        if state:
            self.private[self._waiting] = {self.frame.step: dict(state)}

    @property
    def _waiting(self) -> str:
        return f"{len(self.frames)}.waiting"

    def copy(self) -> "Execution":
        """Give a copy that a walk may change; values inside are replaced, never mutated."""
        frames = [_copy_frame(frame) for frame in self.frames]
        fresh = Execution(**{name: getattr(self, name) for name in _NAMES})
        fresh.frames = frames
        fresh.contact = dict(self.contact)
        fresh.call = dict(self.call)
        fresh.private = dict(self.private)
        fresh.later = dict(self.later)
        fresh.message = dict(self.message)
        return fresh

    def to_json(self) -> str:
        """Write everything but `private`, as one line of JSON; what is empty is left out."""
        packed: dict[str, Any] = {"format": FORMAT}
        for name in _OPEN_NAMES:
            value = getattr(self, name)
            if value or name in _FILLED:
                packed[name] = value
        packed["frames"] = [_pack_frame(frame) for frame in self.frames]
        return _ENCODE(packed)

    @classmethod
    def from_json(cls, text: str, private: dict[str, dict[str, Any]] | None = None) -> "Execution":
        """Read what `to_json` wrote; `private` comes from where it was sealed.

        Raises:
            UnreadableExecution: the format is not one this version reads.
        """
        packed = json.loads(text)
        if packed.pop("format", None) != FORMAT:
            raise UnreadableExecution(f"this version reads execution format {FORMAT} only")
        frames = [Frame(**frame) for frame in packed.pop("frames")]
        return cls(**packed, frames=frames, private=private or {})


def _copy_frame(frame: Frame) -> Frame:
    return Frame(
        frame.flow,
        frame.step,
        frame.state,
        frame.entered,
        dict(frame.vars),
        frame.inputs,
        dict(frame.steps),
    )


def _pack_frame(frame: Frame) -> dict[str, Any]:
    return {name: value for name in _FRAME_NAMES if (value := getattr(frame, name)) != {}}


_NAMES = tuple(f.name for f in fields(Execution))
_OPEN_NAMES = tuple(name for name in _NAMES if name not in {"private", "frames"})
_FILLED = frozenset(f.name for f in fields(Execution) if f.default_factory is MISSING and f.default)
"""Fields that are not empty by themselves: those without a default, or with one that says so."""
_FRAME_NAMES = tuple(f.name for f in fields(Frame))
