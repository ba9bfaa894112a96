"""What is kept: every table of ours. All begin with `lw_`; the job library shares the database.

Empty text means "none", so that no query has to tell NULL from it; NULL is for times, numbers and
bytes that are not there. The tables of a turn have no foreign keys: every row of theirs is
written beside its execution, in its transaction, and a key check costs a query per row.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.schema import SchemaItem

from store.types import CleanText, Json, Moment

PREFIX = "lw_"

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_name)s_fk",
        "uq": "%(table_name)s_%(column_0_N_name)s_uq",
        "ix": "%(table_name)s_%(column_0_N_name)s_ix",
    }
)


def _key(name: str) -> Column[str]:
    return Column(name, CleanText, primary_key=True)


def _text(*names: str) -> list[Column[str]]:
    return [Column(name, CleanText, nullable=False) for name in names]


def _time(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, Moment, nullable=optional)


def _number(name: str, *, optional: bool = False) -> Column[int]:
    return Column(name, Integer, nullable=optional)


def _json(name: str) -> Column[Any]:
    return Column(name, Json, nullable=False)


def _serial() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=True)


def _to_flow() -> Column[str]:
    return Column("flow", CleanText, ForeignKey("lw_flows.id"), nullable=False)


def _table(name: str, *parts: SchemaItem | list[Column[str]], **options: Any) -> Table:
    flat: list[SchemaItem] = []
    for part in parts:
        flat.extend(part if isinstance(part, list) else [part])
    return Table(PREFIX + name, metadata, *flat, **options)


def _some(index: str, table: Table, columns: Sequence[str], where: str, **more: Any) -> None:
    """Index only the rows that a query looks for."""
    condition = text(where)
    names = [table.c[name] for name in columns]
    Index(index, *names, sqlite_where=condition, postgresql_where=condition, **more)


flows = _table("flows", _key("id"), _text("type"), _time("created"))

versions = _table(
    "versions",
    _key("id"),
    _to_flow(),
    _text("type"),
    _number("number"),
    _text("state", "source"),
    _time("created"),
    UniqueConstraint("flow", "number"),
)
_some("lw_versions_one_draft", versions, ["flow"], "state = 'draft'", unique=True)
_some("lw_versions_one_published", versions, ["flow"], "state = 'published'", unique=True)

bindings = _table("bindings", _key("address"), _to_flow(), _time("created"))

executions = _table(
    "executions",
    _key("id"),
    _text("flow", "type", "version", "interaction", "token", "state", "status"),
    _time("started"),
    _time("updated"),
    _text("call"),
    Column("sealed", LargeBinary),
    _text("undelivered", "pins", "awaits"),
    Column("live", Boolean, nullable=False),
    _text("outcome", "contact", "business_hours"),
    _time("ended", optional=True),
    _number("moves"),
    postgresql_with={"fillfactor": 60},
)
# No index on anything that a turn changes and room in each page: PostgreSQL then updates a row
# within its page and leaves the indexes alone (HOT).
_some("lw_executions_one_per_call", executions, ["call"], "call <> ''", unique=True)
Index("lw_executions_flow_started_ix", executions.c.flow, executions.c.started)
Index("lw_executions_started_ix", executions.c.started)
Index("lw_executions_interaction_ix", executions.c.interaction)

turns = _table(
    "turns",
    _key("execution"),
    _key("token"),
    _text("fingerprint"),
    _number("number"),
    _time("at"),
    Column("body", LargeBinary),
    _text("content_type"),
    _number("status"),
)
# No index on the number: a run has few turns, and each would write it.

history = _table(
    "history",
    _key("execution"),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    _text("path", "component", "exit"),
    _time("entered_at"),
    _time("left_at"),
    _json("result"),
    _text("error"),
    sqlite_with_rowid=False,  # one page less to write per turn
)

outbox = _table(
    "outbox",
    _key("id"),
    _text("execution", "kind"),
    Column("payload", LargeBinary, nullable=False),
    Column("awaited", Boolean, nullable=False),
    Column("resend", Boolean, nullable=False),
    _text("owner"),
    _time("lease"),
    _text("state"),
    _number("attempts"),
)
Index("lw_outbox_execution_ix", outbox.c.execution)
_some("lw_outbox_ready_ix", outbox, ["lease"], "state = 'ready'")

calls = _table(
    "calls",
    _key("sid"),
    _text("status"),
    _time("updated"),
    _text("execution", "parent", "direction", "sender", "recipient"),
    _number("seconds", optional=True),
    _time("ended", optional=True),
)
_some("lw_calls_open_ix", calls, ["updated"], "ended IS NULL")

call_log = _table(
    "call_log",
    _serial(),
    _text("sid", "status"),
    _time("at"),
    _number("sequence", optional=True),
    _text("parent", "direction", "sender", "recipient"),
    _number("seconds", optional=True),
    _json("raw"),
)
Index("lw_call_log_sid_ix", call_log.c.sid)

recordings = _table(
    "recordings",
    _key("sid"),
    _text("state"),
    _time("updated"),
    _text("call", "execution", "step", "kind"),
    _number("seconds"),
    _text("file", "sha256"),
    _number("attempts"),
    _text("reason"),
)
Index("lw_recordings_execution_ix", recordings.c.execution)
_some("lw_recordings_open_ix", recordings, ["updated"], "state IN ('wanted', 'ready')")

recording_files = _table(
    "recording_files",
    _key("recording_id"),
    _text("file_id", "kind"),
    Column("seconds", Float, nullable=False),
    _number("size"),
    _text("sha256"),
)

survey_answers = _table(
    "survey_answers",
    _serial(),
    _text("execution"),
    _time("at"),
    _text("survey", "step", "question", "kind", "metric", "answer"),
    Column("score", Float),
    _text("agent", "queue"),
)
Index("lw_survey_answers_execution_ix", survey_answers.c.execution)
Index("lw_survey_answers_survey_at_ix", survey_answers.c.survey, survey_answers.c.at)

reports = _table(
    "reports",
    _serial(),
    _text("execution"),
    _time("at"),
    _text("name", "label"),
    Column("number", Float),
)
Index("lw_reports_execution_ix", reports.c.execution)
Index("lw_reports_name_at_ix", reports.c.name, reports.c.at)

contacts = _table("contacts", _key("id"), _text("name", "number", "email"), _json("fields"))
_some("lw_contacts_one_per_number", contacts, ["number"], "number <> ''", unique=True)
_some("lw_contacts_one_per_email", contacts, ["email"], "email <> ''", unique=True)

prompts = _table(
    "prompts",
    _key("name"),
    _text("file_id", "filename"),
    Column("seconds", Float, nullable=False),
    _number("size"),
    Column("loudness", Float, nullable=False),
    _text("sha256"),
    _time("replaced"),
)

secrets = _table(
    "secrets", _key("name"), Column("sealed", LargeBinary, nullable=False), _time("changed")
)

desk = _table(
    "desk", Column("id", Integer, primary_key=True, autoincrement=False), _number("version")
)
# One row: its lock is the desk's, its version the number of the last change.

ring_groups = _table("ring_groups", _key("id"), _text("title"))

agents = _table(
    "agents",
    _key("id"),
    _text("name", "address"),
    _json("ring_groups"),
    _json("attributes"),
    Column("accept_by_key", Boolean),
    _text("presence"),
    _time("since", optional=True),
    _text("assignment", "then"),
    _time("wrap_up_until", optional=True),
    _time("last_call_ended", optional=True),
    Column("removed", Boolean, nullable=False),
    _number("changed"),
    Column("email", CleanText, nullable=False, server_default=""),
    Column("language", CleanText, nullable=False, server_default=""),
    Column("capacity", Integer, nullable=False, server_default="100"),
    Column("load", Integer, nullable=False, server_default="0"),
)
Index("lw_agents_changed_ix", agents.c.changed)

waiting = _table(
    "waiting",
    _key("id"),
    _json("who"),
    _time("entered"),
    _number("priority"),
    _time("deadline", optional=True),
    _json("ringing"),
    _json("tried"),
    _json("excluded"),
    Column("returned", Boolean, nullable=False),
    _time("not_before", optional=True),
    _text("kind"),
    Column("waits", Boolean, nullable=False),
    _number("changed"),
    Column("permitted", Json, nullable=True),
    Column("weight", Integer, nullable=False, server_default="100"),
    Column("conversation", CleanText, nullable=False, server_default=""),
    Column("inbox", Boolean, nullable=False, server_default=false()),
    Column("instead", Json, nullable=True),
)
Index("lw_waiting_changed_ix", waiting.c.changed)
Index("lw_waiting_entered_ix", waiting.c.entered)

tickets = _table("tickets", _key("id"), _text("execution"), _json("data"), _time("created"))

offers = _table(
    "offers",
    _key("id"),
    _text("contact", "agent"),
    _time("made"),
    _time("expires"),
    _text("state"),
    _time("ended", optional=True),
    _number("changed"),
)
Index("lw_offers_changed_ix", offers.c.changed)

assignments = _table(
    "assignments",
    _key("id"),
    _text("contact", "agent"),
    _time("began"),
    _time("ended", optional=True),
    _text("how"),
    _number("changed"),
    Column("conversation", CleanText, nullable=False, server_default=""),
    Column("weight", Integer, nullable=False, server_default="100"),
)
Index("lw_assignments_changed_ix", assignments.c.changed)
Index("lw_assignments_agent_began_ix", assignments.c.agent, assignments.c.began)
Index("lw_assignments_began_ix", assignments.c.began, assignments.c.id)
Index("lw_assignments_contact_ix", assignments.c.contact)
Index(
    "lw_assignments_conversation_ix",
    *(assignments.c.conversation, assignments.c.began),
    sqlite_where=text("conversation <> ''"),
    postgresql_where=text("conversation <> ''"),
)

legs = _table(
    "legs",
    _key("id"),
    _text("token", "kind", "execution", "recipient", "sender"),
    _number("ring_seconds"),
    Column("machine_detection", Boolean, nullable=False),
    _time("created"),
    _text("state", "sid", "status"),
    _number("sip", optional=True),
    _number("tries"),
    _time("tried", optional=True),
    _time("ended", optional=True),
    _text("reason"),
    _number("answer_after", optional=True),
    _number("longest", optional=True),
)
_some("lw_legs_sid_ix", legs, ["sid"], "sid <> ''")

api_keys = _table(
    "api_keys",
    _key("id"),
    _text("name", "prefix", "digest"),
    _json("scopes"),
    _time("created"),
    _time("expires", optional=True),
    _time("revoked", optional=True),
    _time("last_used", optional=True),
    _time("frozen", optional=True),
    Column("frozen_why", CleanText, nullable=False, server_default=""),
    _time("thawed", optional=True),
    UniqueConstraint("prefix"),
)

interactions = _table(
    "interactions",
    _key("id"),
    _text("flow", "execution", "api_key"),
    _time("created"),
    Column("running", Boolean, nullable=False),
)
# `running` is brought up to date when its key starts the next one, so that no turn has to.
Index("lw_interactions_api_key_created_ix", interactions.c.api_key, interactions.c.created)
_some("lw_interactions_running_ix", interactions, ["api_key"], "running")

idempotency = _table(
    "idempotency",
    _key("api_key"),
    _key("name"),
    _text("fingerprint"),
    _number("status"),
    Column("body", LargeBinary, nullable=False),
    _time("at"),
)
Index("lw_idempotency_api_key_at_ix", idempotency.c.api_key, idempotency.c.at)

audit = _table(
    "audit", _serial(), _time("at"), _text("actor", "action", "subject"), _json("detail")
)
Index("lw_audit_at_ix", audit.c.at)

leases = _table("leases", _key("executor"), _time("seen"))
