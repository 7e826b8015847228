"""Gateways as a kind of device; what unregistered devices told of themselves; pictures of tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_POINTS = (
    "'door', 'gas', 'smoke', 'wristband', 'water', 'camera', 'manhole', 'fire', 'lane', "
    "'rubbish', 'parking', 'street'"
)
_OF_KINDS = ("device", "device_request")


def upgrade() -> None:
    """Bring the tables to this revision."""
    for table in _OF_KINDS:
        _kinds(table, f"{_POINTS}, 'gateway'")
    for column in ("model", "gateway"):
        op.add_column("unknown_device", sa.Column(column, sa.LargeBinary(), nullable=True))
    op.create_table(
        "snapshot",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "ticket_id"],
            ["ticket.community_id", "ticket.id"],
            name=op.f("fk_snapshot_community_id_ticket_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_snapshot_community_id")
        ),
        sa.ForeignKeyConstraint(["sha256"], ["media.sha256"], name=op.f("fk_snapshot_sha256")),
        sa.PrimaryKeyConstraint("ticket_id", "epoch", name=op.f("pk_snapshot")),
    )
    op.create_index(
        "ix_snapshot_due", "snapshot", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL")
    )


def downgrade() -> None:
    """Go back to the revision before; gateways leave the registry, since others refer to them."""
    op.drop_table("snapshot")
    for column in ("gateway", "model"):
        op.drop_column("unknown_device", column)
    op.execute("UPDATE device SET gateway_id = NULL")
    op.execute(
        """
        UPDATE device SET kind = 'camera', removed_at = coalesce(removed_at, now())
        WHERE kind = 'gateway'
        """
    )
    for table in _OF_KINDS:
        _kinds(table, _POINTS)


def _kinds(table: str, allowed: str) -> None:
    name = op.f(f"ck_{table}_kind")
    op.drop_constraint(name, table)
    op.create_check_constraint(name, table, f"kind IN ({allowed})")
