"""Proposed limits, gateways and what they take down, and what a storm puts first."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the tables to this revision; the defaults stay for processes of the version before."""
    op.add_column("ticket", sa.Column("stair", sa.Integer(), nullable=True))
    op.add_column(
        "ticket", sa.Column("immobile", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    _proposals()
    _gateways()


def _proposals() -> None:
    op.create_table(
        "rule_proposal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("limit", sa.Float(), nullable=False),
        sa.Column("span_s", sa.Integer(), nullable=False),
        sa.Column("was_limit", sa.Float(), nullable=False),
        sa.Column("was_span_s", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        _of_community("rule_proposal"),
        *(
            sa.ForeignKeyConstraint(
                ["community_id", f"{one}_id"],
                [f"{one}.community_id", f"{one}.id"],
                name=op.f(f"fk_rule_proposal_community_id_{one}_id"),
            )
            for one in ("ticket", "device")
        ),
        *(
            sa.ForeignKeyConstraint([one], ["person.id"], name=op.f(f"fk_rule_proposal_{one}"))
            for one in ("asked_by", "decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_proposal")),
    )
    op.create_index(
        "uq_rule_proposal_live", "rule_proposal", ["device_id", "key"],
        unique=True, postgresql_where=sa.text("decided_at IS NULL"),
    )  # fmt: skip


def _gateways() -> None:
    op.create_table(
        "gateway",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        _of_community("gateway"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway")),
        sa.UniqueConstraint(
            "community_id", "source", "name_index",
            name=op.f("uq_gateway_community_id_source_name_index"),
        ),
    )  # fmt: skip
    op.add_column("device_presence", sa.Column("down_with", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_device_gateway_id", "device", ["gateway_id"],
        postgresql_where=sa.text("gateway_id IS NOT NULL"),
    )  # fmt: skip
    op.create_foreign_key(
        op.f("fk_device_presence_down_with"), "device_presence", "gateway", ["down_with"], ["id"]
    )


def _of_community(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id"], ["community.id"], name=op.f(f"fk_{table}_community_id")
    )


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index("ix_device_gateway_id", "device")
    op.drop_constraint(op.f("fk_device_presence_down_with"), "device_presence")
    op.drop_column("device_presence", "down_with")
    op.drop_table("gateway")
    op.drop_table("rule_proposal")
    op.drop_column("ticket", "immobile")
    op.drop_column("ticket", "stair")
