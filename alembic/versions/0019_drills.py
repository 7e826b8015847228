"""Drills, the figures of a month kept to compare, and what is noted at the door of a flat."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_HAPPENED = (
    "'opened', 'alarm_again', 'reopened', 'told', 'unreachable', 'escalated', 'dispatched', "
    "'acked', 'arrived', 'not_found', 'resolved', 'recovered', 'closed', 'withdrawn', 'looked', "
    "'asked', 'answered', 'taken_back', 'ask_over', 'promised', 'overdue', 'transferred', "
    "'returned', 'relieved', 'unmanned'"
)
_MORE = "'dialled', 'at_door', 'seen', 'drill_over', 'undelivered'"


def upgrade() -> None:
    """Bring the tables to this revision."""
    _drills()
    op.create_table(
        "baseline",
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("figures", JSONB(), nullable=False),
        sa.Column("kept_by", sa.Uuid(), nullable=False),
        sa.Column("kept_at", _MOMENT, nullable=False),
        _refers("baseline", "community_id", "community"),
        _refers("baseline", "kept_by"),
        sa.PrimaryKeyConstraint("community_id", "month", name=op.f("pk_baseline")),
    )
    _happened(f"{_HAPPENED}, {_MORE}")


def _drills() -> None:
    op.create_table(
        "drill",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("begun_by", sa.Uuid(), nullable=False),
        sa.Column("households", sa.Boolean(), nullable=False),
        sa.Column("begins_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "ends_at <= begins_at + interval '4 hours'", name=op.f("ck_drill_longest")
        ),
        _refers("drill", "community_id", "community"),
        _refers("drill", "begun_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_drill_community_id_id")),
    )
    op.create_index(
        "uq_drill_live", "drill", ["community_id"],
        unique=True, postgresql_where=sa.text("ended_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "drill_device",
        sa.Column("drill_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                ["community_id", f"{to}_id"],
                [f"{to}.community_id", f"{to}.id"],
                name=op.f(f"fk_drill_device_community_id_{to}_id"),
            )
            for to in ("drill", "device")
        ),
        sa.PrimaryKeyConstraint("drill_id", "device_id", name=op.f("pk_drill_device")),
    )
    op.create_index("ix_drill_device_device", "drill_device", ["device_id"])
    op.add_column("ticket", sa.Column("drill_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_ticket_drill_id"), "ticket", "drill", ["drill_id"], ["id"])


def _refers(table: str, column: str, to: str = "person") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _happened(allowed: str) -> None:
    name = op.f("ck_ticket_event_kind")
    op.drop_constraint(name, "ticket_event")
    op.create_check_constraint(name, "ticket_event", f"kind IN ({allowed})")


def downgrade() -> None:
    """Go back to the revision before; what was noted at the door goes from the tickets' log."""
    op.execute("ALTER TABLE ticket_event DISABLE TRIGGER USER")
    op.execute(f"DELETE FROM ticket_event WHERE kind IN ({_MORE})")  # noqa: S608  (ours)
    op.execute("ALTER TABLE ticket_event ENABLE TRIGGER USER")
    _happened(_HAPPENED)
    op.drop_constraint(op.f("fk_ticket_drill_id"), "ticket")
    op.drop_column("ticket", "drill_id")
    op.drop_table("baseline")
    op.drop_table("drill_device")
    op.drop_table("drill")
