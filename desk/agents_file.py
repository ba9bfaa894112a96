"""Reads the agents file, and says of every mistake in it where it is and what to do.

The YAML is read by `flow.language.reader` (siblings do not know each other, so this room takes
what that gives): `parse(read(text), "agents.yaml")`. The API takes the same models.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from desk.addresses import normal
from desk.agents import Agent, Chosen, RingGroup
from desk.explain import explain
from desk.presence import choose
from desk.weights import CAPACITY

Path = tuple[str | int, ...]

Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$")]
"""An id: letters, digits and _ . @ -, beginning with a letter or digit."""


AgentName = Annotated[str, Field(min_length=1, max_length=200)]
Address = Annotated[str, AfterValidator(normal)]
Email = Annotated[str, Field(max_length=254, pattern=r"^(?:[^\s@,;<>\"]+@[^\s@,;<>\"]+)?$")]
"""Where an agent's messages go by e-mail; empty for nowhere."""
_TAG = re.compile(r"(?:[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})?")


def _tag(text: str) -> str:
    if not _TAG.fullmatch(text):
        raise ValueError("it is no language; write en, or de-AT")
    return text


Language = Annotated[str, AfterValidator(_tag)]
"""What an agent is spoken to in, as en or de-AT; empty for the flow's language."""
Capacity = Annotated[int, Field(ge=0, le=1_000)]
"""How many points of contacts an agent may have at once."""
Groups = Annotated[list[Slug], Field(max_length=100)]
Attributes = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=64)], Annotated[int, Field(ge=0, le=100)]],
    Field(max_length=100),
]
"""What agents are good at, from 0 to 100."""


class Read(Protocol):
    """A document that was read: its value, its lines, and the keys given twice in it."""

    @property
    def value(self) -> Any:
        """The document's plain value."""

    @property
    def twice(self) -> Sequence[tuple[Path, int, int]]:
        """The keys given twice, with the lines of both."""

    def line(self, path: Path) -> int:
        """Find the line of a value."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in an agents file; `line` counts from 1, `field` is a dotted path."""

    source: str
    line: int
    field: str
    message: str

    def line_text(self) -> str:
        """Render it for people and editors: `file:line: agents.0.address: message`."""
        place = f"{self.field}: " if self.field else ""
        return f"{self.source}:{self.line}: {place}{self.message}"


class BadAgentsFile(ValueError):
    """The file cannot be used; `faults` lists everything that is wrong, in the file's order."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(fault.line_text() for fault in faults))
        self.faults = tuple(faults)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class RingGroupEntry(_Model):
    """A ring group as it is written."""

    id: Slug
    title: str = Field(default="", max_length=200)

    def group(self) -> RingGroup:
        """Make the ring group."""
        return RingGroup(self.id, self.title or self.id)


class AgentDetails(_Model):
    """What is written of an agent besides the id; without a presence the present one stays."""

    name: AgentName
    address: Address
    ring_groups: Groups = Field(default_factory=list)
    attributes: Attributes = Field(default_factory=dict)
    accept_by_key: bool | None = None
    presence: Chosen | None = None
    email: Email = ""
    language: Language = ""
    capacity: Capacity = CAPACITY


class AgentEntry(AgentDetails):
    """An agent as it is written."""

    id: Slug

    def agent(self, known: Agent | None, at: datetime) -> Agent:
        """Make the agent, or bring a known one up to date without disturbing a call."""
        fresh = known or Agent(self.id, self.name, self.address, since=at)
        agent = replace(
            fresh,
            name=self.name,
            address=self.address,
            ring_groups=tuple(dict.fromkeys(self.ring_groups)),
            attributes=dict(self.attributes),
            accept_by_key=self.accept_by_key,
            email=self.email,
            language=self.language,
            capacity=self.capacity,
        )
        return choose(agent, self.presence, at) if self.presence else agent


class AgentsFile(_Model):
    """The whole file."""

    ring_groups: list[RingGroupEntry] = Field(default_factory=list)
    agents: list[AgentEntry] = Field(default_factory=list)


def parse(read: Read, source: str) -> AgentsFile:
    """Take an agents file apart.

    Raises:
        BadAgentsFile: something in it is wrong; it lists everything that is.
    """
    if not isinstance(read.value, Mapping):
        example = "an agents file is a mapping with ring_groups: and agents:"
        raise BadAgentsFile([Fault(source, 1, "", example)])
    faults = [
        Fault(source, second, dotted(path), f"is given twice, in line {first} and here; keep one")
        for path, first, second in read.twice
    ]
    try:
        file = AgentsFile.model_validate(read.value)
        found = list(_contradictions(file))
    except ValidationError as error:
        found = explain(error)
    faults += [Fault(source, read.line(path), dotted(path), text) for path, text in found]
    if faults:
        raise BadAgentsFile(sorted(faults, key=lambda fault: fault.line))
    return file


def dotted(path: Path) -> str:
    """Write a path as `agents.0.address`."""
    return ".".join(map(str, path))


def _contradictions(file: AgentsFile) -> Iterator[tuple[Path, str]]:
    yield from _twins("ring_groups", "id", [group.id for group in file.ring_groups])
    yield from _twins("agents", "id", [agent.id for agent in file.agents])
    yield from _twins("agents", "address", [agent.address for agent in file.agents])
    known = {group.id for group in file.ring_groups}
    for index, agent in enumerate(file.agents):
        for place, name in enumerate(agent.ring_groups):
            if name not in known:
                path = ("agents", index, "ring_groups", place)
                yield path, f"there is no ring group {name!r}; add it under ring_groups"


def _twins(section: str, name: str, values: Sequence[str]) -> Iterator[tuple[Path, str]]:
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        if first.setdefault(value, index) != index:
            other = f"{section}.{first[value]}"
            yield (section, index, name), f"{value!r} is already that of {other}; give another"
