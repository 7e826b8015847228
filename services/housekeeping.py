"""Dropping what has had its time: spent buttons, old sessions, dedupe rows, sent outbox rows."""

from datetime import datetime, timedelta

from core.db import Session, sql

RAW_READINGS = timedelta(days=90)
DEDUPE = timedelta(days=7)
SPENT = timedelta(days=7)
SHOP_MISSES = timedelta(days=90)
LONGEST_PACE = timedelta(hours=25)  # a service account's quota counts by the day


async def drop_expired(session: Session, *, now: datetime) -> None:
    """Delete rows nobody can use any more; raw readings go after 90 days, a partition at once."""
    for statement, since in (
        ("DELETE FROM button WHERE expires_at < :since", now - SPENT),
        ("DELETE FROM web_session WHERE absolute_until < :since OR idle_until < :since", now),
        ("DELETE FROM login_count WHERE until < :since", now),
        ("DELETE FROM login_ticket WHERE expires_at < :since", now - SPENT),
        (
            "UPDATE conversation SET place = NULL, place_until = NULL WHERE place_until < :since",
            now,
        ),
        (
            "UPDATE conversation SET search = NULL, search_until = NULL WHERE search_until < :since",
            now,
        ),
        ("DELETE FROM reading_rest WHERE received_at < :since", now - RAW_READINGS),
        ("DELETE FROM inbound WHERE at < :since", now - DEDUPE),
        ("DELETE FROM vendor_message WHERE sent_at < :since", now - SPENT),
        ("DELETE FROM pace_mark WHERE at < :since", now - LONGEST_PACE),
        ("DELETE FROM message_window WHERE closes_at < :since", now),
        ("DELETE FROM link_code WHERE expires_at < :since", now),
        ("DELETE FROM shop_miss WHERE last_at < :since", now - SHOP_MISSES),
        ("DELETE FROM last_card WHERE at < :since", now - SPENT),
        (
            "DELETE FROM outbox WHERE kind <> 'ticket' AND state = 'sent' AND created_at < :since",
            now - SPENT,
        ),
    ):
        await session.execute(sql(statement), {"since": since})
    for name in await _old_partitions(session, before=now - RAW_READINGS):
        await session.execute(sql(f"DROP TABLE {name}"))


async def _old_partitions(session: Session, *, before: datetime) -> list[str]:
    rows = await session.execute(
        sql(
            """
            SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'reading'::regclass AND c.relname ~ '^reading_[0-9]{8}$'
              AND c.relname < :oldest
            """
        ),
        {"oldest": f"reading_{before:%Y%m%d}"},
    )
    return [row.name for row in rows]
