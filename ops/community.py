"""The database of the stack that a command works on, and the community that it means."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from core.clock import utcnow
from core.db import Database, sql
from core.settings import Settings
from ops.migrate import migrate
from ops.seed import seed


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """Open the database; an empty one is migrated first, a throwaway one filled in as the demo."""
    db = Database(settings.database_url)
    try:
        async with db.reading() as session:
            found = await session.execute(sql("SELECT to_regclass('alembic_version') IS NULL"))
            empty = bool(found.scalar_one())
        if empty:
            await migrate(settings.database_url)
        if settings.demo:
            await seed(db, demo=True, now=utcnow())
        yield db
    finally:
        await db.aclose()


async def community_of(db: Database, slug: str) -> UUID:
    """Find a community by its slug; raises ValueError when there is none."""
    async with db.reading() as session:
        found = await session.execute(
            sql("SELECT id FROM community WHERE slug = :slug"), {"slug": slug}
        )
        community: UUID | None = found.scalar_one_or_none()
    if community is None:
        raise ValueError(f"there is no community {slug}")
    return community
