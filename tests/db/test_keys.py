"""Rotating the data keys: everything is sealed anew, whatever others do meanwhile."""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from core.clock import utcnow
from core.crypto import Keyring, keyring, seal_json
from core.db import Database, sql
from ops import check, rotation
from ops.seed import seed
from services import media
from tests.database import DATA_KEYS, MORE_KEYS
from tests.repo.house import ROOT
from tests.world import World

AddKey = Callable[[], None]


async def contents(db: Database) -> dict[str, Counter[str]]:
    """Open every sealed value there is."""
    found: dict[str, Counter[str]] = {}
    async with db.reading() as session:
        for one in rotation.sealings():
            keys = ", ".join(str(column.name) for column in one.key)
            for column in one.columns:
                name = f"{one.table.name}.{column.name}"
                query = f"SELECT {keys}, {column.name} FROM {one.table.name}"  # noqa: S608  (the models' own names)
                rows = await session.execute(sql(query))
                found[name] = Counter(
                    f"{row[:-1]} {keyring().open(bytes(row[-1]), name)!r}"
                    for row in rows
                    if row[-1]
                )
    return found


async def rotated(db: Database, folder: Path, *, batch: int = 500) -> rotation.Outcome:
    """Rotate to the end."""
    said: list[str] = []
    return await rotation.rotate(db, folder, batch=batch, tell=said.append)


async def names(db: Database) -> Counter[int]:
    """Count the names of people by key."""
    return (await rotation.census(db, Path("/nowhere")))["person.name"]


async def test_a_whole_community_is_sealed_anew(
    db: Database, db_url: str, tmp_path: Path, add_key: AddKey
) -> None:
    """Each value and picture has its content as before, and none needs the old key any more."""
    await seed(db, demo=True, now=utcnow())
    async with db.transaction() as session:
        digest = await media.store(session, tmp_path, b"a picture", now=utcnow())
    before, old = await contents(db), await rotation.census(db, tmp_path)
    assert all(set(versions) <= {1} for versions in old.values())
    await db.aclose()
    add_key()
    ours = Database(db_url)
    outcome = await rotated(ours, tmp_path)
    assert not outcome.broken
    assert not outcome.held
    found = await rotation.census(ours, tmp_path)
    assert all(set(versions) <= {2} for versions in found.values())
    assert outcome.moved == sum(versions.total() for versions in old.values()) > 11_000
    assert await contents(ours) == before
    assert media.load(tmp_path, digest) == b"a picture"
    assert media.files(tmp_path) == [tmp_path / digest]
    assert (await rotated(ours, tmp_path)).moved == 0
    async with ours.reading() as session:
        assert [one for one in await check.run(session, now=utcnow()) if one["broken"]] == []
        asked = sql("SELECT count(*) FROM person WHERE phone_index = :index")
        index = keyring().index("13900000001", "person.phone_index")  # from the oldest key
        assert (await session.execute(asked, {"index": index})).scalar_one() == 1
    await ours.aclose()


async def test_what_is_append_only_stays_and_is_named(world: World, add_key: AddKey) -> None:
    """Exactly the tables whose rows PostgreSQL refuses to change are left out."""
    refusing = await world.fetch(
        """
        SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'refuse_change'
        """
    )
    sealed = {one.table.name for one in rotation.sealings()}
    assert sealed & {row.relname for row in refusing} == rotation.FROZEN.keys()


async def test_no_rotation_beside_a_process_without_the_key(
    db: Database, db_url: str, tmp_path: Path, add_key: AddKey
) -> None:
    """A process that was not started anew could not read on; nothing is touched."""
    await seed_names(db, 3)  # its connections name the first key
    add_key()
    ours = Database(db_url)
    with pytest.raises(rotation.StrangerError, match=r"linling key 1\.[0-9a-f]{8}"):
        await rotated(ours, tmp_path)
    assert await names(ours) == {1: 3}
    await db.aclose()
    assert (await rotated(ours, tmp_path)).moved == 3
    await ours.aclose()


async def seed_names(db: Database, many: int) -> list[str]:
    """Add people; returns their ids."""
    async with db.transaction() as session:
        rows = await session.execute(
            sql(
                """
                INSERT INTO person (id, name, lang, large_type, created_at)
                SELECT gen_random_uuid(), name, 'zh-CN', FALSE, now()
                FROM unnest(CAST(:names AS bytea[])) AS n (name) RETURNING id
                """
            ),
            {"names": [seal_json(f"居民{n}", "person.name") for n in range(many)]},
        )
        return [str(one) for one in rows.scalars()]


async def test_who_writes_meanwhile_wins(
    db: Database, db_url: str, tmp_path: Path, add_key: AddKey
) -> None:
    """A row that somebody holds is passed over, not waited for; their value is kept."""
    held, *_ = await seed_names(db, 50)
    await db.aclose()
    add_key()
    ours, other = Database(db_url), Database(db_url)
    async with other.transaction() as session:
        await session.execute(
            sql("UPDATE person SET name = :name WHERE id = :id"),
            {"name": Keyring.parse(DATA_KEYS).seal('"新名字"'.encode(), "person.name"), "id": held},
        )
        work = asyncio.create_task(rotated(ours, tmp_path, batch=7))
        async with asyncio.timeout(20):  # one that waited for the row would wait for ever
            while (await names(ours))[2] < 49:
                assert not work.done()
    outcome = await work
    assert (outcome.moved, outcome.held) == (50, Counter())
    assert await names(ours) == {2: 50}
    assert sum("新名字" in one for one in (await contents_text(ours))) == 1
    await ours.aclose()
    await other.aclose()


