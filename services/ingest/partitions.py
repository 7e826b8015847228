"""Daily partitions of the readings' log, made ahead; what falls outside lands in `reading_rest`."""

from datetime import UTC, date, datetime, timedelta

from core.db import Session, sql

AHEAD_DAYS = 3


async def ensure(session: Session, *, now: datetime) -> None:
    """Make the partitions from yesterday to three days ahead; those that exist are left alone.

    What `reading_rest` took for such a day, while nobody made it or by a clock that was ahead,
    moves there: PostgreSQL refuses a partition whose rows stand elsewhere.
    """
    today = now.astimezone(UTC).date()
    days = [today + timedelta(days=offset) for offset in range(-1, AHEAD_DAYS + 1)]
    if not await _missing(session, days):
        return
    # Nobody may write a row of a day between its move and the partition's place in the log, and
    # another process may have made them all meanwhile.
    await session.execute(sql("LOCK TABLE reading_rest IN ACCESS EXCLUSIVE MODE"))
    for day in await _missing(session, days):
        await _make(session, day)


async def _missing(session: Session, days: list[date]) -> list[date]:
    rows = await session.execute(
        sql(
            "SELECT name FROM unnest(CAST(:names AS text[])) AS name WHERE to_regclass(name) IS NULL"
        ),
        {"names": [_name(day) for day in days]},
    )
    missing = {row.name for row in rows}
    return [day for day in days if _name(day) in missing]


async def _make(session: Session, day: date) -> None:
    name = _name(day)
    start, end = f"'{day}T00:00:00Z'", f"'{day + timedelta(days=1)}T00:00:00Z'"
    for statement in (
        f"CREATE TABLE {name} (LIKE reading INCLUDING ALL)",
        f"""
        WITH moved AS (DELETE FROM reading_rest WHERE ts >= {start} AND ts < {end} RETURNING *)
        INSERT INTO {name} SELECT * FROM moved
        """,  # noqa: S608  (names of this module)
        f"ALTER TABLE reading ATTACH PARTITION {name} FOR VALUES FROM ({start}) TO ({end})",
    ):
        await session.execute(sql(statement))


def _name(day: date) -> str:
    return f"reading_{day:%Y%m%d}"
