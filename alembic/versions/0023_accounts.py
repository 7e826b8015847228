"""The command centre's accounts: second factor, recovery, wall screens, separate administrators."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_ROLES = "'resident', 'family', 'elder', 'worker', 'merchant', 'operator'"
_MORE = "'street', 'lead', 'desk', 'wall', 'system', 'security', 'audit'"


def upgrade() -> None:
    """Bring the tables to this revision."""
    _checked("membership", "role", f"{_ROLES}, {_MORE}")
    _administrators()
    _credentials()
    _walls()
    op.add_column(
        "login_ticket", sa.Column("purpose", sa.Text(), nullable=False, server_default="chat")
    )
    op.create_check_constraint(
        op.f("ck_login_ticket_purpose"),
        "login_ticket",
        "purpose IN ('chat', 'setup', 'code', 'enrol', 'renew')",
    )


def _administrators() -> None:
    """Part the three administrators from each other and from whoever works with residents.

    The person's row is locked first, so that of two at once the second sees the other's role.
    """
    op.execute(
        """
        CREATE FUNCTION part_administrators() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            apart CONSTANT text[] := ARRAY['system', 'security', 'audit'];
            works CONSTANT text[] := apart || ARRAY['worker', 'operator', 'street', 'lead', 'desk'];
        BEGIN
            IF NEW.role = ANY (works) THEN
                PERFORM 1 FROM person WHERE id = NEW.person_id FOR NO KEY UPDATE;
                IF EXISTS (
                    SELECT 1 FROM membership
                    WHERE person_id = NEW.person_id AND id <> NEW.id AND role <> NEW.role
                      AND role = ANY (works) AND (NEW.role = ANY (apart) OR role = ANY (apart))
                ) THEN
                    RAISE EXCEPTION 'administrators are apart' USING ERRCODE = 'check_violation';
                END IF;
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER membership_administrators BEFORE INSERT OR UPDATE ON membership
        FOR EACH ROW EXECUTE FUNCTION part_administrators()
        """
    )


def _credentials() -> None:
    """Let an account wait for its first password, and prove itself by a second factor."""
    op.alter_column("credential", "password_hash", nullable=True)
    for column in (
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_since", _MOMENT, nullable=True),
        sa.Column("totp_step", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("renew", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("made_in", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", _MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column("entered_at", _MOMENT, nullable=True),
    ):
        op.add_column("credential", column)
    for column, to in (("made_by", "person"), ("made_in", "community")):
        op.create_foreign_key(op.f(f"fk_credential_{column}"), "credential", to, [column], ["id"])
    op.create_table(
        "recovery_code",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        _refers("recovery_code", "person_id", "person"),
        sa.PrimaryKeyConstraint("person_id", "digest", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "login_count",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_login_count")),
    )


def _walls() -> None:
    """Make wall screens, whose sessions belong to nobody."""
    op.create_table(
        "wall_screen",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        _refers("wall_screen", "community_id", "community"),
        _refers("wall_screen", "made_by", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wall_screen")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_wall_screen_token_hash")),
    )
    op.create_index("ix_wall_screen_community_id", "wall_screen", ["community_id"])
    op.alter_column("web_session", "person_id", nullable=True)
    op.add_column("web_session", sa.Column("wall_id", sa.Uuid(), nullable=True))
    op.add_column(
        "web_session", sa.Column("masked", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_foreign_key(
        op.f("fk_web_session_wall_id"), "web_session", "wall_screen", ["wall_id"], ["id"]
    )
    op.create_index("ix_web_session_person_id", "web_session", ["person_id"])
    _checked("web_session", "kind", "'chat', 'console', 'wall'")
    for name, says in (
        ("whose", "(person_id IS NULL) = (kind = 'wall')"),
        ("wall", "(wall_id IS NULL) = (kind <> 'wall')"),
    ):
        op.create_check_constraint(op.f(f"ck_web_session_{name}"), "web_session", says)


def _checked(table: str, column: str, allowed: str) -> None:
    name = op.f(f"ck_{table}_{column}")
    op.drop_constraint(name, table)
    op.create_check_constraint(name, table, f"{column} IN ({allowed})")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def downgrade() -> None:
    """Go back to the revision before; what it does not know can't stay."""
    op.execute("DELETE FROM login_ticket WHERE purpose <> 'chat'")
    op.drop_constraint(op.f("ck_login_ticket_purpose"), "login_ticket")
    op.drop_column("login_ticket", "purpose")
    op.execute("DELETE FROM web_session WHERE kind = 'wall'")
    for name in ("whose", "wall"):
        op.drop_constraint(op.f(f"ck_web_session_{name}"), "web_session")
    _checked("web_session", "kind", "'chat', 'console'")
    op.drop_index("ix_web_session_person_id", "web_session")
    op.drop_column("web_session", "masked")
    op.drop_column("web_session", "wall_id")
    op.alter_column("web_session", "person_id", nullable=False)
    for table in ("wall_screen", "login_count", "recovery_code"):
        op.drop_table(table)
    op.execute("DELETE FROM credential WHERE password_hash IS NULL")
    for column in (
        "entered_at", "closed_at", "made_at", "made_by", "made_in", "renew", "totp_step", "totp_since",
        "totp_secret",
    ):  # fmt: skip
        op.drop_column("credential", column)
    op.alter_column("credential", "password_hash", nullable=False)
    op.execute("DROP TRIGGER membership_administrators ON membership")
    op.execute("DROP FUNCTION part_administrators()")
    op.execute(
        "DELETE FROM membership WHERE role IN "
        "('street', 'lead', 'desk', 'wall', 'system', 'security', 'audit')"
    )
    _checked("membership", "role", _ROLES)