async def contents_text(db: Database) -> list[str]:
    """Open all names."""
    async with db.reading() as session:
        rows = (await session.execute(sql("SELECT name FROM person"))).scalars()
        return [keyring().open(bytes(row), "person.name").decode() for row in rows]


async def test_a_value_that_does_not_open_is_named_and_left(
    db: Database, db_url: str, tmp_path: Path, add_key: AddKey
) -> None:
    """One damaged value stops nothing, is kept for whoever can mend it, and fails the command."""
    await seed_names(db, 5)
    async with db.transaction() as session:
        await session.execute(
            sql(
                """
                UPDATE person SET name = name || '\\x00' WHERE id = (SELECT min(id::text)::uuid
                                                                    FROM person)
                """
            )
        )
    await db.aclose()
    add_key()
    ours = Database(db_url)
    outcome = await rotated(ours, tmp_path, batch=2)
    assert (outcome.moved, outcome.broken) == (4, {"person.name": 1})
    assert await names(ours) == {1: 1, 2: 4}
    await ours.aclose()


def keys(*arguments: str, home: Path, **given: str) -> "subprocess.CompletedProcess[str]":
    """Run `python -m ops keys`."""
    others = {key: value for key, value in os.environ.items() if not key.startswith("LINLING_")}
    return subprocess.run(
        [sys.executable, "-m", "ops", "keys", *arguments], cwd=ROOT, timeout=60, check=False,
        capture_output=True, text=True, env={**others, "LINLING_HOME": str(home), **given},
    )  # fmt: skip


def pairs(text: str) -> dict[str, str]:
    """Read lines for the environment."""
    return dict(line.split("=", 1) for line in text.splitlines())


def test_keys_are_made_and_added(tmp_path: Path) -> None:
    """Bare `keys` makes a pair; `keys add` puts one behind, in HOME's file or as a line."""
    home = tmp_path / "home"
    bare, made = keys(home=home), keys("new", home=home)
    for lines in (pairs(bare.stdout), pairs(made.stdout)):
        assert set(lines) == {"LINLING_SECRET_KEY", "LINLING_DATA_KEYS"}
        assert set(Keyring.parse(lines["LINLING_DATA_KEYS"]).ciphers) == {1}
    assert not home.exists()
    refused = keys("add", home=home)
    assert refused.returncode == 2
    assert "keys new" in refused.stderr
    home.mkdir()
    (home / "keys").write_text(made.stdout)
    (home / "keys").chmod(0o600)
    assert keys("add", home=home).stdout == ""
    found, lines = pairs((home / "keys").read_text()), pairs(made.stdout)
    assert found["LINLING_SECRET_KEY"] == lines["LINLING_SECRET_KEY"]
    assert found["LINLING_DATA_KEYS"].startswith(lines["LINLING_DATA_KEYS"] + ",2:")
    assert (home / "keys").stat().st_mode & 0o777 == 0o600
    assert Keyring.parse(found["LINLING_DATA_KEYS"]).writes == 2
    line = keys("add", home=home, LINLING_DATA_KEYS=DATA_KEYS).stdout.strip()
    assert line.startswith(f"LINLING_DATA_KEYS={DATA_KEYS},2:")


def test_no_key_is_added_below_a_running_stack(tmp_path: Path) -> None:
    """Commands would seal with a key that the running processes do not know."""
    (tmp_path / "keys").write_text(f"LINLING_SECRET_KEY=x\nLINLING_DATA_KEYS={DATA_KEYS}\n")
    (tmp_path / "run.json").write_text(
        f'{{"base_url": "http://127.0.0.1:1", "pids": {{"demo": {os.getpid()}}}}}'
    )
    refused = keys("add", home=tmp_path)
    assert refused.returncode == 2
    assert "Stop the stack" in refused.stderr
    assert DATA_KEYS in (tmp_path / "keys").read_text()


async def test_the_commands_say_what_stands_under_which_key(
    db: Database, db_url: str, tmp_path: Path
) -> None:
    """`keys list` counts by column; `keys rotate` ends with what it did."""
    await seed_names(db, 3)
    await db.aclose()
    given = {
        "LINLING_SECRET_KEY": "test", "LINLING_DATABASE_URL": db_url,
        "LINLING_REDIS_URL": "redis://127.0.0.1:1/0", "LINLING_MQTT_URL": "mqtt://127.0.0.1:1",
    }  # fmt: skip

    def run(*arguments: str, data_keys: str) -> list[str]:
        ended = keys(*arguments, home=tmp_path, LINLING_DATA_KEYS=data_keys, **given)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.splitlines()

    listed = run("list", data_keys=MORE_KEYS)
    assert listed[0] == "key 1: 3 values; opens only, look-ups derive from it: it must stay"
    assert listed[1] == "key 2: 0 values; seals what is written"
    assert listed[2:] == ["person.name key 1: 3"]
    assert run("rotate", "--batch", "2", data_keys=MORE_KEYS) == [
        "3 values sealed anew under key 2"
    ]
    assert run("list", data_keys=DATA_KEYS)[1:] == [
        "key 2: 3 values; NOT IN LINLING_DATA_KEYS: does not open", "person.name key 2: 3",
    ]  # fmt: skip
