"""E-mails that could not be handed to the mail server yet, or were: what is kept of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MailState = Literal["ready", "sent", "failed"]


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail in our keeping: `sealed` is all of it, emptied once it is done with.

    `id` is that of the effect that asked for it; its Message-ID is made of it. `reason` is that of
    the last try, in our own words.
    """

    id: str
    execution: str
    sealed: bytes
    state: MailState
    created: datetime
    updated: datetime
    attempts: int = 0
    reason: str = ""
