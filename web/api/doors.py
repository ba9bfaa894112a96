"""What the views work with besides the house: the services that `app.py` builds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app, g

from desk.access import ApiKey, AuditEntry
from runner.handling import Handling
from runner.keys import Keys
from runner.messages.answers import Answers
from runner.messages.hands import Hands
from runner.outgoing import Outgoing
from runner.staff import Staff
from runner.starts import Starts
from web.house import house

_NAME = "linewalk.api"


@dataclass(frozen=True, slots=True)
class Doors:
    """The services behind the API: who has a key, what starts flows, what time it is, who works.

    `hands` and `answers` are for conversations by messages.
    """

    keys: Keys
    starts: Starts
    clock: Callable[[], datetime]
    staff: Staff
    outgoing: Outgoing
    handling: Handling
    hands: Hands
    answers: Answers


def open_doors(app: object, doors: Doors) -> None:
    """Give an application its services."""
    vars(app)["extensions"][_NAME] = doors


def doors() -> Doors:
    """Give the services of the application that runs."""
    return cast("Doors", current_app.extensions[_NAME])


def api_key() -> ApiKey:
    """Give the key of this request; the gate has checked it."""
    return cast("ApiKey", g.api_key)


def note(action: str, subject: str, **detail: object) -> None:
    """Write into the audit log what the key of this request does."""
    entry = AuditEntry(doors().clock(), api_key().id, action, subject, detail)
    house().audit.write(entry)
