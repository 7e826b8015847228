"""Homes and people whole: numbers, contacts, keys, requests, teams; who looked at whom."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_AIM = (
    "(kind = 'home' AND home_id IS NOT NULL AND elder_id IS NULL)"
    " OR (kind = 'elder' AND elder_id IS NOT NULL AND home_id IS NULL)"
)
_TAILS = ("phone_tail", "id_tail")


def upgrade() -> None:
    """Bring the tables to this revision."""
    _widen()
    _teams()
    _contacts()
    _joining()
    _access()
    op.create_table(
        "import_mapping",
        _community(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("saved_at", _MOMENT, nullable=False),
        _of_community("import_mapping"),
        sa.PrimaryKeyConstraint("community_id", "kind", "header", name=op.f("pk_import_mapping")),
    )


def _widen() -> None:
    """Add what people and homes lack; the defaults stay for processes of the version before."""
    op.add_column("building", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("building", sa.Column("stairs", sa.Integer(), nullable=True))
    op.add_column("building", sa.Column("floors", sa.Integer(), nullable=True))
    op.create_unique_constraint(
        op.f("uq_building_community_id_name"), "building", ["community_id", "name"]
    )
    for sealed in ("id_number", "id_index", "sex", "born", "needs", *_TAILS):
        op.add_column("person", sa.Column(sealed, sa.LargeBinary(), nullable=True))
    op.create_unique_constraint(op.f("uq_person_id_index"), "person", ["id_index"])
    for tail in _TAILS:
        op.create_index(op.f(f"ix_person_{tail}"), "person", [tail], unique=False)
    op.add_column(
        "residence", sa.Column("household", sa.Integer(), nullable=False, server_default="1")
    )
    op.add_column("residence", sa.Column("relation", sa.LargeBinary(), nullable=True))
    op.add_column(
        "residence", sa.Column("standing", sa.Text(), nullable=False, server_default="both")
    )
    op.create_check_constraint(
        op.f("ck_residence_standing"),
        "residence",
        "standing IN ('both', 'registered', 'lives', 'visits')",
    )
    op.create_index(
        "uq_residence_live",
        "residence",
        ["person_id", "home_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.add_column("family_link", sa.Column("relation", sa.LargeBinary(), nullable=True))
    op.add_column("family_link", sa.Column("consent_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_family_link_consent_by"), "family_link", "person", ["consent_by"], ["id"]
    )


def _teams() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Uuid(), nullable=False),
        _community(),
        sa.Column("name", sa.Text(), nullable=False),
        _of_community("team"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_team_community_id_id")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_team_community_id_name")),
    )
    op.create_table(
        "team_member",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        _community(),
        sa.Column("lead", sa.Boolean(), nullable=False),
        _of_community("team_member"),
        _refers("team_member", "person_id"),
        sa.ForeignKeyConstraint(
            ["community_id", "team_id"],
            ["team.community_id", "team.id"],
            name=op.f("fk_team_member_community_id_team_id"),
        ),
        sa.PrimaryKeyConstraint("team_id", "person_id", name=op.f("pk_team_member")),
    )


def _contacts() -> None:
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        _community(),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("relation", sa.LargeBinary(), nullable=True),
        sa.Column("key_holder", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        _of_community("contact"),
        _refers("contact", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(
        "ix_contact_person",
        "contact",
        ["person_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _joining() -> None:
    op.create_table(
        "binding",
        sa.Column("id", sa.Uuid(), nullable=False),
        _community(),
        sa.Column("grid_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("home_id", sa.Uuid(), nullable=True),
        sa.Column("elder_id", sa.Uuid(), nullable=True),
        sa.Column("relation", sa.LargeBinary(), nullable=True),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('home', 'elder')", name=op.f("ck_binding_kind")),
        sa.CheckConstraint(
            "state IN ('asked', 'confirmed', 'refused', 'withdrawn')",
            name=op.f("ck_binding_state"),
        ),
        sa.CheckConstraint(_AIM, name=op.f("ck_binding_aim")),
        _of_community("binding"),
        sa.ForeignKeyConstraint(
            ["community_id", "grid_id"],
            ["grid.community_id", "grid.id"],
            name=op.f("fk_binding_community_id_grid_id"),
        ),
        _of_home("binding"),
        *(_refers("binding", one) for one in ("person_id", "elder_id", "decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding")),
    )
    op.create_index(
        "uq_binding_live",
        "binding",
        ["person_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_index(
        "ix_binding_grid",
        "binding",
        ["grid_id"],
        unique=False,
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_table(
        "invitation",
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        _community(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("home_id", sa.Uuid(), nullable=True),
        sa.Column("elder_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.Column("used_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('home', 'elder')", name=op.f("ck_invitation_kind")),
        sa.CheckConstraint(_AIM, name=op.f("ck_invitation_aim")),
        _of_community("invitation"),
        _of_home("invitation"),
        *(_refers("invitation", one) for one in ("elder_id", "made_by", "used_by")),
        sa.PrimaryKeyConstraint("code_index", name=op.f("pk_invitation")),
    )
    op.create_table(
        "proxy",
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        _community(),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        _of_community("proxy"),
        *(_refers("proxy", one) for one in ("worker_id", "person_id")),
        sa.PrimaryKeyConstraint("worker_id", name=op.f("pk_proxy")),
    )


def _access() -> None:
    """Make the log of who looked at whom; PostgreSQL itself refuses to change or lose a row."""
    op.create_table(
        "access_entry",
        _community(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("for_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("how_many", sa.Integer(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _of_community("access_entry"),
        sa.PrimaryKeyConstraint("community_id", "number", name=op.f("pk_access_entry")),
    )
    op.create_index("ix_access_entry_subject", "access_entry", ["subject_id", "at"])
    op.create_index("ix_access_entry_actor", "access_entry", ["actor_id", "at"])
    for what, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"""
            CREATE TRIGGER access_entry_append_only_{each.lower()} BEFORE {what} ON access_entry
            FOR EACH {each} EXECUTE FUNCTION refuse_change()
            """
        )
    op.create_table(
        "access_head",
        _community(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _of_community("access_head"),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_access_head")),
    )
    op.create_table(
        "broken_glass",
        sa.Column("id", sa.Uuid(), nullable=False),
        _community(),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("ticket_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("broken_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("told_at", _MOMENT, nullable=True),
        _of_community("broken_glass"),
        *(_refers("broken_glass", one) for one in ("actor_id", "subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broken_glass")),
    )
    op.create_index("ix_broken_glass_actor", "broken_glass", ["actor_id", "ends_at"])


def _community() -> sa.Column[object]:
    return sa.Column("community_id", sa.Uuid(), nullable=False)


def _of_community(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id"], ["community.id"], name=op.f(f"fk_{table}_community_id")
    )


def _of_home(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", "home_id"],
        ["home.community_id", "home.id"],
        name=op.f(f"fk_{table}_community_id_home_id"),
    )


def _refers(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Go back to the revision before."""
    for table in (
        "import_mapping", "broken_glass", "access_head", "access_entry", "proxy", "invitation",
        "binding", "contact", "team_member", "team",
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_constraint(op.f("fk_family_link_consent_by"), "family_link")
    for column in ("consent_by", "relation"):
        op.drop_column("family_link", column)
    op.drop_index("uq_residence_live", "residence")
    for column in ("standing", "relation", "household"):
        op.drop_column("residence", column)
    for column in (*_TAILS, "needs", "born", "sex", "id_index", "id_number"):
        op.drop_column("person", column)
    op.drop_constraint(op.f("uq_building_community_id_name"), "building")
    for column in ("floors", "stairs", "address"):
        op.drop_column("building", column)
