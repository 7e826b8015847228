"""What a conversation remembers: its language and the last search; pictures in a talk."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("conversation", sa.Column("lang", sa.Text(), nullable=True))
    op.add_column("conversation", sa.Column("search", sa.LargeBinary(), nullable=True))
    op.add_column(
        "conversation", sa.Column("search_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("handover_message", sa.Column("picture", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_column("handover_message", "picture")
    op.drop_column("conversation", "search_until")
    op.drop_column("conversation", "search")
    op.drop_column("conversation", "lang")
