"""Redemption under races, on real connections: whatever comes at once, each thing happens once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from core.actor import CLOCK, Role
from core.db import Database, Session
from core.errors import UserError
from core.ids import uuid7
from handlers import redeem
from models import AccountKind, Reward
from ops import check
from services.actors import actor
from services.points import holds, ledger, redemptions
from services.points.holds import RedemptionView
from services.points.ledger import AccountRef
from tests import make
from tests.world import Human, World

Work = Callable[[Session], Awaitable[object]]


@pytest.fixture
async def crowd(db_url: str) -> AsyncIterator[Database]:
    """Open fifty connections."""
    opened = Database(db_url, pool=25)
    yield opened
    await opened.aclose()


async def outcome(db: Database, work: Work) -> str:
    """Run a transaction; say "done", or with which key a person is refused."""
    try:
        await db.run(work)
    except UserError as error:
        return error.key
    return "done"


async def at_once(db: Database, works: list[Work]) -> Counter[str]:
    """Run them all at once and count the outcomes."""
    return Counter(await asyncio.gather(*(outcome(db, work) for work in works)))


async def shop(world: World, *, points: int, cost: int, stock: int | None = None) -> Reward:
    """Let a merchant offer a reward and give the resident points."""

    async def work(session: Session) -> Reward:
        merchant = await make.person(session, "李师傅")
        await make.membership(session, merchant.id, Role.MERCHANT, where=world.community)
        world.people["merchant"] = Human(world, merchant.id, "李师傅")
        who = world.person("resident").id
        await make.points(session, world.community, who, points, now=world.now)
        return await make.reward(
            session, world.community, merchant=merchant.id, cost=cost, stock=stock
        )

    return await world.db.run(work)


def holding(world: World, reward: UUID, redemption: UUID) -> Work:
    """Let the resident set points aside."""

    async def work(session: Session) -> RedemptionView:
        by = await actor(session, world.person("resident").id)
        return await redemptions.hold(
            session, by, reward=reward, redemption=redemption, channel="web", now=world.now
        )

    return work


def ending(world: World, redemption: UUID, how: str, *, late: timedelta = timedelta()) -> Work:
    """Let the merchant confirm or refuse, the resident cancel, or the clock sweep."""

    async def work(session: Session) -> object:
        now = world.now + late
        if how == "sweep":
            return await redeem.sweep(session, now=now)
        who = world.person("resident" if how == "cancel" else "merchant").id
        end = {
            "confirm": redemptions.confirm,
            "refuse": redemptions.refuse,
            "cancel": redemptions.cancel,
        }[how]
        return await end(session, await actor(session, who), redemption=redemption, now=now)

    return work


async def points(world: World, kind: str) -> int:
    """Add up the accounts of a kind."""
    rows = await world.fetch(
        "SELECT coalesce(sum(balance), 0) AS points FROM account WHERE kind = :kind", kind=kind
    )
    return int(rows[0].points)


async def clean(world: World) -> None:
    """Prove the invariants."""
    async with world.db.reading() as session:
        broken = [one for one in await check.run(session, now=world.now) if one["broken"]]
    assert not broken


async def test_twenty_spends_of_everything_at_once_are_one(world: World, crowd: Database) -> None:
    """Straight in the ledger: nineteen are told that the points are gone."""
    who = world.person("resident").id
    await world.db.run(lambda s: make.points(s, world.community, who, 100, now=world.now))

    def spend(number: int) -> Work:
        return lambda session: ledger.transfer(
            session, community=world.community, debit=ledger.resident(who),
            credit=AccountRef(AccountKind.DONATED), amount=100, reason="donated",
            key=f"spend:{number}", by=CLOCK, now=world.now,
        )  # fmt: skip

    assert await at_once(crowd, [spend(n) for n in range(20)]) == {"done": 1, "points-too-few": 19}
    assert (await points(world, "resident"), await points(world, "donated")) == (0, 100)
    await clean(world)


async def test_twenty_holds_of_everything_at_once_are_one(world: World, crowd: Database) -> None:
    """Twenty phones of one resident: one code, and the stock went down by one."""
    reward = await shop(world, points=100, cost=100, stock=50)
    works = [holding(world, reward.id, uuid7()) for _ in range(20)]
    assert await at_once(crowd, works) == {"done": 1, "points-too-few": 19}
    assert (await points(world, "resident"), await points(world, "hold")) == (0, 100)
    assert (await world.fetch("SELECT stock FROM reward"))[0].stock == 49
    await clean(world)


async def test_one_press_sent_twenty_times_holds_once(world: World, crowd: Database) -> None:
    """The redemption's id is on the button, so every repetition finds the first."""
    reward = await shop(world, points=100, cost=20, stock=50)
    works = [holding(world, reward.id, reward.id) for _ in range(20)]
    assert await at_once(crowd, works) == {"done": 20}
    assert (await points(world, "resident"), await points(world, "hold")) == (80, 20)
    assert (await world.fetch("SELECT stock FROM reward"))[0].stock == 49
    await clean(world)


