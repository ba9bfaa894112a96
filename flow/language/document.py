"""The fields of a flow document around its steps (design, section 3)."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from flow.component import Component
from flow.flow import Field as Declared
from flow.flow import Flow
from flow.kinds import Kind
from flow.language.templates import is_template

FlowType = Literal["incoming_call", "incoming_message", "api_request", "outgoing_call", "module"]

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# RFC 5646 section 2.1, without its private and grandfathered tags.
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


def _slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise ValueError("use small letters, digits and single hyphens, as in support-line")
    return text


def _language(text: str) -> str:
    if not (is_template(text) or _TAG.fullmatch(text)):
        raise ValueError(f"{text!r} is no language; write one such as en-US or pt, or a template")
    return text


class Declaration(BaseModel):
    """One declared input or variable: its type, and what it is when nobody gives it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Kind = Field(default="string", description="The type values are turned into.")
    required: bool = Field(default=False, description="Whether a run needs it from outside.")
    default: Any = Field(default=None, description="Its value when nobody gives one.")
    secret: bool = Field(default=False, description="Whether it may only go to other systems.")


class Document(BaseModel):
    """A whole flow document; `steps` are still plain, `layout` is the editor's own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    linewalk: Literal[1] = Field(description="The version of this format.")
    flow: Annotated[str, AfterValidator(_slug)] = Field(description="The flow's unique name.")
    type: FlowType = Field(description="What starts the flow.")
    title: str = Field(default="", description="A name for people.")
    language: Annotated[str, AfterValidator(_language)] = Field(
        default="en-US", description="What is spoken and understood: BCP 47, or a template."
    )
    voice: str = Field(default="", description="The carrier's name of a voice.")
    timezone: str = Field(default="", description="An IANA zone; the operator's if not given.")
    music: str = Field(default="", description="A prompt's name, heard while waiting.")
    inputs: dict[str, Declaration] = Field(
        default_factory=dict, description="What a run is given: by the API or by run_module."
    )
    outputs: dict[str, str] = Field(
        default_factory=dict, description="What a module hands back: a template per name."
    )
    exits: tuple[str, ...] = Field(default=(), description="The ways out of a module.")
    variables: dict[str, Declaration] = Field(
        default_factory=dict, description="What the flow remembers as vars.NAME."
    )
    start: str = Field(min_length=1, description="The first step.")
    steps: dict[str, dict[str, Any]] = Field(min_length=1, description="The steps by their name.")
    layout: Any = Field(default=None, description="Where the editor draws things.")


def to_flow(document: Document, steps: Mapping[str, Component]) -> Flow:
    """Make the flow that the engine walks from the document and its validated steps."""
    return Flow(
        slug=document.flow,
        type=document.type,
        start=document.start,
        steps=steps,
        title=document.title,
        language=document.language,
        voice=document.voice,
        timezone=document.timezone,
        music=document.music,
        inputs=declared(document.inputs),
        variables=declared(document.variables),
        outputs=document.outputs,
        exits=document.exits,
    )


def declared(given: Mapping[str, Declaration]) -> dict[str, Declared]:
    """Make declarations of a document the ones that the engine fills."""
    return {
        name: Declared(field.type, field.required, field.default, field.secret)
        for name, field in given.items()
    }
