"""The first schema: everything a call needs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    _flows()
    _executions()
    _ledger()
    _calls()
    _recordings()
    _facts()
    _contacts()
    _shelves()
    _immutable()


def _flows() -> None:
    op.create_table(
        "lw_flows",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_flows_pk")),
    )
    op.create_table(
        "lw_versions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["flow"], ["lw_flows.id"], name=op.f("lw_versions_flow_fk")),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_versions_pk")),
        sa.UniqueConstraint("flow", "number", name=op.f("lw_versions_flow_number_uq")),
    )
    op.create_index(
        "lw_versions_one_draft",
        "lw_versions",
        ["flow"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_index(
        "lw_versions_one_published",
        "lw_versions",
        ["flow"],
        unique=True,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "lw_bindings",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["flow"], ["lw_flows.id"], name=op.f("lw_bindings_flow_fk")),
        sa.PrimaryKeyConstraint("address", name=op.f("lw_bindings_pk")),
    )


def _executions() -> None:
    op.create_table(
        "lw_executions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("interaction", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("undelivered", sa.Text(), nullable=False),
        sa.Column("pins", sa.Text(), nullable=False),
        sa.Column("awaits", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("business_hours", sa.Text(), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_executions_pk")),
        postgresql_with={"fillfactor": 60},
    )
    op.create_index("lw_executions_flow_started_ix", "lw_executions", ["flow", "started"])
    op.create_index("lw_executions_interaction_ix", "lw_executions", ["interaction"])
    op.create_index(
        "lw_executions_one_per_call",
        "lw_executions",
        ["call"],
        unique=True,
        sqlite_where=sa.text("call <> ''"),
        postgresql_where=sa.text("call <> ''"),
    )
    op.create_index("lw_executions_started_ix", "lw_executions", ["started"])
    op.create_table(
        "lw_turns",
        sa.Column("execution", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("execution", "token", name=op.f("lw_turns_pk")),
    )


def _ledger() -> None:
    op.create_table(
        "lw_history",
        sa.Column("execution", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=False),
        sa.Column("exit", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("execution", "seq", name=op.f("lw_history_pk")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "lw_outbox",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("execution", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("awaited", sa.Boolean(), nullable=False),
        sa.Column("resend", sa.Boolean(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lease", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_outbox_pk")),
    )
    op.create_index("lw_outbox_execution_ix", "lw_outbox", ["execution"])
    op.create_index(
        "lw_outbox_ready_ix",
        "lw_outbox",
        ["lease"],
        sqlite_where=sa.text("state = 'ready'"),
        postgresql_where=sa.text("state = 'ready'"),
    )


def _calls() -> None:
    op.create_table(
        "lw_calls",
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("execution", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("sid", name=op.f("lw_calls_pk")),
    )
    op.create_index(
        "lw_calls_open_ix",
        "lw_calls",
        ["updated"],
        sqlite_where=sa.text("ended IS NULL"),
        postgresql_where=sa.text("ended IS NULL"),
    )
    op.create_table(
        "lw_call_log",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_call_log_pk")),
    )
    op.create_index("lw_call_log_sid_ix", "lw_call_log", ["sid"])


def _recordings() -> None:
    op.create_table(
        "lw_recordings",
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("updated", sa.DateTime(timezone=True), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("execution", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sid", name=op.f("lw_recordings_pk")),
    )
    op.create_index("lw_recordings_execution_ix", "lw_recordings", ["execution"])
    op.create_index(
        "lw_recordings_open_ix",
        "lw_recordings",
        ["updated"],
        sqlite_where=sa.text("state IN ('wanted', 'ready')"),
        postgresql_where=sa.text("state IN ('wanted', 'ready')"),
    )
    op.create_table(
        "lw_recording_files",
        sa.Column("recording_id", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("recording_id", name=op.f("lw_recording_files_pk")),
    )


def _facts() -> None:
    op.create_table(
        "lw_survey_answers",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("execution", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("survey", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_survey_answers_pk")),
    )
    op.create_index("lw_survey_answers_execution_ix", "lw_survey_answers", ["execution"])
    op.create_index("lw_survey_answers_survey_at_ix", "lw_survey_answers", ["survey", "at"])
    op.create_table(
        "lw_reports",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("execution", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("number", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_reports_pk")),
    )
    op.create_index("lw_reports_execution_ix", "lw_reports", ["execution"])
    op.create_index("lw_reports_name_at_ix", "lw_reports", ["name", "at"])


def _contacts() -> None:
    op.create_table(
        "lw_contacts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("lw_contacts_pk")),
    )
    op.create_index(
        "lw_contacts_one_per_email",
        "lw_contacts",
        ["email"],
        unique=True,
        sqlite_where=sa.text("email <> ''"),
        postgresql_where=sa.text("email <> ''"),
    )
    op.create_index(
        "lw_contacts_one_per_number",
        "lw_contacts",
        ["number"],
        unique=True,
        sqlite_where=sa.text("number <> ''"),
        postgresql_where=sa.text("number <> ''"),
    )


def _shelves() -> None:
    op.create_table(
        "lw_prompts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("loudness", sa.Float(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("replaced", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("lw_prompts_pk")),
    )
    op.create_table(
        "lw_secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("lw_secrets_pk")),
    )
    op.create_table(
        "lw_leases",
        sa.Column("executor", sa.Text(), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("executor", name=op.f("lw_leases_pk")),
    )


def _immutable() -> None:
    """Let the database itself refuse to change what was published."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_SQLITE_TRIGGER)
    else:
        op.execute(_POSTGRESQL_FUNCTION)
        op.execute(_POSTGRESQL_TRIGGER)


_SQLITE_TRIGGER = """
CREATE TRIGGER lw_versions_immutable
BEFORE UPDATE OF id, flow, type, number, source, created ON lw_versions
WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a published version is immutable'); END
"""

_POSTGRESQL_FUNCTION = """
CREATE FUNCTION lw_versions_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a published version is immutable'; END $$
"""

_POSTGRESQL_TRIGGER = """
CREATE TRIGGER lw_versions_immutable
BEFORE UPDATE OF id, flow, type, number, source, created ON lw_versions
FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION lw_versions_immutable()
"""
