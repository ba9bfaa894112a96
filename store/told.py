"""Writes the events of a transaction, and for whom: the last thing before its commit.

Only here is an interaction locked for numbering, after every other lock and in the order of the
ids: so whoever waits for it holds nothing that its holder still wants.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from desk.subscriptions import Delivery, DeliveryState, OutsideEvent
from store.database import Database
from store.happenings import Happened, Happening, happenings
from store.part import ADVISORY, Part
from store.schema import executions
from store.schema_events import deliveries, events, subscriptions
from store.schema_messages import threads
from store.types import clean

SOMEBODY = sa.select(sa.exists(sa.select(subscriptions.c.id)))
"""Whether anybody subscribes."""

_LISTENERS = sa.select(subscriptions.c.id, subscriptions.c.events).order_by(subscriptions.c.id)
_OPEN = sa.case((deliveries.c.state.in_(("waiting", "ready")), 1), else_=0)
_LINES = (
    sa.select(deliveries.c.subscription, sa.func.max(deliveries.c.number), sa.func.sum(_OPEN))
    .where(deliveries.c.interaction == sa.bindparam("i"))
    .group_by(deliveries.c.subscription)
)

Listeners = Mapping[str, Sequence[str]]
"""Subscriptions, and the names of the events each wants."""


def tell(part: Part, happened: Sequence[Happened]) -> None:
    """Write the events in what has happened, once each, for those who want them."""
    listeners = {row.id: row.events for row in part.execute(_LISTENERS)}
    wanted = {name for names in listeners.values() for name in names}
    found = [each for thing in happened for each in happenings(thing) if each.name in wanted]
    if not found:
        return
    fresh = sorted(_owned(part, found), key=lambda event: event.interaction)
    for interaction, group in groupby(fresh, key=lambda event: event.interaction):
        _write(part, listeners, interaction, list(group))


def _owned(part: Part, found: Sequence[Happening]) -> list[OutsideEvent]:
    """Find out to which interactions events belong; those of none are dropped."""
    found = _walked(part, found)
    ids = {each.execution for each in found}
    columns = (executions.c.id, executions.c.interaction, executions.c.flow)
    rows = part.execute(sa.select(*columns).where(executions.c.id.in_(ids)))
    owners = {row.id: row for row in rows}
    return [
        event(each, owners[each.execution].interaction, owners[each.execution].flow)
        for each in found
        if each.execution in owners
    ]


def _walked(part: Part, found: Sequence[Happening]) -> list[Happening]:
    """Name the executions of events in conversations; what begins with them stands first."""
    ids = {each.conversation for each in found if each.conversation}
    if not ids:
        return list(found)
    rows = part.execute(sa.select(threads.c.id, threads.c.execution).where(threads.c.id.in_(ids)))
    walks: dict[str, str] = {row.id: row.execution for row in rows}
    return in_order(
        replace(each, execution=walks.get(each.conversation, each.execution)) for each in found
    )


def in_order(found: Iterable[Happening]) -> list[Happening]:
    """Put the beginning of an interaction before what it began with: its row is written later."""
    return sorted(found, key=lambda each: each.name != "interaction.started")


def listens(database: Database) -> bool:
    """Say whether anybody subscribes to events."""
    with database.read() as connection:
        return bool(connection.scalar(SOMEBODY))


def event(happening: Happening, interaction: str, flow: str) -> OutsideEvent:
    """Make an event of what has happened in an interaction."""
    return OutsideEvent(
        happening.id,
        happening.name,
        interaction,
        happening.execution,
        flow,
        happening.at,
        happening.data,
    )


def _write(
    part: Part, listeners: Listeners, interaction: str, found: Sequence[OutsideEvent]
) -> None:
    lock_line(part, interaction)
    ids = [each.id for each in found]
    known = {row.id for row in part.execute(sa.select(events.c.id).where(events.c.id.in_(ids)))}
    fresh = list({each.id: each for each in found if each.id not in known}.values())
    if not fresh:
        return
    rows: list[Any] = list(part.execute(_LINES, {"i": interaction}))
    lines = {name: (last, int(still_open)) for name, last, still_open in rows}
    part.execute(sa.insert(events), [asdict(each) for each in fresh])
    part.execute(sa.insert(deliveries), [asdict(each) for each in queued(listeners, lines, fresh)])


def queued(
    listeners: Listeners, lines: Mapping[str, tuple[int, int]], found: Sequence[OutsideEvent]
) -> list[Delivery]:
    """Number the events of one interaction for each who wants them; only the first is ready.

    `lines` holds, by subscription, the last number so far and how many are still open.
    """
    made: list[Delivery] = []
    for listener, names in listeners.items():
        last, still_open = lines.get(listener, (0, 0))
        for number, each in enumerate((e for e in found if e.name in names), last + 1):
            is_first = not still_open and number == last + 1
            state: DeliveryState = "ready" if is_first else "waiting"
            made.append(Delivery(each.interaction, listener, number, each.id, state, each.at))
    return made


def lock_line(part: Part, interaction: str) -> None:
    """Keep others from the line of an interaction until the commit."""
    if not part.hot.sqlite:
        part.plain(ADVISORY, f"events:{clean(interaction)}")
