"""Points: a double-entry ledger whose rules the database holds; rewards and redemptions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FUNCTIONS = (
    # Balances are moved here and nowhere else, so they are what the log adds up to.
    """
    CREATE FUNCTION move_balance() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        UPDATE account SET balance = balance + NEW.amount WHERE id = NEW.account_id;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION refuse_balance() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'a balance moves by postings alone'; END $$
    """,
    # At the commit: a transfer has both sides, and they sum to zero.
    """
    CREATE FUNCTION check_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        which uuid := CASE TG_TABLE_NAME WHEN 'transfer' THEN to_jsonb(NEW) ->> 'id'
                      ELSE to_jsonb(NEW) ->> 'transfer_id' END;
        sides bigint;
        rest numeric;
    BEGIN
        SELECT count(*), coalesce(sum(amount), 0) INTO sides, rest
        FROM posting WHERE transfer_id = which;
        IF sides < 2 OR rest <> 0 THEN
            RAISE EXCEPTION 'transfer %: % postings, sum %', which, sides, rest
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
)
_TRIGGERS = (
    """
    CREATE TRIGGER posting_moves_balance AFTER INSERT ON posting
    FOR EACH ROW EXECUTE FUNCTION move_balance()
    """,
    """
    CREATE TRIGGER account_opens_empty BEFORE INSERT ON account
    FOR EACH ROW WHEN (NEW.balance <> 0) EXECUTE FUNCTION refuse_balance()
    """,
    """
    CREATE TRIGGER account_balance_follows BEFORE UPDATE OF balance ON account
    FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_balance()
    """,
    """
    CREATE CONSTRAINT TRIGGER transfer_balanced AFTER INSERT ON transfer
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transfer()
    """,
    """
    CREATE CONSTRAINT TRIGGER posting_balanced AFTER INSERT ON posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_transfer()
    """,
    *(
        f"""
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION refuse_change()
        """
        for table in ("transfer", "posting")
    ),
)


