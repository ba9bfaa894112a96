"""`/message-templates`: the answers that agents have ready."""

from datetime import datetime
from typing import Any

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from desk.templates import LONGEST, Template
from runner.messages.answers import BadTemplate
from web.api.doors import doors, note
from web.api.pages import Page, sliced
from web.api.problems import missing, wrong_field
from web.api.resource import Routes
from web.api.slugs import checked

routes = Routes("message-templates", "Answers that agents have ready.")

_MISSING = "template of this id"


class TemplateBody(BaseModel):
    """A template as it is given."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(default="", max_length=200, description="Empty: the id.")
    text: str = Field(
        min_length=1,
        max_length=LONGEST,
        description="Liquid: {{ contact.name }}, {{ agent.name }}, {{ vars.anything }}.",
    )


class TemplateOut(BaseModel):
    """A template."""

    id: str
    title: str
    text: str
    updated: datetime


class TemplatePage(BaseModel):
    """A page of templates, by id."""

    items: list[TemplateOut]
    next: str | None


@routes.get("/message-templates")
@routes.input(Page, location="query")
@routes.output(TemplatePage)
def list_message_templates(query_data: Page) -> Any:
    """List the templates, by id."""
    part = sliced(doors().answers.all(), query_data, lambda each: each.id)
    return {**part, "items": [_shown(each) for each in part["items"]]}


@routes.get("/message-templates/<template_id>")
@routes.output(TemplateOut)
def get_message_template(template_id: str) -> Any:
    """Give a template."""
    found = doors().answers.one(template_id)
    if found is None:
        raise missing(_MISSING)
    return _shown(found)


@routes.put("/message-templates/<template_id>")
@routes.input(TemplateBody, example={"text": "Hello {{ contact.name }}!"})
@routes.output(TemplateOut)
def put_message_template(template_id: str, json_data: TemplateBody) -> Any:
    """Add a template, or write it anew."""
    name = checked("template_id", template_id)
    try:
        kept = doors().answers.put(name, json_data.title, json_data.text)
    except BadTemplate as error:
        raise wrong_field("text", str(error)) from None
    note("message_templates.put", template_id)
    return _shown(kept)


@routes.delete("/message-templates/<template_id>")
@routes.doc(responses={204: "It is gone."})
def delete_message_template(template_id: str) -> Response:
    """Remove a template."""
    if not doors().answers.remove(template_id):
        raise missing(_MISSING)
    note("message_templates.delete", template_id)
    return Response(status=204)


def _shown(template: Template) -> dict[str, Any]:
    return {name: getattr(template, name) for name in TemplateOut.model_fields}
