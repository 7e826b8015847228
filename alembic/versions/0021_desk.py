"""The desk: a watch handed over and signed for, mutes, notes on tickets, where workers last were."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_HAPPENED = (
    "'opened', 'alarm_again', 'reopened', 'told', 'unreachable', 'escalated', 'dispatched', "
    "'acked', 'arrived', 'not_found', 'resolved', 'recovered', 'closed', 'withdrawn', 'looked', "
    "'asked', 'answered', 'taken_back', 'ask_over', 'promised', 'overdue', 'transferred', "
    "'returned', 'relieved', 'unmanned', 'dialled', 'at_door', 'seen', 'drill_over', 'undelivered'"
)


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "watch_handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("summary", JSONB(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", _MOMENT, nullable=True),
        sa.CheckConstraint("signed_by <> from_id", name=op.f("ck_watch_handover_two_people")),
        _refers("watch_handover", "community_id", "community"),
        _refers("watch_handover", "from_id"),
        _refers("watch_handover", "signed_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_handover")),
    )
    op.create_index(
        "uq_watch_handover_waiting", "watch_handover", ["community_id"],
        unique=True, postgresql_where=sa.text("signed_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "mute",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.CheckConstraint("until <= at + interval '30 minutes'", name=op.f("ck_mute_longest")),
        _refers("mute", "community_id", "community"),
        _refers("mute", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mute")),
    )
    op.create_index("ix_mute_until", "mute", ["community_id", "until"])
    op.create_index(
        "ix_ticket_arrived", "ticket", ["acked_by", "arrived_at"],
        postgresql_where=sa.text("arrived_at IS NOT NULL"),
    )  # fmt: skip
    _happened(f"{_HAPPENED}, 'noted'")


def _refers(table: str, column: str, to: str = "person") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _happened(allowed: str) -> None:
    name = op.f("ck_ticket_event_kind")
    op.drop_constraint(name, "ticket_event")
    op.create_check_constraint(name, "ticket_event", f"kind IN ({allowed})")


def downgrade() -> None:
    """Go back to the revision before; notes of the desk go from the tickets' log."""
    op.execute("ALTER TABLE ticket_event DISABLE TRIGGER USER")
    op.execute("DELETE FROM ticket_event WHERE kind = 'noted'")
    op.execute("ALTER TABLE ticket_event ENABLE TRIGGER USER")
    _happened(_HAPPENED)
    op.drop_index("ix_ticket_arrived", "ticket")
    op.drop_table("mute")
    op.drop_table("watch_handover")
