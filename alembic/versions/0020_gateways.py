"""A gateway is a device: the table beside them goes, and what it took down stays unreached."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
# The ticket of an outage is named after what its devices hang on; of several, by the first.
_KEYS = """
    UPDATE ticket t SET key = w.key
    FROM (
        SELECT 'gateway:' || p.down_with AS was,
               min('gateway:' || coalesce(CAST(d.gateway_id AS text),
                                          d.building_id || ':' || d.source)) AS key
        FROM device_presence p JOIN device d ON d.id = p.device_id
        WHERE p.down_with IS NOT NULL GROUP BY p.down_with) AS w
    WHERE t.key = w.was AND t.status <> 'closed' AND w.key IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM ticket o WHERE o.key = w.key AND o.status <> 'closed')
"""


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("device_presence", sa.Column("unreached_at", _MOMENT, nullable=True))
    op.execute(_KEYS)
    op.execute(
        """
        UPDATE device_presence p SET online = true, unreached_at = g.since
        FROM gateway g WHERE g.id = p.down_with AND NOT p.online
        """
    )
    op.drop_constraint(op.f("fk_device_presence_down_with"), "device_presence")
    op.drop_column("device_presence", "down_with")
    op.drop_table("gateway")


def downgrade() -> None:
    """Go back to the revision before; what is unreached is silent by itself until it speaks."""
    op.create_table(
        "gateway",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("name_index", sa.LargeBinary(), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_gateway_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway")),
        sa.UniqueConstraint(
            "community_id", "source", "name_index",
            name=op.f("uq_gateway_community_id_source_name_index"),
        ),
    )  # fmt: skip
    op.add_column("device_presence", sa.Column("down_with", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_device_presence_down_with"), "device_presence", "gateway", ["down_with"], ["id"]
    )
    op.execute("UPDATE device_presence SET online = false WHERE unreached_at IS NOT NULL")
    op.drop_column("device_presence", "unreached_at")
