"""`/bindings`: which address leads to which flow."""

from typing import Any

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from store.errors import Missing, Unstorable
from web.api.doors import doors, note
from web.api.pages import Page, sliced
from web.api.problems import missing, wrong_field
from web.api.resource import Routes
from web.house import house

routes = Routes("bindings", "Which address leads to which flow.")


class BindingOut(BaseModel):
    """An address in its one form, and the flow it leads to."""

    address: str
    flow: str


class BindingPage(BaseModel):
    """A page of bindings, by address."""

    items: list[BindingOut]
    next: str | None


class BindingBody(BaseModel):
    """The flow that an address is to lead to."""

    model_config = ConfigDict(extra="forbid")

    flow: str = Field(min_length=1, max_length=100)


@routes.get("/bindings")
@routes.input(Page, location="query")
@routes.output(BindingPage)
def list_bindings(query_data: Page) -> Any:
    """List bindings, by address."""
    found = sliced(house().library.bindings(), query_data, lambda binding: binding[0])
    return {**found, "items": [{"address": a, "flow": flow} for a, flow in found["items"]]}


@routes.put("/bindings/<address>")
@routes.input(BindingBody)
@routes.output(BindingOut)
def put_binding(address: str, json_data: BindingBody) -> Any:
    """Bind an address to a flow, instead of any other.

    An address is +15550100001, sms:+15550100001, whatsapp:+15550100001, chat:NAME or
    mailto:NAME@DOMAIN.
    """
    try:
        kept = house().library.bind(address, json_data.flow, doors().clock())
    except Missing:
        raise missing("flow of this name: publish it first") from None
    except Unstorable as error:
        raise wrong_field("address", str(error)) from None
    note("bindings.put", kept, flow=json_data.flow)
    return {"address": kept, "flow": json_data.flow}


@routes.delete("/bindings/<address>")
@routes.doc(responses={204: "It is free."})
def delete_binding(address: str) -> Response:
    """Free an address."""
    try:
        freed = house().library.unbind(address)
    except Unstorable:
        freed = False
    if not freed:
        raise missing("binding of this address")
    note("bindings.delete", address)
    return Response(status=204)
