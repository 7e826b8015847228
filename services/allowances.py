"""What a vendor still lets us send to an account: open message windows and consents to notices.

Kept in PostgreSQL, so that no quota is broken after Redis or a process was lost.
"""

from datetime import datetime, timedelta
from uuid import UUID

from core.db import Session, sql
from core.ports import Window

KEPT_BACK = 1  # a window's last message is for the outcome of an alarm


async def opened(
    session: Session, account: UUID, contact: str, window: Window, *, now: datetime
) -> None:
    """Begin a window anew: the person has just done what opens it."""
    await session.execute(
        sql(
            """
            INSERT INTO message_window (account_id, contact, closes_at, allowed, used)
            VALUES (:account, :contact, :closes, :allowed, 0)
            ON CONFLICT (account_id, contact) DO UPDATE
            SET closes_at = excluded.closes_at, allowed = excluded.allowed, used = 0
            """
        ),
        {
            "account": account, "contact": contact, "allowed": window.count,
            "closes": now + timedelta(seconds=window.seconds),
        },
    )  # fmt: skip


async def spend(session: Session, account: UUID, *, last: bool, now: datetime) -> str:
    """Use one message of the open window that closes first and name it; empty when there is none.

    Only what may take the `last` one leaves none for the outcome.
    """
    used = await session.execute(
        sql(
            """
            UPDATE message_window SET used = used + 1
            WHERE (account_id, contact) = (  -- not IN: a join may run the query for each row
                SELECT account_id, contact FROM message_window
                WHERE account_id = :account AND closes_at > :now AND used < allowed - :kept
                ORDER BY closes_at LIMIT 1 FOR UPDATE)
            RETURNING contact
            """
        ),
        {"account": account, "now": now, "kept": 0 if last else KEPT_BACK},
    )
    return used.scalar_one_or_none() or ""


async def refund(session: Session, account: UUID, window: str) -> None:
    """Give a message back that the vendor refused to take."""
    await session.execute(
        sql(
            """
            UPDATE message_window SET used = greatest(used - 1, 0)
            WHERE account_id = :account AND contact = :window
            """
        ),
        {"account": account, "window": window},
    )


async def shut(session: Session, account: UUID) -> None:
    """Believe the vendor that no window is open, whatever was counted here."""
    await session.execute(
        sql("UPDATE message_window SET used = allowed WHERE account_id = :account"),
        {"account": account},
    )


async def consented(
    session: Session, account: UUID, template: str, *, accepted: bool, now: datetime
) -> None:
    """Count one more notice that the person allows; a refusal takes back all that are left."""
    await session.execute(
        sql(
            """
            INSERT INTO notice_consent (account_id, template, granted, changed_at)
            VALUES (:account, :template, :more, :now)
            ON CONFLICT (account_id, template) DO UPDATE
            SET granted = CASE WHEN :more = 0 THEN 0 ELSE notice_consent.granted + 1 END,
                changed_at = :now
            """
        ),
        {"account": account, "template": template, "more": int(accepted), "now": now},
    )


async def spend_consent(session: Session, account: UUID, template: str) -> bool:
    """Use one consent to a notice; False when none is left."""
    used = await session.execute(
        sql(
            """
            UPDATE notice_consent SET granted = granted - 1
            WHERE account_id = :account AND template = :template AND granted > 0
            RETURNING granted
            """
        ),
        {"account": account, "template": template},
    )
    return used.scalar_one_or_none() is not None
