"""Rules of seven kinds with scopes and memory; answers, times away, silences, suppressed alarms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_HAPPENED = (
    "'opened', 'alarm_again', 'reopened', 'told', 'unreachable', 'escalated', 'dispatched', "
    "'acked', 'arrived', 'not_found', 'resolved', 'recovered', 'closed', 'withdrawn', 'looked'"
)
_ASKING = ", 'asked', 'answered', 'taken_back', 'ask_over'"


def upgrade() -> None:
    """Bring the tables to this revision."""
    _rules()
    _memory()
    op.add_column("device_state", sa.Column("bound", sa.Float(), nullable=True))
    op.add_column("device_state", sa.Column("changed_at", _MOMENT, nullable=True))
    op.add_column("ticket", sa.Column("people", sa.LargeBinary(), nullable=True))
    op.add_column("ticket_card", sa.Column("rung_at", _MOMENT, nullable=True))
    _happened(_HAPPENED + _ASKING)
    _answers()
    _away()
    _silences()


def _rules() -> None:
    """Widen rules; the defaults stay for processes of the version before."""
    for column in (
        sa.Column("looks_for", sa.Text(), nullable=False, server_default="threshold"),
        sa.Column("scope", sa.Text(), nullable=False, server_default="community"),
        sa.Column("scope_index", sa.LargeBinary(), nullable=False, server_default=""),
        sa.Column("clear_limit", sa.Float(), nullable=True),
        sa.Column("span_s", sa.Integer(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=True),
        sa.Column("schedule", JSONB(), nullable=False, server_default="[]"),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=True),
    ):
        op.add_column("rule", column)
    op.create_check_constraint(
        op.f("ck_rule_looks_for"),
        "rule",
        "looks_for IN ('threshold', 'duration', 'repeating', 'absence', 'offline', 'rate', 'leak')",
    )
    op.create_check_constraint(
        op.f("ck_rule_scope"), "rule", "scope IN ('person', 'home', 'source', 'community')"
    )
    op.create_foreign_key(op.f("fk_rule_created_by"), "rule", "person", ["created_by"], ["id"])
    op.drop_constraint(op.f("uq_rule_community_id_key_version"), "rule")
    op.create_unique_constraint(
        op.f("uq_rule_community_id_key_scope_index_version"),
        "rule",
        ["community_id", "key", "scope_index", "version"],
    )
    op.execute(
        """
        CREATE TRIGGER rule_append_only BEFORE UPDATE OR DELETE ON rule
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """
    )


def _memory() -> None:
    op.create_table(
        "rule_state",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("since", _MOMENT, nullable=True),
        sa.Column("hits", ARRAY(_MOMENT), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("firing", sa.Boolean(), nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        _of_community("rule_state"),
        _refers("rule_state", "device_id", "device"),
        sa.PrimaryKeyConstraint("device_id", "key", name=op.f("pk_rule_state")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index(
        "ix_rule_state_due", "rule_state", ["due_at"],
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_rule_state_firing", "rule_state", ["device_id"], postgresql_where=sa.text("firing")
    )
    op.create_table(
        "device_scope",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("people", ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("place_hash", sa.LargeBinary(), nullable=False),
        _refers("device_scope", "device_id", "device"),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_device_scope")),
    )


def _answers() -> None:
    op.create_table(
        "safety_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("undone_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "how IN ('self', 'together', 'voice', 'guess', 'not_reached')",
            name=op.f("ck_safety_answer_how"),
        ),
        _of_community("safety_answer"),
        sa.ForeignKeyConstraint(
            ["community_id", "ticket_id"],
            ["ticket.community_id", "ticket.id"],
            name=op.f("fk_safety_answer_community_id_ticket_id"),
        ),
        _refers("safety_answer", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safety_answer")),
    )
    op.create_index(
        "uq_safety_answer_standing", "safety_answer", ["ticket_id", "epoch", "person_id"],
        unique=True, postgresql_where=sa.text("undone_at IS NULL"),
    )  # fmt: skip


def _away() -> None:
    live = sa.text("ended_at IS NULL")
    op.create_table(
        "away",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("home_index", sa.LargeBinary(), nullable=True),
        sa.Column("begins_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("wanted_until", _MOMENT, nullable=True),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", _MOMENT, nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_how", sa.Text(), nullable=True),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("ck_away_span")),
        sa.CheckConstraint(
            "ends_at <= begins_at + interval '14 days'", name=op.f("ck_away_longest")
        ),
        sa.CheckConstraint(
            "ended_how IN ('back', 'use', 'overdue', 'replaced')", name=op.f("ck_away_ended_how")
        ),
        _of_community("away"),
        *(_refers("away", one) for one in ("person_id", "set_by", "ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_away")),
    )
    op.create_index("uq_away_live", "away", ["person_id"], unique=True, postgresql_where=live)
    op.create_index("ix_away_home", "away", ["home_index"], postgresql_where=live)
    op.create_table(
        "suppression",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("because_id", sa.Uuid(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("judged_at", _MOMENT, nullable=True),
        sa.Column("alarmed", sa.Boolean(), nullable=True),
        _of_community("suppression"),
        _of_device("suppression"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppression")),
    )
    op.create_index(
        "uq_suppression_live", "suppression", ["device_id", "key"],
        unique=True, postgresql_where=sa.text("judged_at IS NULL"),
    )  # fmt: skip
    op.create_index("ix_suppression_because", "suppression", ["because_id"])


def _silences() -> None:
    op.create_table(
        "silence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=True),
        sa.Column("begins_at", _MOMENT, nullable=True),
        sa.Column("ends_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('silence', 'test')", name=op.f("ck_silence_kind")),
        sa.CheckConstraint("agreed_by <> asked_by", name=op.f("ck_silence_two")),
        sa.CheckConstraint(
            "ends_at <= begins_at + CASE kind WHEN 'test' THEN interval '10 minutes'"
            " ELSE interval '2 hours' END",
            name=op.f("ck_silence_longest"),
        ),
        sa.CheckConstraint(
            "begins_at IS NULL OR kind = 'test' OR agreed_by IS NOT NULL",
            name=op.f("ck_silence_agreed"),
        ),
        _of_community("silence"),
        _of_device("silence"),
        *(_refers("silence", one) for one in ("asked_by", "agreed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
    )
    op.create_index(
        "uq_silence_live", "silence", ["device_id"],
        unique=True, postgresql_where=sa.text("ended_at IS NULL"),
    )  # fmt: skip


def _happened(allowed: str) -> None:
    name = op.f("ck_ticket_event_kind")
    op.drop_constraint(name, "ticket_event")
    op.create_check_constraint(name, "ticket_event", f"kind IN ({allowed})")


def _of_community(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id"], ["community.id"], name=op.f(f"fk_{table}_community_id")
    )


def _of_device(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", "device_id"],
        ["device.community_id", "device.id"],
        name=op.f(f"fk_{table}_community_id_device_id"),
    )


def _refers(table: str, column: str, to: str = "person") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Go back to the revision before; what was asked and answered goes from the tickets' log."""
    for table in ("silence", "suppression", "away", "safety_answer", "device_scope", "rule_state"):
        op.drop_table(table)
    op.execute("ALTER TABLE ticket_event DISABLE TRIGGER USER")
    op.execute(
        "DELETE FROM ticket_event WHERE kind IN ('asked', 'answered', 'taken_back', 'ask_over')"
    )
    op.execute("ALTER TABLE ticket_event ENABLE TRIGGER USER")
    _happened(_HAPPENED)
    op.drop_column("ticket_card", "rung_at")
    op.drop_column("ticket", "people")
    op.drop_column("device_state", "changed_at")
    op.drop_column("device_state", "bound")
    op.execute("DROP TRIGGER rule_append_only ON rule")
    op.execute("DELETE FROM rule WHERE looks_for <> 'threshold' OR scope <> 'community'")
    op.drop_constraint(op.f("uq_rule_community_id_key_scope_index_version"), "rule")
    op.create_unique_constraint(
        op.f("uq_rule_community_id_key_version"), "rule", ["community_id", "key", "version"]
    )
    op.drop_constraint(op.f("ck_rule_scope"), "rule")
    op.drop_constraint(op.f("ck_rule_looks_for"), "rule")
    op.drop_constraint(op.f("fk_rule_created_by"), "rule")
    for column in (
        "expires_at", "created_by", "schedule", "times", "span_s", "clear_limit",
        "scope_index", "scope", "looks_for",
    ):  # fmt: skip
        op.drop_column("rule", column)
