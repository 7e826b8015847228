"""`python -m ops audit`: the chain is walked and a broken link named; the list, and what is refused."""

import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.db import Session, sql
from core.settings import Settings
from ops import audit as command
from services import audit, looks
from services.actors import actor
from services.permissions import Permission
from tests.database import DATA_KEYS
from tests.world import World


async def look(world: World, times: int) -> None:
    """Let the worker look at the elder so many times."""

    async def work(session: Session) -> None:
        by = await actor(session, world.person("worker").id, way="wecom")
        for _ in range(times):
            audit.note(
                session, by, Permission.PEOPLE_READ, community=world.community, now=world.now,
                subject=world.person("elder").id, reason="回访",
            )  # fmt: skip

    await world.db.run(work)


def settings(world: World, url: str) -> Settings:
    """Point the command at the test's database."""
    return Settings(
        home=Path(world.folder), database_url=url, secret_key=SecretStr("test"),
        data_keys=SecretStr(DATA_KEYS),
    )  # fmt: skip


async def test_a_long_chain_is_walked_in_batches(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last entry of a batch is followed by the first of the next."""
    monkeypatch.setattr(looks, "BATCH", 7)
    await look(world, 20)
    await look(world, 9)
    async with world.db.reading() as session:
        assert await looks.verify(session, world.community) == looks.Proof(29)
        for last in (1, 7, 28, 29, 500):
            assert (await looks.verify(session, world.community, last=last)).broken is None
        await session.execute(sql("ALTER TABLE access_entry DISABLE TRIGGER USER"))
        await session.execute(sql("UPDATE access_entry SET way = 'web' WHERE number = 15"))
        assert await looks.verify(session, world.community) == looks.Proof(14, 15)
        assert (await looks.verify(session, world.community, last=14)).broken is None
        assert (await looks.verify(session, world.community, last=15)).broken == 15


async def test_the_database_itself_refuses_to_change_an_entry(world: World) -> None:
    """Neither changed, nor lost, nor emptied, by whatever statement."""
    await look(world, 1)
    for statement in (
        "UPDATE access_entry SET how_many = 2", "DELETE FROM access_entry",
        "TRUNCATE access_entry",
    ):  # fmt: skip
        with pytest.raises(Exception, match="append"):
            await world.db.run(lambda s, one=statement: s.execute(sql(one)))  # type: ignore[misc]


def test_what_is_written_of_proofs() -> None:
    """For people a line a chain, for programs one line of JSON."""
    found = [("default", looks.Proof(12)), ("other", looks.Proof(4, 5))]
    assert list(command.proofs(found, as_json=False)) == [
        "ok     default: 12 entries, all whole",
        "BROKEN other: entry 5 is the first that is not as it was written",
    ]
    (line,) = command.proofs(found, as_json=True)
    assert json.loads(line) == {
        "whole": False,
        "chains": [
            {"community": "default", "entries": 12, "broken": None},
            {"community": "other", "entries": 4, "broken": 5},
        ],
    }


async def test_the_command_walks_and_lists(world: World, db_url: str) -> None:
    """By person and since when; the listing itself is an entry."""
    import asyncio

    await look(world, 2)
    config = settings(world, db_url)
    elder = str(world.person("elder").id)
    proofs = await asyncio.to_thread(command.verify, config)
    assert proofs == [("default", looks.Proof(2))]
    found = await asyncio.to_thread(
        lambda: command.listing(config, "default", person=elder, since=None)
    )
    assert [one.number for one in found] == [2, 1]
    assert next(command.lines(found, as_json=False)).endswith("网格员王建国查看了资料。原因：回访")
    again = await asyncio.to_thread(
        lambda: command.listing(config, "default", person=None, since=world.now)
    )
    assert [one.action for one in again] == ["access.read", "people.read", "people.read"]
    with pytest.raises(ValueError, match="--person"):
        await asyncio.to_thread(
            lambda: command.listing(config, "default", person="13900000099", since=None)
        )
