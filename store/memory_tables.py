"""The dictionaries that take the place of tables."""

from typing import Any

from store.memory_api import API_TABLES
from store.memory_desk import TABLES
from store.memory_events import EVENT_TABLES
from store.memory_keeping import KEEPING_TABLES
from store.memory_mail import MAIL_TABLES
from store.memory_messages import MESSAGE_TABLES
from store.memory_outgoing import OUTGOING_TABLES
from store.memory_templates import TEMPLATE_TABLES
from store.memory_wrap_ups import WRAP_UP_TABLES

_OF_TURNS = ("runs", "turns", "history", "outbox", "facts", "calls", "call_log", "recordings")
_OF_THE_OWNER = ("versions", "bindings", "contacts", "secrets")
_OTHERS = (
    *(*TABLES, *API_TABLES, *KEEPING_TABLES, *EVENT_TABLES, *OUTGOING_TABLES),
    *(*WRAP_UP_TABLES, *MAIL_TABLES, *MESSAGE_TABLES, *TEMPLATE_TABLES),
)


class Tables:
    """All rows, by table and key."""

    def __init__(self) -> None:
        names = (*_OF_TURNS, *_OF_THE_OWNER, *_OTHERS)
        self.rows: dict[str, dict[Any, Any]] = {name: {} for name in names}
