"""Whether the stack can do its work: migrated, seeded, and the worker's parts heard of lately."""

from datetime import datetime, timedelta
from pathlib import Path

from core.db import Session, sql

PARTS = ("mqtt", "outbox", "schedule")
_VERSIONS = Path(__file__).resolve().parent.parent / "alembic" / "versions"


async def missing(session: Session, *, now: datetime, stale: timedelta) -> list[str]:
    """Name what is not ready yet; empty means ready. A missing table counts as not migrated."""
    tables = await session.execute(sql("SELECT to_regclass('alembic_version') IS NOT NULL"))
    if not tables.scalar_one():
        return ["migration"]
    version = await session.execute(sql("SELECT version_num FROM alembic_version"))
    if version.scalar_one_or_none() != newest_migration():
        return ["migration"]
    found: list[str] = []
    seeded = await session.execute(sql("SELECT EXISTS (SELECT 1 FROM rule)"))
    if not seeded.scalar_one():
        found.append("seed")
    rows = await session.execute(
        sql("SELECT name FROM heartbeat WHERE at > :since"), {"since": now - stale}
    )
    alive = {row.name for row in rows}
    return found + [part for part in PARTS if part not in alive]


def newest_migration() -> str:
    """Name the revision that this code was written for; the files' names begin with it."""
    return max(path.stem.partition("_")[0] for path in _VERSIONS.glob("*.py"))


async def beat(session: Session, name: str, *, now: datetime) -> None:
    """Say that a part works."""
    await session.execute(
        sql(
            """
            INSERT INTO heartbeat (name, at) VALUES (:name, :now)
            ON CONFLICT (name) DO UPDATE SET at = excluded.at
            """
        ),
        {"name": name, "now": now},
    )
