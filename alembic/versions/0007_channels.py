"""Vendors' channels: sent messages, limits, consents, tokens, pauses, and how accounts are joined."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the tables to this revision."""
    _widen()
    _sending()
    _limits()
    _accounts()


def _widen() -> None:
    """Add what the older tables must know of vendors."""
    op.add_column("channel_account", sa.Column("union_index", sa.LargeBinary(), nullable=True))
    op.add_column("channel_account", sa.Column("used_at", _MOMENT, nullable=True))
    op.create_index(
        op.f("ix_channel_account_union_index"), "channel_account", ["union_index"], unique=False
    )
    op.add_column("inbound", sa.Column("reply", sa.LargeBinary(), nullable=True))
    # The default stays: a process of the version before goes on writing while this one starts.
    op.add_column("outbox", sa.Column("sending_at", _MOMENT, nullable=True))
    op.add_column(
        "outbox", sa.Column("ambiguous", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index(
        "ix_outbox_dead", "outbox", ["person_id"], postgresql_where=sa.text("state = 'dead'")
    )
    op.drop_constraint(op.f("ck_outbox_kind"), "outbox", type_="check")
    op.create_check_constraint(
        op.f("ck_outbox_kind"), "outbox", "kind IN ('ticket', 'reply', 'fetch')"
    )
    op.add_column("ticket_card", sa.Column("confirmed_at", _MOMENT, nullable=True))
    op.add_column("ticket_card", sa.Column("next_channel_at", _MOMENT, nullable=True))
    op.create_index(
        "ix_ticket_card_next_channel_at",
        "ticket_card",
        ["next_channel_at"],
        postgresql_where=sa.text("next_channel_at IS NOT NULL"),
    )


def _sending() -> None:
    op.create_table(
        "vendor_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", _MOMENT, nullable=False),
        sa.Column("spent_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_vendor_message_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_message")),
    )
    op.create_index(
        "ix_vendor_message_card", "vendor_message", ["object_id", "person_id", "channel", "id"]
    )
    op.create_index("ix_vendor_message_sent_at", "vendor_message", ["sent_at"])
    op.create_table(
        "last_card",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("card", sa.LargeBinary(), nullable=False),
        sa.Column("rest", sa.LargeBinary(), nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_last_card_person_id")),
        sa.PrimaryKeyConstraint("person_id", "channel", name=op.f("pk_last_card")),
    )


def _limits() -> None:
    op.create_table(
        "pace_mark",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pace_mark")),
    )
    op.create_index("ix_pace_mark_bucket", "pace_mark", ["bucket", "at"])
    op.create_table(
        "message_window",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("closes_at", _MOMENT, nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("used BETWEEN 0 AND allowed", name=op.f("ck_message_window_used")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["channel_account.id"], name=op.f("fk_message_window_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "contact", name=op.f("pk_message_window")),
    )
    op.create_table(
        "notice_consent",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.CheckConstraint("granted >= 0", name=op.f("ck_notice_consent_granted")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["channel_account.id"], name=op.f("fk_notice_consent_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "template", name=op.f("pk_notice_consent")),
    )
    op.create_table(
        "channel_pause",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("told_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_pause")),
    )


def _accounts() -> None:
    op.create_table(
        "access_token",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", _MOMENT, nullable=True),
        sa.Column("refreshing_until", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_access_token")),
    )
    op.create_table(
        "link_code",
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_link_code_person_id")),
        sa.PrimaryKeyConstraint("code_index", name=op.f("pk_link_code")),
    )


def downgrade() -> None:
    """Bring the tables back to the revision before."""
    for table in (
        "link_code", "access_token", "channel_pause", "notice_consent", "message_window",
        "pace_mark", "last_card", "vendor_message",
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_index("ix_ticket_card_next_channel_at", table_name="ticket_card")
    op.drop_column("ticket_card", "next_channel_at")
    op.drop_column("ticket_card", "confirmed_at")
    op.execute("DELETE FROM outbox WHERE kind = 'fetch'")
    op.drop_constraint(op.f("ck_outbox_kind"), "outbox", type_="check")
    op.create_check_constraint(op.f("ck_outbox_kind"), "outbox", "kind IN ('ticket', 'reply')")
    op.drop_index("ix_outbox_dead", table_name="outbox")
    op.drop_column("outbox", "ambiguous")
    op.drop_column("outbox", "sending_at")
    op.drop_column("inbound", "reply")
    op.drop_index(op.f("ix_channel_account_union_index"), table_name="channel_account")
    op.drop_column("channel_account", "used_at")
    op.drop_column("channel_account", "union_index")
