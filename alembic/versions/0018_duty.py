"""Rota, days off, swaps and reliefs; arrival promises and their watch; policies of a community."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_HAPPENED = (
    "'opened', 'alarm_again', 'reopened', 'told', 'unreachable', 'escalated', 'dispatched', "
    "'acked', 'arrived', 'not_found', 'resolved', 'recovered', 'closed', 'withdrawn', 'looked', "
    "'asked', 'answered', 'taken_back', 'ask_over'"
)
_DUTY = ", 'promised', 'overdue', 'transferred', 'returned', 'relieved', 'unmanned'"


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("community", sa.Column("duty_phone", sa.Text(), nullable=True))
    op.add_column("community", sa.Column("staffed", JSONB(), nullable=False, server_default="[]"))
    _shifts()
    _swaps()
    _tickets()
    _policies()


def _shifts() -> None:
    """Make the rota, and let a shift remember where it came from and what was said of it."""
    op.create_table(
        "rota",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("days", JSONB(), nullable=False),
        sa.Column("begins", sa.Text(), nullable=False),
        sa.Column("ends", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.CheckConstraint("duty IN ('worker', 'backup', 'lead')", name=op.f("ck_rota_duty")),
        _of_community("rota"),
        _of_grid("rota"),
        _refers("rota", "person_id"),
        _refers("rota", "set_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota")),
    )
    op.create_index(
        "ix_rota_live", "rota", ["community_id"], postgresql_where=sa.text("ended_at IS NULL")
    )
    for name in ("noticed_at", "missed_at", "relieved_at"):
        op.add_column("shift", sa.Column(name, _MOMENT, nullable=True))
    for name, to in (("rota_id", "rota"), ("set_by", "person")):
        op.add_column("shift", sa.Column(name, sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_shift_{name}"), "shift", to, [name], ["id"])
    # A shift of the rota stays its own when a colleague takes it: it is not made a second time.
    op.create_index(
        "uq_shift_rota", "shift", ["rota_id", "starts_at"], unique=True,
        postgresql_where=sa.text("rota_id IS NOT NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_shift_unrelieved", "shift", ["ends_at"],
        postgresql_where=sa.text("relieved_at IS NULL"),
    )  # fmt: skip
    op.execute("UPDATE shift SET relieved_at = ends_at WHERE ends_at <= now()")
    op.create_table(
        "day_off",
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", _MOMENT, nullable=False),
        _of_community("day_off"),
        _refers("day_off", "person_id"),
        _refers("day_off", "set_by"),
        sa.PrimaryKeyConstraint("community_id", "person_id", "day", name=op.f("pk_day_off")),
    )


def _swaps() -> None:
    op.create_table(
        "swap",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_of", sa.Uuid(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        _of_community("swap"),
        _refers("swap", "shift_id", "shift"),
        _refers("swap", "asked_by"),
        _refers("swap", "asked_of"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swap")),
    )
    op.create_index(
        "uq_swap_live", "swap", ["shift_id"], unique=True,
        postgresql_where=sa.text("answered_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "relief",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("from_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        _of_community("relief"),
        _of_grid("relief"),
        _refers("relief", "shift_id", "shift"),
        _refers("relief", "from_id"),
        _refers("relief", "taken_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relief")),
        sa.UniqueConstraint("shift_id", name=op.f("uq_relief_shift_id")),
    )
    op.create_index(
        "ix_relief_due", "relief", ["due_at"], postgresql_where=sa.text("ended_at IS NULL")
    )


def _tickets() -> None:
    op.add_column("ticket", sa.Column("promised_at", _MOMENT, nullable=True))
    op.add_column("ticket", sa.Column("watch", JSONB(), nullable=True))
    op.add_column("ticket", sa.Column("watch_at", _MOMENT, nullable=True))
    op.add_column(
        "ticket", sa.Column("watch_step", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index(
        "ix_ticket_watch", "ticket", ["watch_at"], postgresql_where=sa.text("status = 'acked'")
    )
    _happened(_HAPPENED + _DUTY)


def _policies() -> None:
    op.create_table(
        "policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("chain", JSONB(), nullable=False),
        sa.Column("watch", JSONB(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        _of_community("policy"),
        _refers("policy", "created_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint(
            "community_id", "key", "version", name=op.f("uq_policy_community_id_key_version")
        ),
    )
    op.execute(
        """
        CREATE TRIGGER policy_append_only BEFORE UPDATE OR DELETE ON policy
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """
    )


def _happened(allowed: str) -> None:
    name = op.f("ck_ticket_event_kind")
    op.drop_constraint(name, "ticket_event")
    op.create_check_constraint(name, "ticket_event", f"kind IN ({allowed})")


def _of_community(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id"], ["community.id"], name=op.f(f"fk_{table}_community_id")
    )


def _of_grid(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", "grid_id"],
        ["grid.community_id", "grid.id"],
        name=op.f(f"fk_{table}_community_id_grid_id"),
    )


def _refers(table: str, column: str, to: str = "person") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Go back to the revision before; what was promised and passed on goes from the log."""
    op.drop_table("policy")
    op.execute("ALTER TABLE ticket_event DISABLE TRIGGER USER")
    op.execute(
        "DELETE FROM ticket_event WHERE kind IN "
        "('promised', 'overdue', 'transferred', 'returned', 'relieved', 'unmanned')"
    )
    op.execute("ALTER TABLE ticket_event ENABLE TRIGGER USER")
    _happened(_HAPPENED)
    op.drop_index("ix_ticket_watch", "ticket")
    for column in ("watch_step", "watch_at", "watch", "promised_at"):
        op.drop_column("ticket", column)
    for table in ("relief", "swap", "day_off"):
        op.drop_table(table)
    op.drop_index("ix_shift_unrelieved", "shift")
    op.drop_index("uq_shift_rota", "shift")
    for column in ("set_by", "rota_id", "relieved_at", "missed_at", "noticed_at"):
        op.drop_column("shift", column)
    op.drop_table("rota")
    op.drop_column("community", "staffed")
    op.drop_column("community", "duty_phone")
