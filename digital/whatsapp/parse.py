"""What only WhatsApp's webhooks say: names, buttons, lists, places, what a message answers."""

from collections.abc import Mapping
from typing import Any


def text_of(form: Mapping[str, str]) -> str:
    """Give what the contact wrote or chose; of a place its name, street and position."""
    for name in ("Body", "ButtonText", "ListTitle"):
        if form.get(name):
            return form[name]
    place = location(form)
    if not place:
        return ""
    position = f"{place['latitude']},{place['longitude']}"
    return "\n".join(filter(None, (place["label"], place["address"], position)))


def choice_of(form: Mapping[str, str]) -> str:
    """Give the value of the button or line that was pressed; "" for none."""
    return form.get("ButtonPayload") or form.get("ListId") or ""


def location(form: Mapping[str, str]) -> Mapping[str, str]:
    """Give the place that was sent; empty for none."""
    if not (form.get("Latitude") and form.get("Longitude")):
        return {}
    return {name.lower(): form.get(name, "") for name in _PLACE}


def details_of(form: Mapping[str, str]) -> Mapping[str, Any]:
    """Give what is kept besides: the place, and whether it was forwarded."""
    place = location(form)
    forwarded = "true" in (form.get("Forwarded"), form.get("FrequentlyForwarded"))
    return {
        **({"location": dict(place)} if place else {}),
        **({"forwarded": True} if forwarded else {}),
    }


_PLACE = ("Latitude", "Longitude", "Address", "Label")
