"""Emergencies in chat, talks that are handed over to a worker, and how a community is reached."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KINDS = (
    "'fire', 'gas', 'medical', 'fall', 'violence', 'rescue', 'missing', 'harm', 'help'"
)  # fmt: skip
_EVENTS = (
    "'opened', 'alarm_again', 'reopened', 'told', 'unreachable', 'escalated', 'dispatched', "
    "'acked', 'arrived', 'not_found', 'resolved', 'recovered', 'closed', 'withdrawn', 'looked'"
)
_PARTS = "'worker', 'backup', 'elder', 'family', 'operator', 'caller'"


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("community", sa.Column("phone", sa.Text(), nullable=True))
    op.add_column("community", sa.Column("answers_from", sa.Text(), nullable=True))
    op.create_table(
        "emergency",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("caller_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("elders", sa.LargeBinary(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"kind IN ({_KINDS})", name=op.f("ck_emergency_kind")),
        sa.ForeignKeyConstraint(["caller_id"], ["person.id"], name=op.f("fk_emergency_caller_id")),
        sa.ForeignKeyConstraint(
            ["community_id", "ticket_id"],
            ["ticket.community_id", "ticket.id"],
            name=op.f("fk_emergency_community_id_ticket_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_emergency_community_id")
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_emergency")),
    )
    op.create_table(
        "handover",
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("worker_channel", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id", "ticket_id"],
            ["ticket.community_id", "ticket.id"],
            name=op.f("fk_handover_community_id_ticket_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_handover_community_id")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_handover_ended_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_handover_person_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_handover_worker_id")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_handover")),
    )
    op.create_index(
        "ix_handover_worker",
        "handover",
        ["worker_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_handover_live",
        "handover",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "handover_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("side IN ('resident', 'worker')", name=op.f("ck_handover_message_side")),
        sa.ForeignKeyConstraint(
            ["community_id", "ticket_id"],
            ["ticket.community_id", "ticket.id"],
            name=op.f("fk_handover_message_community_id_ticket_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_handover_message_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_message")),
    )
    op.create_index(
        "ix_handover_message_ticket", "handover_message", ["ticket_id", "id"], unique=False
    )
    _check("ticket_event", "kind", _EVENTS)
    _check("ticket_card", "part", _PARTS)


def _check(table: str, column: str, values: str) -> None:
    """Hold the column to these values, whether or not an older rule stands."""
    name = f"ck_{table}_{column}"
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
    op.create_check_constraint(op.f(name), table, f"{column} IN ({values})")


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_constraint("ck_ticket_card_part", "ticket_card")
    op.drop_constraint("ck_ticket_event_kind", "ticket_event")
    op.drop_table("handover_message")
    op.drop_table("handover")
    op.drop_table("emergency")
    op.drop_column("community", "answers_from")
    op.drop_column("community", "phone")
