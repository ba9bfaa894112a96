"""The documents that are checked together, and where modules outside of them come from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flow.flow import Field, Flow
from flow.language.document import declared
from flow.language.parse import Parsed

Resolve = Callable[[str, str], Flow | None]


@dataclass(frozen=True, slots=True)
class Module:
    """What rules ask of a module, whether it is a given document or a published flow.

    `waits` says that some step of it waits, `talks` that some step needs a call; `components` are
    those its steps run.
    """

    slug: str
    type: str
    inputs: Mapping[str, Field]
    outputs: tuple[str, ...]
    exits: tuple[str, ...]
    waits: bool
    talks: bool
    components: frozenset[str]


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


def _of_document(document: Parsed) -> Module:
    header, steps = document.header, document.steps.values()
    return Module(
        document.slug,
        document.type,
        declared(header.inputs),
        tuple(header.outputs),
        header.exits,
        any(step.WAITS for step in steps),
        any(step.NEEDS_CALL for step in steps),
        frozenset(step.component for step in steps),
    )


def _of_flow(flow: Flow) -> Module:
    return Module(
        flow.slug,
        flow.type,
        flow.inputs,
        tuple(flow.outputs),
        flow.exits,
        any(step.WAITS for step in flow.steps.values()),
        any(step.NEEDS_CALL for step in flow.steps.values()),
        frozenset(step.component for step in flow.steps.values()),
    )
