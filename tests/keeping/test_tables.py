"""No table is forgotten: each says what an erasure does with it, and time."""

from desk.keeping import Belongings, Person
from store import schema_keeping
from store.export import wanted
from store.schema import PREFIX, metadata

WANTED = wanted(Person(), Belongings())

ERASED = {
    "executions", "turns", "history", "outbox", "calls", "call_log", "recordings",
    "recording_files", "reports", "contacts", "waiting", "tickets", "offers", "legs",
    "interactions", "events", "deliveries", "wrap_ups", "rooms", "mails", "voicemails",
    "conversations", "messages", "media",
}  # fmt: skip
"""A contact's rows go."""

NOBODYS = {
    "survey_answers": "figures stay without execution, question and own words",
    "assignments": "an agent's conversations stay without the contact's place",
    "dialled": "sums stay without the number's digest",
    "outreach": "sums stay without the digest of whom it went to",
    "opt_outs": "who wants no messages is not written to again; a keyed mark says who",
    "audit": "entries stay without the contact's id",
}
"""A contact's rows stay, and nobody can say whose they were."""

OTHERS = {
    "flows": "authors' work", "versions": "authors' work", "bindings": "our addresses",
    "prompts": "shared sounds", "message_templates": "the owner's texts",
    "secrets": "the owner's, sealed", "desk": "a counter",
    "ring_groups": "the owner's", "agents": "agents are no contacts", "leases": "processes",
    "api_keys": "the owner's", "idempotency": "ids and digests, for 7 days",
    "holds": "what forbids an erasure; released before one",
    "erasures": "counts, nobody's", "erased": "the carrier's ids of calls, for 30 days",
    "carrier_copies": "the carrier's ids of recordings, for 30 days",
    "gate": "a switch", "paces": "our own senders", "refusals": "masked numbers",
    "subscriptions": "the owner's",
    "do_not_call": "who asked not to be called must stay on the list, or would be called again",
}  # fmt: skip
"""Nothing of a contact is in them, or the law wants it there; the reason is the value."""

NOT_EXPORTED = {
    "outbox": "sealed", "mails": "sealed", "recording_files": "the sounds lie in the same file",
    "waiting": "the ticket says it", "offers": "which agents were rung is theirs",
    "deliveries": "which other system was told when", "rooms": "who spoke is in assignments",
}  # fmt: skip
"""A contact's rows that an export leaves out; the reason is the value."""


def test_every_table_says_what_an_erasure_does_with_it() -> None:
    assert schema_keeping.holds.name in metadata.tables
    known = ERASED | NOBODYS.keys() | OTHERS.keys()
    assert len(known) == len(ERASED) + len(NOBODYS) + len(OTHERS)
    tables = {name.removeprefix(PREFIX) for name in metadata.tables}
    assert tables == known, (
        "a new table: erase a contact's rows of it in store/erasing.py or store/histories.py, find"
        " them in store/belongings.py, give them a period in store/expiry.py, and name it here"
    )


def test_an_export_has_what_an_erasure_removes() -> None:
    exported = {column.table.name.removeprefix(PREFIX) for column, _ in WANTED}
    assert exported | NOT_EXPORTED.keys() >= ERASED, (
        "give the contact its rows of this table in store/export.py, or say here why not"
    )
    assert not exported & NOT_EXPORTED.keys()
