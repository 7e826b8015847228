"""kill -9 of a real `python -m bot` between the steps of a redemption loses and doubles nothing."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from core.actor import Role
from core.clock import utcnow
from core.db import Database, Session, sql
from core.settings import Settings
from ops import check
from ops.embedded import Urls
from ops.stack import environment
from services import language, login
from tests import make
from tests.database import DATA_KEYS
from tests.live import ROOT, free_port
from tests.until import until
from tests.world import Human, World

READY_S = 60.0


@dataclass
class Bot:
    """The HTTP process, killed and started again at will."""

    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "bot", "--port", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment)
        until(self._answers, READY_S, what="the bot")

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """Let it die without a word."""
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture
def bot(world: World, db_url: str, urls: Urls) -> Iterator[Bot]:
    """Run the real process on the test's database."""
    language.prepare(
        world.folder
    )  # the intent model, which a bot in an empty HOME would fit for itself
    for model in (ROOT / ".pytest_cache" / "language").glob("model-*.npz"):
        shutil.copy(model, world.folder)
    settings = Settings(
        home=world.folder, database_url=db_url, redis_url=urls.redis, secret_key=SecretStr("test"),
        data_keys=SecretStr(DATA_KEYS),
    )  # fmt: skip
    made = Bot(environment(settings))
    made.start()
    yield made
    made.kill()


@pytest.fixture
async def observer(db_url: str) -> AsyncIterator[Database]:
    """Open connections that are not the bot's."""
    opened = Database(db_url)
    yield opened
    await opened.aclose()


@dataclass
class Chat:
    """A person's requests to the bot, each under a key, repeated until answered."""

    bot: Bot
    token: str

    async def sends(self, key: str, **body: Any) -> list[dict[str, Any]]:
        """Send once; raises httpx.HTTPError when the bot dies over it."""
        async with httpx.AsyncClient(trust_env=False, timeout=READY_S) as client:
            answer = await client.post(
                f"{self.bot.url}/api/chat/messages", json=body,
                headers={"Authorization": f"Bearer {self.token}", "Idempotency-Key": key},
            )  # fmt: skip
        assert answer.is_success, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


async def chat(world: World, bot: Bot, who: Human) -> Chat:
    """Log somebody in."""

    async def work(session: Session) -> str:
        return await login.open_session(session, who.id, "chat", now=utcnow())

    return Chat(bot, await world.db.run(work))


async def killed_in_flight(
    observer: Database, someone: Chat, key: str, held: str, **body: Any
) -> list[dict[str, Any]]:
    """Kill the bot while the request waits for rows we hold; start it, send the same again."""
    async with observer.transaction() as session:
        await session.execute(sql(held))
        sending = asyncio.create_task(someone.sends(key, **body))
        await _waits_for_a_lock(observer)
        someone.bot.kill()
        with pytest.raises(httpx.HTTPError):
            await sending
    someone.bot.start()
    return await someone.sends(key, **body)


async def _waits_for_a_lock(observer: Database) -> None:
    async with asyncio.timeout(READY_S), observer.reading() as session:
        # The server has no event for a lock that is waited for.
        while not (  # noqa: ASYNC110
            await session.execute(sql("SELECT count(*) FROM pg_locks WHERE NOT granted"))
        ).scalar_one():
            await asyncio.sleep(0.01)


async def killed_after(someone: Chat, key: str, **body: Any) -> list[dict[str, Any]]:
    """Kill the bot once it has done the work, lose the answer, send the same again."""
    await someone.sends(key, **body)
    someone.bot.kill()
    someone.bot.start()
    return await someone.sends(key, **body)


def token(items: list[dict[str, Any]], matches: Callable[[dict[str, Any]], bool]) -> str:
    """Find a button on the turn's cards."""
    return next(
        str(action["token"])
        for item in items
        for action in item["card"]["actions"]
        if matches(action)
    )


def is_action(name: str) -> Callable[[dict[str, Any]], bool]:
    """Match a button by its action."""
    return lambda action: bool(action["id"] == name)


async def build(world: World) -> None:
    """Let a merchant offer a reward and give the resident a hundred points."""

    async def work(session: Session) -> None:
        merchant = await make.person(session, "李师傅")
        await make.membership(session, merchant.id, Role.MERCHANT, where=world.community)
        world.people["merchant"] = Human(world, merchant.id, "李师傅")
        await make.reward(session, world.community, merchant=merchant.id, stock=5)
        who = world.person("resident").id
        await make.points(session, world.community, who, 100, now=world.now)

    await world.db.run(work)


async def test_a_redemption_survives_a_kill_at_every_step(
    world: World, bot: Bot, observer: Database
) -> None:
    """Killed while it holds, after it held, while it looks up, after, while it confirms, after."""
    await build(world)
    resident = await chat(world, bot, world.person("resident"))
    merchant = await chat(world, bot, world.person("merchant"))
    offers = await resident.sends("r1", text="能换什么")
    asked = await resident.sends("r2", action=token(offers, is_action("reward.choose")))
    press = token(asked, is_action("redeem.hold"))
    held = await killed_in_flight(
        observer, resident, "r3", "SELECT 1 FROM reward FOR UPDATE", action=press
    )
    assert await killed_after(resident, "r3", action=press) == held
    assert (await points(world))["hold"] == 20
    code = "".join(filter(str.isdigit, held[0]["card"]["title"]))

    await merchant.sends("m1", text="核销")
    lock = "SELECT 1 FROM conversation FOR UPDATE"
    seen = await killed_in_flight(observer, merchant, "m2", lock, text=code)
    assert await killed_after(merchant, "m2", text=code) == seen
    press = token(seen, is_action("redeem.confirm"))
    lock = "SELECT 1 FROM account WHERE kind = 'hold' FOR UPDATE"
    done = await killed_in_flight(observer, merchant, "m3", lock, action=press)
    assert await killed_after(merchant, "m3", action=press) == done
    assert done[0]["card"]["title"] == "已经兑换"

    world.now = utcnow()
    told = [item for item in await world.person("resident").items() if "换好了" in str(item)]
    assert len(told) == 1
    assert await points(world) == {
        "issuance": -100, "resident": 80, "hold": 0, "merchant_payable": 20,
    }  # fmt: skip
    rows = await world.fetch("SELECT state FROM redemption")
    assert [row.state for row in rows] == ["confirmed"]
    async with world.db.reading() as session:
        broken = [one for one in await check.run(session, now=world.now) if one["broken"]]
    assert not broken


async def points(world: World) -> dict[str, int]:
    """Read every account."""
    return {row.kind: row.balance for row in await world.fetch("SELECT kind, balance FROM account")}
