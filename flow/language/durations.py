"""Reads durations as flow authors write them: `30s`, `5m`, `2h`, `3d`, or seconds."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([smhd]?)\s*")
_LONGEST = 400 * 86_400.0


def seconds(value: Any) -> float:
    """Turn `5m` or a number into seconds.

    Raises:
        ValueError: it is no duration, negative, or longer than 400 days.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("give a duration such as 30s, 5m, 2h or 3d")  # noqa: TRY004 pydantic reports ValueError with its path
    found = _DURATION.fullmatch(str(value))
    if not found:
        raise ValueError(f"{value!r} is no duration; write 30s, 5m, 2h, 3d or seconds")
    amount = float(found[1]) * _SECONDS[found[2] or "s"]
    if amount > _LONGEST:
        raise ValueError(f"{value!r} is longer than 400 days")
    return amount


Duration = Annotated[
    float,
    BeforeValidator(seconds, json_schema_input_type=float | str),
    Field(ge=0),
]
"""A field that takes a duration and holds seconds."""
