"""Bring the database to the newest revision; safe to repeat and to call from many at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from core.clock import utcnow
from core.db import Database, sql
from ops.seed import seed
from services.ingest import partitions

ROOT = Path(__file__).resolve().parent.parent
_LOCK = 7_204_511


def config(connection: Connection) -> Config:
    """Make Alembic's configuration for an open connection."""
    made = Config(ROOT / "alembic.ini")
    made.set_main_option("script_location", str(ROOT / "alembic"))
    made.attributes["connection"] = connection
    return made


def _upgrade(connection: Connection) -> None:
    connection.execute(sql("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    command.upgrade(config(connection), "head")


async def tables(url: str) -> None:
    """Run the migrations, one process at a time."""
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


async def migrate(url: str) -> None:
    """Run the migrations, make the next days' partitions, and the community `default`."""
    await tables(url)
    db = Database(url)
    try:
        await db.run(lambda session: partitions.ensure(session, now=utcnow()))
        await seed(db, demo=False, now=utcnow())
    finally:
        await db.aclose()
