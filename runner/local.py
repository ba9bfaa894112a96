"""Does the effects that need nothing but the open transaction: contacts, dial rules."""

from collections.abc import Mapping
from typing import Any

from flow.effects import LookUpContact, UpdateContact
from runner.ports import LocalPerformer, Work

Result = tuple[str, Mapping[str, Any]]


def look_up_contact(work: Work, effect: LookUpContact) -> Result:
    """Find a contact among the built-in ones."""
    if effect.source != "contacts" or not effect.value:
        return "not_found", {}
    contact = work.contact_by(effect.by, effect.value)
    return ("found", contact.values()) if contact else ("not_found", {})


def update_contact(work: Work, effect: UpdateContact) -> Result:
    """Change a built-in contact's fields."""
    contact = work.update_contact(effect.contact, effect.fields) if effect.contact else None
    return ("done", contact.values()) if contact else ("not_found", {})


LOCAL: Mapping[type[Any], LocalPerformer] = {
    LookUpContact: look_up_contact,
    UpdateContact: update_contact,
}
"""The performers that need no wiring."""
