"""The documents that are checked together, and where modules outside of them come from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flow.component import Component
from flow.flow import Field, Flow
from flow.language.document import declared
from flow.language.parse import Parsed

Resolve = Callable[[str, str], Flow | None]


@dataclass(frozen=True, slots=True)
class Module:
    """What rules ask of a module, whether it is a given document or a published flow.

    `waits` says that some step of it waits, `talks` that some step needs a call, `asks` that one
    needs a call or a conversation by messages, `texts` that one needs a conversation that is not
    begun (`opens`) inside; `components` are those its steps run.
    """

    slug: str
    type: str
    inputs: Mapping[str, Field]
    outputs: tuple[str, ...]
    exits: tuple[str, ...]
    waits: bool
    talks: bool
    asks: bool
    texts: bool
    opens: bool
    components: frozenset[str]

    @classmethod
    def of(cls, steps: Iterable[Component], **about: Any) -> "Module":
        """Describe the module of some steps."""
        steps = tuple(steps)
        calls = [step for step in steps if step.NEEDS_CALL]
        opens = any(opens_conversation(step) for step in steps)
        return cls(
            **about,
            waits=any(step.WAITS for step in steps),
            talks=any(not step.TEXTS for step in calls),
            asks=any(step.TEXTS for step in calls),
            texts=not opens and any(step.needs_conversation() for step in steps),
            opens=opens,
            components=frozenset(step.component for step in steps),
        )


@dataclass(frozen=True, slots=True)
class Library:
    """The documents at hand; `resolve` finds published flows by slug and version."""

    documents: Sequence[Parsed]
    resolve: Resolve | None = None

    def module(self, slug: str, version: str = "latest") -> Module | None:
        """Find a flow by its slug: among the documents first, then what is published."""
        for document in self.documents:
            if document.slug == slug:
                return _of_document(document)
        found = self.resolve(slug, version) if self.resolve else None
        return _of_flow(found) if found else None


def opens_conversation(step: Component) -> bool:
    """Say whether a step begins a conversation by messages."""
    return step.component == "send_message" and not step.needs_conversation()


def _of_document(document: Parsed) -> Module:
    header = document.header
    return Module.of(
        document.steps.values(),
        slug=document.slug,
        type=document.type,
        inputs=declared(header.inputs),
        outputs=tuple(header.outputs),
        exits=header.exits,
    )


def _of_flow(flow: Flow) -> Module:
    return Module.of(
        flow.steps.values(),
        slug=flow.slug,
        type=flow.type,
        inputs=flow.inputs,
        outputs=tuple(flow.outputs),
        exits=flow.exits,
    )
