"""Judges the ids that a program makes up: as the agents file does."""

from pydantic import TypeAdapter, ValidationError

from desk.agents_file import Slug
from web.api.problems import wrong_field

_SLUG = TypeAdapter[str](Slug)


def checked(field: str, value: str) -> str:
    """Take an id from an address.

    Raises:
        Problem: it cannot be one.
    """
    try:
        return _SLUG.validate_python(value)
    except ValidationError:
        told = "use at most 64 letters, digits and _ . @ -, beginning with a letter or digit"
        raise wrong_field(field, told) from None
