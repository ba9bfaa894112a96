"""`send_digits`: sends touch tones into the call, as to reach an extension."""

import re
from typing import ClassVar, Literal

from pydantic import Field

from flow.component import Component, Leave
from flow.context import Context
from flow.errors import StepError
from flow.instructions import SendDigits as Send
from flow.language.templates import is_template

_TONES = re.compile(r"[0-9A-D*#wW]+")
_LONGEST = 32
"""What carriers take in one go."""


class SendDigits(Component):
    """Send touch tones to the other side; `w` is a pause of half a second."""

    TYPES: ClassVar[tuple[str, ...]] = ("incoming_call", "api_request", "module")
    NEEDS_CALL: ClassVar[bool] = True
    FALLBACK: ClassVar[str] = "done"

    component: Literal["send_digits"]
    digits: str = Field(min_length=1, description="0-9, *, #, A-D, w for half a second.")

    def problems(self) -> list[tuple[str, str]]:
        """Find tones that do not exist."""
        if is_template(self.digits) or _sendable(self.digits):
            return []
        return [("digits", f"give 1 to {_LONGEST} of 0-9, *, #, A-D and w")]

    def start(self, context: Context) -> Leave:
        """Send the tones and go on."""
        tones = context.render(self.digits).strip()
        if not _sendable(tones):
            raise StepError(f"digits must be 1 to {_LONGEST} of 0-9, *, #, A-D and w")
        return Leave("done", say=(Send(tones),))


def _sendable(tones: str) -> bool:
    return len(tones) <= _LONGEST and _TONES.fullmatch(tones) is not None
