"""Empty migrated databases for tests: copying one takes longer than most tests, wiping one does not.

A wiped database is as a fresh copy: what the migrations left in it stands again, sequences begin
anew. One whose tables a test has changed is dropped.
"""

from dataclasses import dataclass, field
from itertools import count
from typing import Any, Self

import asyncpg
from sqlalchemy.engine import make_url

_USES = 100  # rows that were deleted are still in the files
_TABLES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1
"""
_SHAPE = """
    SELECT md5(string_agg(what, '|' ORDER BY what)) FROM (
        SELECT concat_ws(' ', c.oid, c.relname, c.relkind, c.reloptions) AS what
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
        UNION ALL
        SELECT concat_ws(' ', a.attrelid, a.attnum, a.attname, a.atttypid, a.attnotnull)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        UNION ALL
        SELECT concat_ws(' ', k.oid, k.conname, k.convalidated) FROM pg_constraint k
        UNION ALL
        SELECT concat_ws(' ', t.oid, t.tgenabled) FROM pg_trigger t
        UNION ALL
        SELECT concat_ws(' ', f.oid, md5(f.prosrc)) FROM pg_proc f
        WHERE f.pronamespace = 'public'::regnamespace) shape
"""
_ALONE = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_ANEW = "SELECT setval(seqrelid::regclass, seqstart, FALSE) FROM pg_sequence"


def named(url: str, database: str) -> str:
    """Return the address of another database of the same server."""
    return make_url(url).set(database=database).render_as_string(hide_password=False)


async def connected(url: str, database: str) -> Any:
    """Connect past the product."""
    parts = make_url(url)
    return await asyncpg.connect(
        host=parts.query.get("host") or parts.host,
        port=parts.port,
        user=parts.username,
        password=parts.password,
        database=database,
        server_settings={"lock_timeout": "5s"},
    )


async def administer(url: str, statement: str) -> None:
    """Run a statement outside of every test's database."""
    connection = await connected(url, "postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@dataclass
class Stock:
    """The databases that wait to be used again."""

    server: str
    template: str
    tables: set[str]
    shape: str
    rows: dict[str, str]  # what the migrations wrote: table -> its rows as JSON
    clean: list[str] = field(default_factory=list)
    used: dict[str, int] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    @classmethod
    async def of(cls, server: str, template: str) -> Self:
        """Learn what an untouched database looks like."""
        connection = await connected(server, template)
        try:
            names = {row[0] for row in await connection.fetch(_TABLES)}
            shape = await connection.fetchval(_SHAPE)
            rows = {
                name: await connection.fetchval(
                    f'SELECT json_agg(r)::text FROM "{name}" r'  # noqa: S608  (the catalogue's names)
                )
                for name in names
            }
        finally:
            await connection.close()
        return cls(server, template, names, shape, {k: v for k, v in rows.items() if v})

    async def take(self) -> str:
        """Give a clean one out, a new copy where none waits."""
        if self.clean:
            return self.clean.pop()
        name = f"test_{next(self.numbers)}"
        await administer(
            self.server,
            # Files are copied in half the time that their blocks take through the log.
            f"CREATE DATABASE {name} TEMPLATE {self.template} STRATEGY FILE_COPY",
        )
        self.used[name] = 0
        return name

    async def give_back(self, name: str) -> None:
        """Wipe it, or drop it when it is not worth that or no longer what it was."""
        self.used[name] += 1
        if self.used[name] < _USES and await self._wiped(name):
            self.clean.append(name)
        else:
            await administer(self.server, f"DROP DATABASE {name} WITH (FORCE)")

    async def _wiped(self, name: str) -> bool:
        connection = await connected(self.server, name)
        try:
            await connection.execute(_ALONE)
            made = {row[0] for row in await connection.fetch(_TABLES)} - self.tables
            if made:
                await connection.execute("DROP TABLE " + ", ".join(f'"{one}"' for one in made))
            if await connection.fetchval(_SHAPE) != self.shape:
                return False
            async with connection.transaction():
                await connection.execute("SET LOCAL session_replication_role = replica")
                await connection.execute(";".join(f'DELETE FROM "{one}"' for one in self.tables))  # noqa: S608  (the catalogue's names)
                await connection.execute(_ANEW)
                for table, rows in self.rows.items():
                    await connection.execute(
                        f'INSERT INTO "{table}" SELECT * '  # noqa: S608  (the catalogue's names)
                        f'FROM json_populate_recordset(NULL::"{table}", $1::text::json)',
                        rows,
                    )
        except asyncpg.PostgresError:
            return False
        finally:
            await connection.close()
        return True
