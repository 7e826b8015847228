"""What people report about shops, words that found none, and words that a community taught."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
# An index in memory holds the taught words too: it hangs on the same mark as the shops.
_RENEW = """
CREATE FUNCTION shop_word_renew_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE shop_mark SET mark = gen_random_uuid()
    WHERE community_id IN (SELECT community_id FROM changed);
    RETURN NULL;
END $$
"""
_EVENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "shop_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.CheckConstraint(
            "fault IN ('closed', 'moved', 'hours', 'phone')", name=op.f("ck_shop_report_fault")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'refused')", name=op.f("ck_shop_report_state")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "shop_id"],
            ["shop.community_id", "shop.id"],
            name=op.f("fk_shop_report_community_id_shop_id"),
        ),
        _refers("shop_report", "community_id", "community"),
        _refers("shop_report", "asked_by"),
        _refers("shop_report", "decided_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_report")),
    )
    op.create_index(
        "uq_shop_report_open", "shop_report", ["shop_id", "fault", "asked_by"],
        unique=True, postgresql_where=sa.text("state = 'open'"),
    )  # fmt: skip
    op.create_index(
        "ix_shop_report_waiting",
        "shop_report",
        ["community_id"],
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "shop_miss",
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("word_index", sa.LargeBinary(), nullable=False),
        sa.Column("word", sa.LargeBinary(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", _MOMENT, nullable=False),
        _refers("shop_miss", "community_id", "community"),
        sa.PrimaryKeyConstraint("community_id", "word_index", name=op.f("pk_shop_miss")),
    )
    op.create_table(
        "shop_word",
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("taught_by", sa.Uuid(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        _refers("shop_word", "community_id", "community"),
        _refers("shop_word", "taught_by"),
        sa.PrimaryKeyConstraint("community_id", "word", name=op.f("pk_shop_word")),
    )
    op.execute(_RENEW)
    for event, rows in _EVENTS.items():
        op.execute(
            f"CREATE TRIGGER shop_word_mark_{event.lower()} AFTER {event} ON shop_word "
            f"REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT "
            "EXECUTE FUNCTION shop_word_renew_mark()"
        )


def _refers(table: str, column: str, to: str = "person") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Take the tables of this revision away."""
    op.drop_table("shop_word")
    op.execute("DROP FUNCTION shop_word_renew_mark()")
    op.drop_table("shop_miss")
    op.drop_table("shop_report")
