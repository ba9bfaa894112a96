"""`/flows/{flow}/versions`: every published version, and publishing the next one."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from flow.errors import DocumentError
from flow.flow import Flow
from flow.language.check import check
from flow.language.load import load
from flow.language.problem import Problem as Finding
from flow.ledger import Version
from web.api.doors import doors, note
from web.api.pages import Page, number, page
from web.api.problems import FieldError, Problem, missing, wrong_field
from web.api.resource import Routes
from web.house import house
from web.publishing import prompts_of, published

routes = Routes("versions", "Versions of flows; a published one never changes.")

_NAME = "document"


class VersionOut(BaseModel):
    """A version without its document; `state` is draft, published or archived."""

    flow_version_id: str
    flow: str
    version: int
    type: str
    state: str
    created: datetime


class WarningOut(BaseModel):
    """Something in the document that is allowed and may be a mistake."""

    field: str
    message: str
    line: int


class PublishedOut(VersionOut):
    """The version that was published, and what `check` warns of."""

    warnings: list[WarningOut]


class WholeVersionOut(VersionOut):
    """A version with its document."""

    source: str


class VersionPage(BaseModel):
    """A page of versions, the newest first."""

    items: list[VersionOut]
    next: str | None


class PublishBody(BaseModel):
    """A flow document: its text in `source` (YAML or JSON), or the document itself."""

    model_config = ConfigDict(extra="forbid")

    source: str | None = Field(None, min_length=1)
    document: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _one(self) -> "PublishBody":
        if (self.source is None) == (self.document is None):
            raise ValueError("give either source or document")
        return self

    @property
    def text(self) -> str:
        """The document's text."""
        return self.source or json.dumps(self.document, indent=2, ensure_ascii=False) + "\n"


@routes.get("/flows/<flow>/versions")
@routes.input(Page, location="query")
@routes.output(VersionPage)
def list_versions(flow: str, query_data: Page) -> Any:
    """List the versions of a flow, the newest first."""
    newest_first = _of(flow)[::-1]
    below = query_data.after(number)
    found = [v for v in newest_first if below is None or v.number < below[0]]
    shown = [shown_version(version) for version in found]
    return page(shown, query_data.limit, lambda one: [one["version"]])


@routes.get("/flows/<flow>/versions/<int:version>")
@routes.output(WholeVersionOut)
def get_version(flow: str, version: int) -> Any:
    """Give a version with its document, as it was published."""
    for found in _of(flow):
        if found.number == version:
            return {**shown_version(found), "source": found.source}
    raise missing("such version of this flow")


@routes.post("/flows/<flow>/versions")
@routes.input(PublishBody)
@routes.output(PublishedOut, status_code=201, description="It is published.")
def publish_version(flow: str, json_data: PublishBody) -> Any:
    """Check a document and publish it as the flow's next version.

    What is wrong with it stands in `errors`, with the step and field, and the line in the text.
    """
    text = json_data.text
    findings = check([(_NAME, text)], partial(published, house().library))
    errors = [finding for finding in findings if finding.is_error]
    if errors:
        raise _refused(findings)
    loaded = _loaded(text)
    if loaded.slug != flow:
        raise wrong_field("flow", f"the document is of the flow {loaded.slug!r}")
    _need_prompts(loaded)
    version = house().library.publish(loaded.slug, loaded.type, text, doors().clock())
    note("flows.publish", flow, version=version.number)
    warnings = [{"field": _field(f), "message": f.message, "line": f.line} for f in findings]
    return {**shown_version(version), "warnings": warnings}


def _of(flow: str) -> Sequence[Version]:
    found = house().library.versions(flow)
    if not found:
        raise missing("flow of this name")
    return found


def _loaded(text: str) -> Flow:
    try:
        return load(text, _NAME)
    except DocumentError as error:
        raise Problem(400, str(error)) from None


def _refused(findings: Iterable[Finding]) -> Problem:
    errors = [
        FieldError(field=_field(f), message=f.message, line=f.line, severity=f.severity)
        for f in findings
    ]
    return Problem(400, "the document cannot be published: see errors", errors)


def _field(finding: Finding) -> str:
    return ".".join(part for part in (finding.step, finding.field) if part)


def _need_prompts(flow: Flow) -> None:
    known = {prompt.name for prompt in house().prompts.list()}
    lacking = sorted(prompts_of(flow) - known)
    if lacking:
        errors = [FieldError(field=name, message="there is no such prompt") for name in lacking]
        raise Problem(400, "the flow plays prompts that nobody has added: see errors", errors)


def shown_version(version: Version) -> dict[str, Any]:
    """Write a version as the API shows it."""
    return {
        "flow_version_id": version.id,
        "flow": version.flow,
        "version": version.number,
        "type": version.type,
        "state": version.state,
        "created": version.created,
    }
