"""`/webhooks`: who is told of events; changes are written into the audit log."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from desk.subscriptions import LONGEST_URL, Backlog, EventName, Subscription
from runner.errors import RunnerError
from web.api.doors import note
from web.api.pages import Page, sliced
from web.api.problems import missing, wrong_field
from web.api.resource import Routes
from web.house import house

routes = Routes("webhooks", "Who is told of events.")


class WebhookOut(BaseModel):
    """A subscriber; `to_send` and `given_up` are events that it has not got."""

    id: str
    url: str
    events: list[str]
    created: datetime
    paused: datetime | None = Field(description="Since when nothing is sent; null while it is.")
    reason: str = Field(description="Why it is paused.")
    failures: int = Field(description="Since the last delivery that succeeded.")
    to_send: int
    given_up: int


class NewWebhookOut(WebhookOut):
    """A new subscriber, with the secret that signs what is sent; it is shown only now."""

    secret: str


class WebhookPage(BaseModel):
    """A page of subscribers, by id."""

    items: list[WebhookOut]
    next: str | None


class WebhookBody(BaseModel):
    """The address that is to be told, and of what."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=LONGEST_URL, description="https://crm.example.com/hook")
    events: list[EventName] = Field(min_length=1, max_length=20)


class WebhookChange(BaseModel):
    """Whether nothing is to be sent for now."""

    model_config = ConfigDict(extra="forbid")

    paused: StrictBool


class RedeliveryBody(BaseModel):
    """What is to be sent again: a subscriber's id, or an event's."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=100)


class RedeliveryOut(BaseModel):
    """How many deliveries are made again."""

    deliveries: int


@routes.get("/webhooks")
@routes.input(Page, location="query")
@routes.output(WebhookPage)
def list_webhooks(query_data: Page) -> Any:
    """List subscribers, by id."""
    owed = house().webhooks.backlogs()
    found = sliced(list(house().webhooks.all()), query_data, lambda one: one.id)
    return {**found, "items": [_shown(one, owed) for one in found["items"]]}


@routes.post("/webhooks")
@routes.input(WebhookBody)
@routes.output(NewWebhookOut, status_code=201)
def add_webhook(json_data: WebhookBody) -> Any:
    """Subscribe an address; the answer holds the signing secret, which is never shown again."""
    try:
        made, secret = house().webhooks.add(json_data.url, json_data.events)
    except RunnerError as error:
        raise wrong_field("url", str(error)) from None
    note("webhooks.add", made.id)
    return {**_shown(made, {}), "secret": secret}


@routes.get("/webhooks/<webhook_id>")
@routes.output(WebhookOut)
def get_webhook(webhook_id: str) -> Any:
    """Give a subscriber."""
    return _shown(_found(webhook_id), house().webhooks.backlogs())


@routes.delete("/webhooks/<webhook_id>")
@routes.doc(responses={204: "It is gone."})
def delete_webhook(webhook_id: str) -> Response:
    """Forget a subscriber, and what was still to be sent there."""
    if not house().webhooks.remove(webhook_id):
        raise missing("webhook of this id")
    note("webhooks.delete", webhook_id)
    return Response(status=204)


@routes.patch("/webhooks/<webhook_id>")
@routes.input(WebhookChange)
@routes.output(WebhookOut)
def change_webhook(webhook_id: str, json_data: WebhookChange) -> Any:
    """Pause a subscriber, or send there again; what happens in a pause is kept for 30 days."""
    _found(webhook_id)
    change = house().webhooks.pause if json_data.paused else house().webhooks.resume
    if change(webhook_id):
        note("webhooks.pause" if json_data.paused else "webhooks.resume", webhook_id)
    return _shown(_found(webhook_id), house().webhooks.backlogs())


@routes.post("/webhooks/redeliveries")
@routes.input(RedeliveryBody)
@routes.output(RedeliveryOut)
def redeliver(json_data: RedeliveryBody) -> Any:
    """Send again: what was given up for a subscriber, or one event to all who were to get it."""
    count = house().webhooks.redeliver(json_data.id)
    if count:
        note("webhooks.redeliver", json_data.id)
    return {"deliveries": count}


def _found(webhook_id: str) -> Subscription:
    found = house().webhooks.find(webhook_id)
    if found is None:
        raise missing("webhook of this id")
    return found


def _shown(one: Subscription, owed: Mapping[str, Backlog]) -> dict[str, Any]:
    names = ("id", "url", "events", "created", "paused", "reason", "failures")
    backlog = owed.get(one.id, Backlog())
    known = {name: getattr(one, name) for name in names}
    return {**known, "to_send": backlog.open, "given_up": backlog.dead}
