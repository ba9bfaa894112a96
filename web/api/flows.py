"""`/flows`: the flows of this installation and which of their versions is published."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from store.errors import Missing
from store.library import FlowEntry
from web.api.doors import note
from web.api.pages import Page, sliced
from web.api.problems import missing
from web.api.resource import Routes
from web.api.versions import VersionOut, shown_version
from web.house import house

routes = Routes("flows", "The flows of this installation.")


class FlowOut(BaseModel):
    """A flow; `published` and `draft` are the numbers of those versions, null for none."""

    flow: str
    type: str
    published: int | None
    draft: int | None
    versions: int = Field(description="How many versions there are.")


class FlowPage(BaseModel):
    """A page of flows, by name."""

    items: list[FlowOut]
    next: str | None


def _whole(value: Any) -> Any:
    """Take what JSON Schema calls an integer: 2 and 2.0, but no text and no truth value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("give a whole number")  # noqa: TRY004  pydantic reports ValueError with its path
    return value


class RollbackBody(BaseModel):
    """Which version is to be published again."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, BeforeValidator(_whole)] = Field(ge=1, le=1_000_000_000)


@routes.get("/flows")
@routes.input(Page, location="query")
@routes.output(FlowPage)
def list_flows(query_data: Page) -> Any:
    """List flows, by name."""
    found = sliced(house().library.flows(), query_data, lambda entry: entry.id)
    return {**found, "items": [_shown(entry) for entry in found["items"]]}


@routes.get("/flows/<flow>")
@routes.output(FlowOut)
def get_flow(flow: str) -> Any:
    """Give a flow."""
    for entry in house().library.flows():
        if entry.id == flow:
            return _shown(entry)
    raise missing("flow of this name")


@routes.post("/flows/<flow>/rollback")
@routes.input(RollbackBody)
@routes.output(VersionOut)
def roll_back_flow(flow: str, json_data: RollbackBody) -> Any:
    """Publish an older version again; what runs stays on its own."""
    try:
        version = house().library.publish_version(flow, json_data.version)
    except Missing:
        raise missing("such version of such a flow") from None
    note("flows.rollback", flow, version=version.number)
    return shown_version(version)


def _shown(entry: FlowEntry) -> dict[str, Any]:
    return {
        "flow": entry.id,
        "type": entry.type,
        "published": entry.published or None,
        "draft": entry.draft or None,
        "versions": entry.versions,
    }
