"""Look a relative's elders up by the relative; find glass to be told of, and a community's."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_index(
        "ix_family_link_relative",
        "family_link",
        ["relative_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_broken_glass_untold",
        "broken_glass",
        ["broken_at"],
        unique=False,
        postgresql_where=sa.text("told_at IS NULL"),
    )
    op.create_index("ix_broken_glass_community", "broken_glass", ["community_id", "broken_at"])


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index("ix_broken_glass_community", "broken_glass")
    op.drop_index("ix_broken_glass_untold", "broken_glass")
    op.drop_index("ix_family_link_relative", "family_link")
