"""Small rows for tests: only what a test says differs from these."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flow.ledger import Answer, OutboxItem, Run, Saved, Turn
from flow.step import HistoryEntry

NOON = datetime(2030, 1, 7, 12, 0, 0, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def a_run(**changes: Any) -> Run:
    run = Run("e1", "support", "incoming_call", "v1", "i1", "t1", "{}", "waiting", NOON, NOON)
    return replace(run, **changes)


def a_turn(token: str = "t1", number: int = 1, body: bytes | None = b"<Response/>") -> Turn:  # noqa: S107  a token of a turn, no password
    answer = Answer(body) if body is not None else None
    return Turn("e1", token, "f" * 64, number, NOON, answer)


def an_entry(seq: int = 1, **changes: Any) -> HistoryEntry:
    entry = HistoryEntry(seq, "welcome", "play", "done", NOON, NOON + MINUTE, {"digits": "1"})
    return replace(entry, **changes)


def an_item(item: str = "e1.1", **changes: Any) -> OutboxItem:
    made = OutboxItem(item, "e1", "HttpRequest", b"\x00sealed", True, False, "web-1", NOON)
    return replace(made, **changes)


def begin(store: Any, **changes: Any) -> Run:
    """Insert a run in a transaction of its own."""
    run = a_run(**changes)
    with store.work() as work:
        work.save(Saved(run, new=True))
    return run


def at_once(count: int, do: Callable[[int], Any]) -> list[Any]:
    """Run `do(0)` to `do(count - 1)` in threads of their own; give what they return or raise."""

    def one(number: int) -> Any:
        try:
            return do(number)
        except Exception as error:  # noqa: BLE001  the test looks at it
            return error

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
