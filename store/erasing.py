"""Removes everything of one contact, in short transactions, and keeps the proof of it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from desk.keeping import Proof
from store.database import Database
from store.histories import remove_histories, remove_threads
from store.hot import Hot
from store.schema import (
    assignments,
    audit,
    call_log,
    calls,
    contacts,
    legs,
    offers,
    recordings,
    reports,
    survey_answers,
    tickets,
    waiting,
)
from store.schema_keeping import erasures
from store.schema_messages import messages, opt_outs
from store.schema_outgoing import dialled, outreach
from store.schema_rooms import rooms
from store.schema_wrap_up import wrap_ups
from store.sqlite import forget_log
from store.store import SqlWork
from store.upserts import add_missing

ERASED = "(erased)"
"""What stands where an entry stays and a person's id was."""

_IN_OWN_WORDS = "open"
"""The kind of survey question that is answered in the contact's own words."""


class ErasingWork(SqlWork):
    """One open transaction of an erasure; every method gives how many rows went."""

    def erase_histories(self, ids: Collection[str]) -> dict[str, int]:
        """Remove executions; of their surveys the figures stay, and nobody's they are."""
        answers = self._make_nobodys(ids)
        labels = self._delete(reports.c.execution, ids)
        return {
            "survey answers": answers,
            "report labels": labels,
            "histories": remove_histories(self.connection, ids),
        }

    def erase_calls(self, sids: Collection[str]) -> dict[str, int]:
        """Remove calls and all the carrier said of them."""
        log = self._delete(call_log.c.sid, sids)
        return {"call reports": log, "calls": self._delete(calls.c.sid, sids)}

    def erase_recordings(self, sids: Collection[str]) -> dict[str, int]:
        """Remove the rows of recordings."""
        return {"recordings": self._delete(recordings.c.sid, sids)}

    def erase_places(self, places: Collection[str]) -> dict[str, int]:
        """Remove places in the queue; conversations stay an agent's, with nobody, without notes."""
        theirs = sa.select(assignments.c.id).where(assignments.c.contact.in_(list(places)))
        notes = self.execute(sa.delete(wrap_ups).where(wrap_ups.c.id.in_(theirs))).rowcount
        served = sa.update(assignments).where(assignments.c.contact.in_(list(places)))
        written = sa.case((assignments.c.conversation != "", ERASED), else_="")
        self.execute(served.values(contact=ERASED, conversation=written))
        for column in (offers.c.contact, waiting.c.id, rooms.c.contact):
            self._delete(column, places)
        gone = self._delete(tickets.c.id, places)
        return {"agents' notes": notes, "places in the queue": gone}

    def carriers_messages(self, ids: Collection[str]) -> Sequence[str]:
        """List the carrier's ids of the messages in conversations."""
        query = sa.select(messages.c.sid).where(
            messages.c.conversation.in_(list(ids)),
            messages.c.channel.in_(("sms", "whatsapp")),
            messages.c.sid != "",
        )
        return list(self.execute(query).scalars())

    def erase_conversations(self, ids: Collection[str], at: datetime) -> dict[str, int]:
        """Remove conversations by messages; what a carrier repeats of them is not taken in again.

        The ids of mails and chats are not remembered: they may name somebody, and do not come back.
        """
        self.mark_erased(self.carriers_messages(ids), at)
        return remove_threads(self.connection, ids)

    def erase_opt_outs(self, peers: Collection[str]) -> dict[str, int]:
        """Keep wishes not to be written to, under a keyed mark in the place of the address."""
        theirs = opt_outs.c.peer.in_(list(peers))
        rows = self.execute(sa.select(opt_outs).where(theirs)).mappings().all()
        self.execute(sa.delete(opt_outs).where(theirs))
        for row in rows:
            peer = self.marked(row["channel"], row["peer"])
            nobodys = {**row, "peer": peer, "word": ""}
            self.execute(add_missing(opt_outs, sqlite=self.hot.sqlite), nobodys)
        return {"opt-outs without a name": len(rows)}

    def erase_legs(self, ids: Collection[str]) -> dict[str, int]:
        """Remove calls that we placed."""
        return {"calls placed": self._delete(legs.c.id, ids)}

    def erase_dialled(self, mark: str) -> dict[str, int]:
        """Take a number's digest from the book of outgoing calls, whose sums stay."""
        change = sa.update(dialled).where(dialled.c.number == mark).values(number=ERASED)
        return {"numbers called": self.execute(change).rowcount}

    def erase_outreach(self, marks: Collection[str]) -> dict[str, int]:
        """Take a contact's digests from the book of messages that were begun; its sums stay."""
        theirs = outreach.c.peer.in_(list(marks))
        change = sa.update(outreach).where(theirs).values(peer=ERASED)
        return {"messages begun": self.execute(change).rowcount}

    def erase_contact(self, contact: str) -> dict[str, int]:
        """Remove the contact's row; entries of the audit log stay, without its id."""
        named = sa.update(audit).where(
            audit.c.subject == contact, audit.c.action.like("contacts.%")
        )
        self.execute(named.values(subject=ERASED))
        return {"contacts": self._delete(contacts.c.id, [contact])}

    def keep_proof(self, proof: Proof) -> None:
        """Keep what was erased, how much and when."""
        row = {"id": proof.id, "at": proof.at, "counts": dict(proof.counts)}
        self.execute(sa.insert(erasures), row)

    def _make_nobodys(self, ids: Collection[str]) -> int:
        """Leave only the figures of survey answers, dated by the day."""
        query = sa.select(survey_answers.c.id, survey_answers.c.at, survey_answers.c.kind)
        rows = self.execute(query.where(survey_answers.c.execution.in_(list(ids)))).all()
        self._delete(survey_answers.c.id, [row.id for row in rows if row.kind == _IN_OWN_WORDS])
        for row in rows:
            day = row.at.replace(hour=0, minute=0, second=0, microsecond=0)
            change = sa.update(survey_answers).where(survey_answers.c.id == row.id)
            self.execute(change.values(execution="", question="", at=day))
        return len(rows)

    def _delete(self, column: sa.Column[Any], values: Collection[Any]) -> int:
        return self.execute(sa.delete(column.table).where(column.in_(list(values)))).rowcount


class Erasures:
    """Where erasures are carried out and proven; `mark` as in `SqlStore`."""

    def __init__(self, database: Database, mark: Callable[[str], str]) -> None:
        self._database, self._mark = database, mark
        self._hot = Hot(sqlite=database.sqlite)

    @contextmanager
    def work(self) -> Iterator[ErasingWork]:
        """Open a transaction; leaving it without an error commits."""
        with self._database.write() as connection:
            work = ErasingWork(connection, self._hot)
            work.mark = self._mark
            yield work
            work.check()

    def proofs(self, limit: int = 1_000) -> Sequence[Proof]:
        """List the proofs, the newest first."""
        query = sa.select(erasures).order_by(erasures.c.at.desc()).limit(limit)
        with self._database.read() as connection:
            return [Proof(row.id, row.at, row.counts) for row in connection.execute(query)]

    def settle(self) -> bool:
        """Let nothing of it stay in SQLite's log on the disk; false when others kept it busy."""
        return not self._database.sqlite or forget_log(self._database.engine.url)