async def test_the_last_one_in_stock_goes_to_one(world: World, crowd: Database) -> None:
    """Whoever comes second keeps their points."""
    reward = await shop(world, points=100, cost=10, stock=1)
    works = [holding(world, reward.id, uuid7()) for _ in range(8)]
    assert await at_once(crowd, works) == {"done": 1, "reward-gone": 7}
    assert await points(world, "hold") == 10
    await clean(world)


async def test_fifty_confirmations_at_once_are_one_and_49_clear_answers(
    world: World, crowd: Database
) -> None:
    """The merchant is paid once; everybody else hears that it has been done."""
    reward = await shop(world, points=100, cost=100)
    which = uuid7()
    await world.db.run(holding(world, reward.id, which))
    works = [ending(world, which, "confirm") for _ in range(50)]
    assert await at_once(crowd, works) == {"done": 1, "redeem-is-confirmed": 49}
    assert (await points(world, "hold"), await points(world, "merchant_payable")) == (0, 100)
    await clean(world)


async def test_all_four_ends_racing_leave_exactly_one(world: World, crowd: Database) -> None:
    """Confirm, refuse, cancel and the sweep around the last moment, many holds at once."""
    reward = await shop(world, points=600, cost=20, stock=30)
    held = [uuid7() for _ in range(30)]
    for one in held:
        await world.db.run(holding(world, reward.id, one))
    last = redemptions.HOLD_FOR - timedelta(milliseconds=1)
    over = redemptions.HOLD_FOR
    works = [
        ending(world, one, how, late=late)
        for one in held
        for how, late in (
            ("confirm", last), ("sweep", over), ("refuse", last), ("cancel", last),
            ("confirm", over), ("sweep", over),
        )
    ]  # fmt: skip
    outcomes = await at_once(crowd, works)
    states = Counter(row.state for row in await world.fetch("SELECT state FROM redemption"))
    assert "held" not in states
    assert sum(states.values()) == 30
    ends = states["confirmed"] + states["refused"] + states["cancelled"]
    assert outcomes["done"] == ends + 60  # each sweep ends well, with or without something to do
    paid = 20 * states["confirmed"]
    assert (await points(world, "resident"), await points(world, "hold")) == (600 - paid, 0)
    assert await points(world, "merchant_payable") == paid
    assert (await world.fetch("SELECT stock FROM reward"))[0].stock == 30 - states["confirmed"]
    world.now += over
    await clean(world)


async def test_fifty_clicks_in_chat_are_one_receipt(world: World) -> None:
    """Through the whole funnel every click is answered by the same receipt; the resident hears once."""
    reward = await shop(world, points=100, cost=100)
    which = uuid7()
    await world.db.run(holding(world, reward.id, which))
    merchant = world.person("merchant")
    (row,) = await world.db.run(lambda s: holds.views(s, "r.id = :id", {"id": which}))
    await merchant.says(row.code)
    token = await merchant.token("redeem.confirm")
    answers = await asyncio.gather(*(merchant.presses(token) for _ in range(50)))
    assert {items[0]["card"]["title"] for items in answers} == {"已经兑换"}
    told = [item for item in await world.person("resident").items() if "换好了" in str(item)]
    assert len(told) == 1
    await clean(world)
