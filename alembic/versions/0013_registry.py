"""The devices' registry: gateways, live tests, wishes; odd keys and clocks; rules of one kind."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_KINDS = (
    "'door', 'gas', 'smoke', 'wristband', 'water', 'camera', 'manhole', 'fire', 'lane',"
    " 'rubbish', 'parking', 'street'"
)


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.add_column("rule", sa.Column("kind", sa.Text(), nullable=True))
    op.add_column("device", sa.Column("model", sa.Text(), nullable=False, server_default=""))
    op.add_column("device", sa.Column("gateway_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_device_community_id_gateway_id"),
        "device",
        "device",
        ["community_id", "gateway_id"],
        ["community_id", "id"],
    )
    # A device that was removed may be registered again, also elsewhere.
    op.drop_constraint(op.f("uq_device_source_external_index_community_id"), "device")
    op.create_index(
        "uq_device_live",
        "device",
        ["source", "external_index", "community_id"],
        unique=True,
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    _installing()
    _oddities()


def _installing() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("heard_at", _MOMENT, nullable=True),
        sa.Column("heard", sa.Text(), nullable=True),
        sa.Column("told_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        _of_community("installation"),
        sa.ForeignKeyConstraint(
            ["community_id", "device_id"],
            ["device.community_id", "device.id"],
            name=op.f("fk_installation_community_id_device_id"),
        ),
        _of_person("installation", "worker_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_index(
        "uq_installation_live",
        "installation",
        ["device_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "device_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("home_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("need", sa.Integer(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("consent_by", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("told_at", _MOMENT, nullable=True),
        sa.CheckConstraint(f'"kind" IN ({_KINDS})', name=op.f("ck_device_request_kind")),
        sa.CheckConstraint(
            "\"stage\" IN ('waiting', 'installed', 'withdrawn')",
            name=op.f("ck_device_request_stage"),
        ),
        _of_community("device_request"),
        sa.ForeignKeyConstraint(
            ["community_id", "home_id"],
            ["home.community_id", "home.id"],
            name=op.f("fk_device_request_community_id_home_id"),
        ),
        *(_of_person("device_request", one) for one in ("person_id", "asked_by", "consent_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_request")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_device_request_community_id_id")),
    )
    op.create_index(
        "uq_device_request_waiting",
        "device_request",
        ["person_id", "kind"],
        unique=True,
        postgresql_where=sa.text("stage = 'waiting'"),
    )


def _oddities() -> None:
    op.create_table(
        "unknown_key",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key_index", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("first_seen", _MOMENT, nullable=False),
        sa.Column("last_seen", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("source", "key_index", name=op.f("pk_unknown_key")),
    )
    op.create_table(
        "wrong_clock",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("claimed", sa.LargeBinary(), nullable=True),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.Column("first_seen", _MOMENT, nullable=False),
        sa.Column("last_seen", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["device.id"], name=op.f("fk_wrong_clock_device_id")
        ),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_wrong_clock")),
    )


def _of_community(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id"], ["community.id"], name=op.f(f"fk_{table}_community_id")
    )


def _of_person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Bring the tables back to the revision before."""
    for table in ("wrong_clock", "unknown_key", "device_request", "installation"):
        op.drop_table(table)
    op.drop_index("uq_device_live", table_name="device")
    op.create_unique_constraint(
        op.f("uq_device_source_external_index_community_id"),
        "device",
        ["source", "external_index", "community_id"],
    )
    op.drop_constraint(op.f("fk_device_community_id_gateway_id"), "device")
    op.drop_column("device", "gateway_id")
    op.drop_column("device", "model")
    op.drop_column("rule", "kind")
