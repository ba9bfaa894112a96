"""`/contacts`: the people that flows look up by number, e-mail address or id."""

from typing import Annotated, Any

from flask import Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from flow.ledger import Contact
from store.addresses import number as telephone_number
from store.errors import Conflict
from web.api.doors import note
from web.api.pages import Page, page, text
from web.api.problems import missing, wrong_field
from web.api.resource import Routes
from web.house import house

routes = Routes("contacts", "The people that flows look up.")

_KNOWN = ("name", "number", "email")


def _number(value: str) -> str:
    found = telephone_number(value)
    if value and not found:
        raise ValueError("this is no telephone number; write +15550100001")
    return found


Number = Annotated[str, AfterValidator(_number), Field(max_length=40)]
Email = Annotated[str, Field(pattern=r"^([^@\s]+@[^@\s]+)?$", max_length=320)]
Name = Annotated[str, Field(max_length=200)]


class ContactBody(BaseModel):
    """A contact as it is to be; what is left out is empty."""

    model_config = ConfigDict(extra="forbid")

    name: Name = ""
    number: Number = Field("", description="In E.164, such as +15550100001.")
    email: Email = ""
    fields: dict[str, Any] = Field(
        default_factory=dict, description="What flows read as contact.FIELD.", max_length=200
    )


class ContactChange(BaseModel):
    """Fields of a contact that change; of `fields` too, null removes one."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    number: Number | None = None
    email: Email | None = None
    fields: dict[str, Any] = Field(default_factory=dict, max_length=200)


class ContactOut(BaseModel):
    """A contact."""

    id: str
    name: str
    number: str
    email: str
    fields: dict[str, Any]


class ContactPage(BaseModel):
    """A page of contacts."""

    items: list[ContactOut]
    next: str | None


@routes.get("/contacts")
@routes.input(Page, location="query")
@routes.output(ContactPage)
def list_contacts(query_data: Page) -> Any:
    """List contacts, by id."""
    after = query_data.after(text) or ("",)
    found = house().library.contacts(query_data.limit + 1, after[0])
    return page([_shown(one) for one in found], query_data.limit, lambda one: [one["id"]])


@routes.get("/contacts/<contact_id>")
@routes.output(ContactOut)
def get_contact(contact_id: str) -> Any:
    """Give a contact."""
    return _shown(_found(house().people.get(contact_id)))


@routes.put("/contacts/<contact_id>")
@routes.input(ContactBody)
@routes.output(ContactOut)
@routes.doc(responses={409: "Another contact has this number or e-mail address."})
def put_contact(contact_id: str, json_data: ContactBody) -> Any:
    """Add a contact, or replace the one of this id."""
    if len(contact_id) > 100 or not contact_id.isprintable():  # noqa: PLR2004  as long as any good id
        raise wrong_field("contact_id", "an id has at most 100 printable characters")
    _plain_fields(json_data.fields)
    contact = Contact(contact_id, json_data.name, json_data.number, json_data.email)
    contact = Contact(**{**_shown(contact), "fields": json_data.fields})
    try:
        kept = house().people.put(contact)
    except Conflict:
        raise _taken() from None
    note("contacts.put", contact_id)
    return _shown(kept)


@routes.patch("/contacts/<contact_id>")
@routes.input(ContactChange)
@routes.output(ContactOut)
@routes.doc(responses={409: "Another contact has this number or e-mail address."})
def change_contact(contact_id: str, json_data: ContactChange) -> Any:
    """Change fields of a contact."""
    _plain_fields(json_data.fields)
    given = {name: getattr(json_data, name) for name in _KNOWN}
    known = {name: value for name, value in given.items() if value is not None}
    try:
        kept = house().people.change(contact_id, known, json_data.fields)
    except Conflict:
        raise _taken() from None
    contact = _found(kept)
    note("contacts.change", contact_id)
    return _shown(contact)


@routes.delete("/contacts/<contact_id>")
@routes.doc(responses={204: "It is gone."})
def delete_contact(contact_id: str) -> Response:
    """Remove a contact; what is kept of its calls stays."""
    if not house().people.remove(contact_id):
        raise missing("contact of this id")
    note("contacts.delete", contact_id)
    return Response(status=204)


def _plain_fields(fields: dict[str, Any]) -> None:
    for name in (*_KNOWN, "id"):
        if name in fields:
            raise wrong_field(f"fields.{name}", f"{name} does not belong inside fields")


def _found(contact: Contact | None) -> Contact:
    if contact is None:
        raise missing("contact of this id")
    return contact


def _taken() -> Exception:
    return wrong_field("number", "another contact has this number or e-mail address", 409)


def _shown(contact: Contact) -> dict[str, Any]:
    known = {name: getattr(contact, name) for name in ("id", *_KNOWN)}
    return {**known, "fields": dict(contact.fields)}
