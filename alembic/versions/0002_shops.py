"""Shops of the ten-minute circle, and the place that a person sent last."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# A statement that touches shops renews the mark of their communities, whoever runs it.
_RENEW = """
CREATE FUNCTION shop_renew_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO shop_mark (community_id, mark)
    SELECT community_id, gen_random_uuid()
    FROM (SELECT DISTINCT community_id FROM changed ORDER BY 1) AS touched
    ON CONFLICT (community_id) DO UPDATE SET mark = excluded.mark;
    RETURN NULL;
END $$
"""
_EVENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "shop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("datum", sa.Text(), nullable=False),
        sa.Column("source_lon", sa.Float(), nullable=False),
        sa.Column("source_lat", sa.Float(), nullable=False),
        sa.Column("hours_raw", sa.Text(), nullable=False),
        sa.Column("hours", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("walk_s", sa.Integer(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("merchant_person_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("datum IN ('wgs84', 'gcj02', 'bd09')", name=op.f("ck_shop_datum")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_shop_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_person_id"], ["person.id"], name=op.f("fk_shop_merchant_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_shop_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "name", "address", name=op.f("uq_shop_community_id_name_address")
        ),
    )
    op.create_index("ix_shop_community_category", "shop", ["community_id", "category"])
    op.create_index(
        "ix_shop_merchant",
        "shop",
        ["merchant_person_id"],
        postgresql_where=sa.text("merchant_person_id IS NOT NULL"),
    )
    op.create_table(
        "shop_mark",
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_shop_mark_community_id")
        ),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_shop_mark")),
    )
    op.execute(_RENEW)
    for event, rows in _EVENTS.items():
        op.execute(
            f"CREATE TRIGGER shop_mark_{event.lower()} AFTER {event} ON shop "
            f"REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT "
            "EXECUTE FUNCTION shop_renew_mark()"
        )
    op.add_column("conversation", sa.Column("place", sa.LargeBinary(), nullable=True))
    op.add_column(
        "conversation", sa.Column("place_until", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    """Take the tables of this revision away."""
    op.drop_column("conversation", "place_until")
    op.drop_column("conversation", "place")
    op.drop_table("shop_mark")
    op.drop_table("shop")
    op.execute("DROP FUNCTION shop_renew_mark()")