def upgrade() -> None:
    """Bring the tables to this revision."""
    op.create_table(
        "code_entry",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_code_entry_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["person.id"], name=op.f("fk_code_entry_merchant_id")
        ),
        sa.PrimaryKeyConstraint("merchant_id", name=op.f("pk_code_entry")),
    )
    op.create_table(
        "transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "reason IN ('grant', 'carried_over', 'attendance', 'hold', 'redeemed', 'refused', 'cancelled', 'lapsed', 'expired', 'settled', 'donated', 'correction')",
            name=op.f("ck_transfer_reason"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_transfer_by_id")),
        sa.ForeignKeyConstraint(
            ["community_id", "reverses_id"],
            ["transfer.community_id", "transfer.id"],
            name=op.f("fk_transfer_community_id_reverses_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_transfer_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_transfer_community_id_id")),
        sa.UniqueConstraint("community_id", "key", name=op.f("uq_transfer_community_id_key")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_transfer_reverses_id")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("shop_id", sa.Uuid(), nullable=True),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('issuance', 'resident', 'hold', 'merchant_payable', 'settled', 'expired', 'donated')",
            name=op.f("ck_account_kind"),
        ),
        sa.CheckConstraint(
            "CASE WHEN kind IN ('resident', 'hold') THEN person_id IS NOT NULL AND shop_id IS NULL WHEN kind = 'merchant_payable' THEN (person_id IS NULL) <> (shop_id IS NULL) ELSE person_id IS NULL AND shop_id IS NULL END",
            name=op.f("ck_account_owner"),
        ),
        sa.CheckConstraint(
            "kind = 'issuance' OR balance >= 0", name=op.f("ck_account_not_below_zero")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "shop_id"],
            ["shop.community_id", "shop.id"],
            name=op.f("fk_account_community_id_shop_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_account_community_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_account_community_id_id")),
        sa.UniqueConstraint(
            "community_id",
            "kind",
            "person_id",
            "shop_id",
            name=op.f("uq_account_community_id_kind_person_id_shop_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_account_person_id"), "account", ["person_id"], unique=False)
    op.create_table(
        "reward",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=True),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("item_en", sa.Text(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("cost > 0", name=op.f("ck_reward_cost")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_reward_stock")),
        sa.ForeignKeyConstraint(
            ["community_id", "shop_id"],
            ["shop.community_id", "shop.id"],
            name=op.f("fk_reward_community_id_shop_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_reward_community_id")
        ),
        sa.ForeignKeyConstraint(["merchant_id"], ["person.id"], name=op.f("fk_reward_merchant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_reward_community_id_id")),
    )
    op.create_index(
        "ix_reward_open",
        "reward",
        ["community_id", "cost", "id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "posting",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("transfer_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_posting_amount")),
        sa.ForeignKeyConstraint(
            ["community_id", "account_id"],
            ["account.community_id", "account.id"],
            name=op.f("fk_posting_community_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "transfer_id"],
            ["transfer.community_id", "transfer.id"],
            name=op.f("fk_posting_community_id_transfer_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
    )
    op.create_index("ix_posting_account", "posting", ["account_id", "id"], unique=False)
    op.create_index("ix_posting_transfer", "posting", ["transfer_id"], unique=False)
    op.create_table(
        "redemption",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("reward_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code_index", sa.LargeBinary(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("end_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "state IN ('held', 'confirmed', 'refused', 'cancelled', 'expired')",
            name=op.f("ck_redemption_state"),
        ),
        sa.CheckConstraint(
            "(state = 'held') = (end_id IS NULL) AND (state = 'held') = (ended_at IS NULL) AND (state = 'held') = (secret IS NOT NULL)",
            name=op.f("ck_redemption_ended_once"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "end_id"],
            ["transfer.community_id", "transfer.id"],
            name=op.f("fk_redemption_community_id_end_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "hold_id"],
            ["transfer.community_id", "transfer.id"],
            name=op.f("fk_redemption_community_id_hold_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "reward_id"],
            ["reward.community_id", "reward.id"],
            name=op.f("fk_redemption_community_id_reward_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_redemption_community_id")
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_redemption_ended_by")),
        sa.ForeignKeyConstraint(
            ["merchant_id"], ["person.id"], name=op.f("fk_redemption_merchant_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_redemption_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
        sa.UniqueConstraint("end_id", name=op.f("uq_redemption_end_id")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_redemption_hold_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_redemption_token_hash")),
    )
    op.create_index(
        "ix_redemption_code", "redemption", ["merchant_id", "code_index", "made_at"], unique=False
    )
    op.create_index(
        "ix_redemption_due",
        "redemption",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index("ix_redemption_person", "redemption", ["person_id", "made_at"], unique=False)
    op.create_index(
        "uq_redemption_code",
        "redemption",
        ["merchant_id", "code_index"],
        unique=True,
        postgresql_where=sa.text("state = 'held'"),
    )
    for statement in (*_FUNCTIONS, *_TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    """Go back to the revision before."""
    op.drop_index(
        "uq_redemption_code", table_name="redemption", postgresql_where=sa.text("state = 'held'")
    )
    op.drop_index("ix_redemption_person", table_name="redemption")
    op.drop_index(
        "ix_redemption_due", table_name="redemption", postgresql_where=sa.text("state = 'held'")
    )
    op.drop_index("ix_redemption_code", table_name="redemption")
    op.drop_table("redemption")
    op.drop_index("ix_posting_transfer", table_name="posting")
    op.drop_index("ix_posting_account", table_name="posting")
    op.drop_table("posting")
    op.drop_index(
        "ix_reward_open", table_name="reward", postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_table("reward")
    op.drop_index(op.f("ix_account_person_id"), table_name="account")
    op.drop_table("account")
    op.drop_table("transfer")
    op.drop_table("code_entry")
    op.execute("DROP FUNCTION check_transfer, refuse_balance, move_balance")
