"""The first accounts, made at the command line."""

import asyncio
from functools import partial

import pytest
from pydantic import SecretStr

from core.actor import Role
from core.clock import utcnow
from core.errors import UserError
from core.settings import Settings
from models.accounts import Purpose
from ops import users
from services import entry
from tests.database import DATA_KEYS
from tests.world import World


async def test_an_account_is_made_listed_and_reset(world: World, db_url: str) -> None:
    """The link is told once and leads its owner on; a wrong wish leaves nothing behind."""
    settings = Settings(
        home=world.folder, database_url=db_url, base_url="https://linling.example/",
        secret_key=SecretStr("test"), data_keys=SecretStr(DATA_KEYS),
    )  # fmt: skip
    add = partial(users.add, settings, "default", name="李华", grid=None)
    link = await asyncio.to_thread(add, account="lihua", role=Role.SECURITY)
    address, _, ticket = link.partition("#setup=")
    assert address == "https://linling.example/console"
    async with world.db.reading() as session:
        held = await entry.holder(session, ticket, Purpose.SETUP, now=utcnow())
    assert held.account == "lihua"
    for wrong, says in (
        ({"account": "lihua", "role": Role.DESK}, "account-taken"),
        ({"account": "Li Hua", "role": Role.DESK}, "account-name-wrong"),
        ({"account": "zhang", "role": Role.LEAD}, "role-grid-wanted"),
    ):
        with pytest.raises(UserError, match=says):
            await asyncio.to_thread(add, **wrong)
    with pytest.raises(ValueError, match="no grid 9"):
        await asyncio.to_thread(
            users.add, settings, "default", account="zhang", name="张三", role=Role.LEAD, grid=9
        )
    lines = [
        users.as_line(one) for one in await asyncio.to_thread(users.listed, settings, "default")
    ]
    assert lines == ["lihua\t李华\tsecurity\tno password yet, no second factor yet"]
    again = await asyncio.to_thread(users.reset, settings, "default", "lihua")
    assert again != link
    async with world.db.reading() as session:
        with pytest.raises(UserError, match="login-again"):
            await entry.holder(session, ticket, Purpose.SETUP, now=utcnow())
    with pytest.raises(ValueError, match="no account zhang"):
        await asyncio.to_thread(users.reset, settings, "default", "zhang")
