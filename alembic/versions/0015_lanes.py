"""Find the few blocked lanes among many alarms; no foreign key of a ticket looks through its community."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_index(
        "ix_ticket_live_lane",
        "ticket",
        ["id"],
        postgresql_where=sa.text("what = 'lane_blocked' AND status <> 'closed'"),
    )
    # Beginning with the community it looked to PostgreSQL like a way to a single ticket.
    op.drop_index("ix_ticket_closed_at", "ticket")
    op.create_index("ix_ticket_closed_at", "ticket", ["closed_at", "community_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_ticket_closed_at", "ticket")
    op.create_index("ix_ticket_closed_at", "ticket", ["community_id", "closed_at"])
    op.drop_index("ix_ticket_live_lane", "ticket")
