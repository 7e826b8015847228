"""The migrations: up, down and up again, equal to the models, and the log that only grows."""

import re
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from core.db import Database, sql
from ops.migrate import ROOT, config, tables
from services.readiness import newest_migration
from tests.repo.house import name_of, tree
from tests.repo.test_models import TABLES, choices
from tests.world import World

VERSIONS = sorted((ROOT / "alembic" / "versions").glob("*.py"))


@pytest.fixture
async def migrated(db_url: str) -> AsyncIterator[AsyncConnection]:
    """Open a migrated database in one transaction, which is kept."""
    engine = create_async_engine(db_url)
    async with engine.begin() as connection:
        yield connection
    await engine.dispose()


def alembic(act: Callable[[Config], Any]) -> Callable[[Connection], Any]:
    """Run one of Alembic's commands on a connection."""
    return lambda connection: act(config(connection))


def names(connection: Connection) -> set[str]:
    """Name the tables of the database, without the daily partitions."""
    found = inspect(connection).get_table_names()
    return {name for name in found if not re.fullmatch(r"reading_(\d{8}|rest)", name)}


async def test_the_migrations_make_every_table(migrated: AsyncConnection) -> None:
    """An empty database becomes what the models say."""
    assert await migrated.run_sync(names) == TABLES.keys() | {"alembic_version"}


async def test_the_models_and_the_migrations_agree(migrated: AsyncConnection) -> None:
    """`alembic check`: nothing is left to be written into a migration."""
    await migrated.run_sync(alembic(command.check))


async def test_the_way_down_leads_back_up(migrated: AsyncConnection) -> None:
    """A downgrade leaves nothing behind, and the way up works again."""
    await migrated.run_sync(alembic(lambda c: command.downgrade(c, "base")))
    assert await migrated.run_sync(names) == {"alembic_version"}
    left = await migrated.execute(
        sql("SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
    )
    assert left.scalar_one() == 0
    await migrated.run_sync(alembic(lambda c: command.upgrade(c, "head")))
    assert await migrated.run_sync(names) == TABLES.keys() | {"alembic_version"}


async def test_migrating_twice_changes_nothing(db_url: str) -> None:
    """Every start may migrate."""
    await tables(db_url)
    await tables(db_url)


async def test_the_database_checks_the_same_choices_as_the_models(
    migrated: AsyncConnection,
) -> None:
    """Alembic does not compare CHECKs: a member added to an enum alone would be refused."""
    rows = await migrated.execute(
        sql(
            """
            SELECT conrelid::regclass::text AS table, pg_get_constraintdef(oid) AS says
            FROM pg_constraint WHERE contype = 'c'
            """
        )
    )
    kept: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        # Quoted where the name is a word of SQL, as in: CHECK ((use = ANY (ARRAY['owned'::text…
        column = re.match(r'CHECK \(\("?(\w+)"? = ANY', row.says)
        if column is not None:
            values = set(re.findall(r"'([^']*)'::text", row.says))
            kept[row.table.strip('"'), column[1]] = values
    wanted = {(column.table.name, str(column.name)): values for column, values in choices()}
    assert {slot: kept.get(slot) for slot in wanted} == wanted


async def test_a_tickets_log_only_grows(world: World) -> None:
    """Minutes are computed from it alone, so nobody mends a step afterwards."""
    await world.rings("smoke")
    for statement in (
        "UPDATE ticket_event SET at = at - interval '1 minute'",
        "DELETE FROM ticket_event",
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            await run(world.db, statement)
    assert len(await world.fetch("SELECT id FROM ticket_event")) >= 1


async def run(db: Database, statement: str) -> None:
    """Run one statement in a transaction of its own."""
    async with db.transaction() as session:
        await session.execute(sql(statement))


async def test_an_outage_outlives_the_table_of_gateways(world: World) -> None:
    """What was down stays so and is told once, until its bridge says that it is back."""
    for kind in ("smoke", "gas", "door", "water"):
        await world.publishes(f"zigbee2mqtt/{world.devices[kind].external}", {"battery": 90})
    await run(world.db, "UPDATE device SET gateway_id = NULL, home_index = uuid_send(id)")
    await run(world.db, "UPDATE device SET removed_at = now() WHERE kind = 'gateway'")
    world.registry.read_at = None
    async with world.db.engine.begin() as connection:
        await connection.run_sync(alembic(lambda c: command.downgrade(c, "0019")))
    for statement in _DOWN:
        await run(world.db, statement)
    async with world.db.engine.begin() as connection:
        await connection.run_sync(alembic(lambda c: command.upgrade(c, "head")))
    await world.passes(seconds=20)
    assert await world.point("smoke") == "offline"
    (told,) = await world.fetch("SELECT key, recovered_at FROM ticket")
    assert told.key.endswith(":zigbee2mqtt")
    assert told.recovered_at is None
    await world.publishes("zigbee2mqtt/bridge/state", b"online")
    await world.passes(seconds=20)
    assert await world.point("smoke") == "normal"
    assert (await world.fetch("SELECT recovered_at FROM ticket"))[0].recovered_at is not None


_DOWN = (
    """
    INSERT INTO gateway (id, community_id, source, name, name_index, online, since)
    SELECT gen_random_uuid(), id, 'zigbee2mqtt', '', '', false, '2026-11-22T09:00:01Z'
    FROM community LIMIT 1
    """,
    """
    UPDATE device_presence SET online = false, down_with = (SELECT id FROM gateway)
    WHERE device_id IN (SELECT id FROM device WHERE kind <> 'gateway' AND source = 'zigbee2mqtt')
    """,
    """
    INSERT INTO ticket (id, community_id, key, what, severity, status, epoch, version, opened_at,
                        alarm_at, chain, step)
    SELECT gen_random_uuid(), community_id, 'gateway:' || id, 'gateway_offline', 'maintenance',
           'open', 1, 1, since, since, '[]', 0 FROM gateway
    """,
)


def test_there_is_one_line_of_revisions() -> None:
    """Two heads could not both be the newest."""
    script = ScriptDirectory(str(ROOT / "alembic"))
    assert len(script.get_heads()) == 1
    assert script.get_current_head() == newest_migration()


@pytest.mark.parametrize("path", VERSIONS, ids=lambda path: path.stem)
def test_a_migration_stands_alone(path: Any) -> None:
    """It spells plain types: code that changes later must not change the past."""
    imported = {
        (getattr(node, "module", None) or node.names[0].name).partition(".")[0]
        for node in ast_imports(path)
    }
    assert imported <= {"sqlalchemy", "alembic"}, name_of(path)
    assert path.stem.partition("_")[0].isdigit()


def ast_imports(path: Any) -> list[Any]:
    """List the import statements of a module."""
    import ast

    return [n for n in ast.walk(tree(path)) if isinstance(n, ast.Import | ast.ImportFrom)]
