"""The contract of a component: what a step of a flow is and how the engine drives it.

A component is a pydantic model of its fields. The engine calls `start` when the step is entered
and `resume` with every event while it waits; both answer with an `Outcome` and change nothing
themselves. What may go wrong in a flow author's data is a `StepError`, never a crash.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from flow.context import Context
from flow.effects import Fact, Needed, Order, StartTimer
from flow.errors import StepError
from flow.events import Event, HungUp
from flow.instructions import Instruction
from flow.language.templates import is_template
from flow.message import Item

VOICE_TYPES = ("incoming_call", "outgoing_call", "api_request", "module")
EVERY_TYPE = (*VOICE_TYPES, "incoming_message")


@dataclass(frozen=True, slots=True)
class Leave:
    """The step is over: take `exit`, remember `result` under `steps.<id>`.

    `private` results are kept sealed and appear nowhere else. `changes` are to the execution
    itself: `contact` (fields to merge), `vars` (to merge), `business_hours`, `recording`.

    `orders` are carried out. With `later` the step is come back to when the branch behind the exit
    has ended, with that state: until then what it `hears` waits. A newer promise replaces it.
    """

    exit: str
    result: Mapping[str, Any] = field(default_factory=dict)
    say: tuple[Instruction, ...] = ()
    facts: tuple[Fact, ...] = ()
    private: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
    orders: tuple[Order, ...] = ()
    later: Mapping[str, Any] = field(default_factory=dict)
    hears: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """The step waits for the contact after saying `say`; `state` comes back with the event.

    `private` comes back too (as `Context.private_state`), but is kept sealed meanwhile. `orders`
    are carried out; `hears` names the one (or the effect) whose news the step listens to. When
    the step is left however it may be, and was not told the last news, that order is dropped.
    `changes` are those of `Leave`. `timer` brings `TimerFired` when nothing came before it.
    """

    say: tuple[Instruction, ...]
    state: Mapping[str, Any] = field(default_factory=dict)
    private: Mapping[str, Any] = field(default_factory=dict)
    orders: tuple[Order, ...] = ()
    hears: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    timer: StartTimer | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """The step waits until the world did `effect`; `say` is heard before.

    `private`, `hears`, `orders` and `changes` are as in `Wait`; news that come before the effect is
    done wait for it.
    """

    effect: Needed
    state: Mapping[str, Any] = field(default_factory=dict)
    say: tuple[Instruction, ...] = ()
    private: Mapping[str, Any] = field(default_factory=dict)
    hears: str = ""
    orders: tuple[Order, ...] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Enter:
    """The step walks a module (`flow` is its key) with `inputs` before it is left."""

    flow: str
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Return:
    """The module is over and leaves the step that entered it by `exit`."""

    exit: str


@dataclass(frozen=True, slots=True)
class Finish:
    """The execution is over; `outcome` is the word for the reports."""

    outcome: str
    say: tuple[Instruction, ...] = ()


Outcome = Leave | Wait | Need | Enter | Return | Finish


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contact in the waiting room stands: seconds since entering, and place in the line.

    `heard` is how many of those seconds were filled with sound before (-1: nothing was heard
    yet). `position` is 1 for the next; None, like `estimate` (seconds), where it is unknown.
    """

    waited: float
    heard: float = -1.0
    position: int | None = None
    estimate: int | None = None


class Component(BaseModel):
    """What every step has in common; a subclass per component adds its fields and behaviour.

    Class attributes describe the component to `check`, the editor and the reference pages:
    `TYPES` are the flow types that may use it, `NEEDS_CALL` that a live call must exist, `TEXTS`
    that a conversation by messages must (where both stand here, either of the two), `EXITS` the
    fixed exits, `OPTIONAL` those that may stay unconnected, `FALLBACK` the exit taken when it fails
    and `error` is not connected (empty: the flow ends with the apology), `STORES` the outputs under
    `steps.<id>`, `WAITS` that an event is needed before it is left, `LAST_WORD` that a hang-up
    still brings something (a recording, how a forwarded call ended) by the verb's own request,
    `HEARS_PLACE` that the step itself decides when an agent who waits for the contact leaves: the
    agent has been found by it, and goes when it is left.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    TYPES: ClassVar[tuple[str, ...]] = EVERY_TYPE
    NEEDS_CALL: ClassVar[bool] = False
    TEXTS: ClassVar[bool] = False
    EXITS: ClassVar[tuple[str, ...]] = ("done",)
    OPTIONAL: ClassVar[tuple[str, ...]] = ()
    FALLBACK: ClassVar[str] = ""
    STORES: ClassVar[tuple[str, ...]] = ()
    WAITS: ClassVar[bool] = False
    LAST_WORD: ClassVar[bool] = False
    HEARS_PLACE: ClassVar[bool] = False

    component: str = Field(description="The component this step runs.")
    title: str = Field(default="", description="A name for people; shown in the editor.")
    exits: dict[str, str] = Field(default_factory=dict, description="Exit name to next step.")
    save: dict[str, Any] = Field(
        default_factory=dict,
        description="Variables to set when the step is left; templates see `result`.",
    )

    def exit_names(self) -> tuple[str, ...]:
        """All exits this step has besides `error`; dynamic ones come from its fields."""
        return self.EXITS

    def fallback(self) -> str:
        """The exit taken when the step fails and `error` is not connected; empty for none."""
        return self.FALLBACK

    def problems(self) -> list[tuple[str, str]]:
        """What is wrong in the fields beyond their types: pairs of field path and message."""
        return []

    def start(self, context: Context) -> Outcome:
        """Begin the step."""
        raise NotImplementedError

    def resume(self, context: Context, event: Event) -> Outcome:
        """Go on after `event`; a component that never waits is never resumed."""
        raise StepError(f"{self.component} does not wait, so {type(event).__name__} means nothing")

    def hang_up(self, context: Context, event: HungUp) -> Leave | Finish | None:
        """Say how to leave a step whose contact hung up; None ends the walk (the usual)."""
        del context, event
        return None

    def waiting(self, context: Context, place: Place) -> tuple[Instruction, ...]:
        """Say what a contact in the waiting room hears now; changes nothing."""
        del context, place
        return ()

    def resume_module(
        self, context: Context, exit_name: str, outputs: Mapping[str, Any]
    ) -> Outcome:
        """Go on after the module this step entered returned by `exit_name` with its outputs."""
        raise StepError(f"{self.component} enters no module")

    def enters(self) -> str:
        """Name the module this step walks, as `slug@version`; empty for none."""
        return ""

    def needs_conversation(self) -> bool:
        """Say whether nothing but a conversation by messages will do."""
        return self.TEXTS and not self.NEEDS_CALL

    def audio_names(self) -> set[str]:
        """List the prompts this step plays by a fixed name, wherever its messages stand."""
        return set(_audio_names(self))


def _audio_names(value: Any) -> Iterator[str]:
    if isinstance(value, Item):
        given = value.audio
        words = given.values() if isinstance(given, dict) else [given] if given else []
        yield from (name for name in words if not is_template(name))
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _audio_names(getattr(value, name))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _audio_names(item)
