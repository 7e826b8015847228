"""How often somebody tries to come in: counted in the database, for all processes and restarts.

A try counts before it is looked at, so that a hundred at once are a hundred. Names and addresses
are kept as digests only, and go when their window ends.
"""

from datetime import datetime, timedelta

from core.crypto import keyring
from core.db import Session, sql

WINDOW = timedelta(minutes=15)
# Of one account from one address; of one account from anywhere, which whoever guesses at it can
# use up against its owner, so it is wide; from one address, behind which a whole office may sit.
FROM_THERE, IN_ALL, FROM_ADDRESS = 10, 60, 200


async def allows(session: Session, account: str, address: str, *, now: datetime) -> bool:
    """Count a try and tell whether it is still one of the allowed."""
    counts = [
        await _count(session, said, now=now) <= limit
        for said, limit in (
            (_both(account, address), FROM_THERE),
            (f"account {account}", IN_ALL),
            (f"address {address}", FROM_ADDRESS),
        )
    ]
    return all(counts)


async def forgive(session: Session, account: str, address: str) -> None:
    """Forget the tries of whoever came in, from there."""
    await session.execute(
        sql("DELETE FROM login_count WHERE key = :key"), {"key": _key(_both(account, address))}
    )


async def _count(session: Session, said: str, *, now: datetime) -> int:
    row = await session.execute(
        sql(
            """
            INSERT INTO login_count (key, tries, until) VALUES (:key, 1, :until)
            ON CONFLICT (key) DO UPDATE SET
                tries = CASE WHEN login_count.until <= :now THEN 1 ELSE login_count.tries + 1 END,
                until = CASE WHEN login_count.until <= :now THEN :until ELSE login_count.until END
            RETURNING tries
            """
        ),
        {"key": _key(said), "now": now, "until": now + WINDOW},
    )
    return int(row.scalar_one())


def _both(account: str, address: str) -> str:
    return f"account {account} from {address}"


def _key(said: str) -> bytes:
    return keyring().digest(said.encode(), "login_count.key")[:16]
