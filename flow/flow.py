"""A flow that is ready to walk: the checked document with its steps and its modules."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flow.component import Component


@dataclass(frozen=True, slots=True)
class Field:
    """A declared input or variable: its type's name, and what it is when nobody gives it."""

    type: str = "string"
    required: bool = False
    default: Any = None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow document, loaded. `language` may be a template; `modules` are keyed `slug@version`.

    `outputs` and `exits` are what a module declares; `layout` never gets here.
    """

    slug: str
    type: str
    start: str
    steps: "Mapping[str, Component]"
    title: str = ""
    language: str = "en-US"
    voice: str = ""
    timezone: str = "UTC"
    music: str = ""
    inputs: Mapping[str, Field] = field(default_factory=dict)
    variables: Mapping[str, Field] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    exits: tuple[str, ...] = ()
    modules: "Mapping[str, Flow]" = field(default_factory=dict)

    def with_modules(self, modules: "Mapping[str, Flow]") -> "Flow":
        """Give the same flow with the modules it may enter, theirs included."""
        return replace(self, modules=modules)

    def module(self, key: str) -> "Flow":
        """Find the flow a frame walks; the empty key is this flow itself.

        Raises:
            KeyError: no such module was given.
        """
        return self.modules[key] if key else self
