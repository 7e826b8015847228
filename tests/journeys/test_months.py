"""A month in figures: from the tickets' log, by kind and grid, beside a month that was kept."""

from datetime import UTC, date, datetime

import pytest

from core.db import Session, sql
from core.errors import UserError
from services import months
from services.actors import actor
from services.months import Figure, Kept
from services.tickets.events import undelivered
from tests.journeys.test_alarm import finish
from tests.world import World

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


async def figures(world: World, month: date = NOVEMBER, who: str = "operator") -> list[Figure]:
    """Read a month as somebody."""
    async with world.db.reading() as session:
        by = await actor(session, world.person(who).id)
        return await months.figures(session, by, world.community, month=month)


async def keep(world: World, month: date) -> None:
    """Keep a month as the operator."""

    async def work(session: Session) -> None:
        by = await actor(session, world.person("operator").id)
        await months.keep(session, by, world.community, month=month, now=world.now)

    await world.db.run(work)


async def one_of_each(world: World) -> None:
    """Let a false smoke alarm be taken after two minutes and closed after five; a real gas alarm."""
    worker = world.person("worker")
    await world.rings("smoke")
    await world.passes(minutes=2)
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.resolve")
    for answer in ("误报（做饭、灰尘、误碰）", "见到本人", "跳过"):
        await worker.chooses(answer)
    await world.passes(minutes=3)
    await world.rings("smoke", smoke=False)
    await world.rings("gas")
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.resolve")
    for answer in ("确有险情，已处理", "见到本人", "跳过"):
        await worker.chooses(answer)


async def test_minutes_and_the_share_of_false_alarms_by_kind_and_grid(world: World) -> None:
    """Medians from the log alone; what is not over has no minutes to close."""
    await one_of_each(world)
    assert await figures(world) == [
        Figure("gas", "第1网格", 1, 1, 0, 0.0, None, 0, 0.0),
        Figure("smoke", "第1网格", 1, 1, 1, 2.0, 5.0, 0, 1.0),
    ]
    assert await figures(world, DECEMBER) == []


async def test_whom_a_card_did_not_reach_counts(world: World) -> None:
    """A relative without a chat, and a card that was given up."""
    await world.db.run(
        lambda s: s.execute(
            sql("UPDATE channel_account SET reachable = false WHERE person_id = :who"),
            {"who": world.person("family").id},
        )
    )
    await world.rings("smoke")
    (row,) = await world.fetch("SELECT id FROM ticket")
    await world.db.run(
        lambda s: undelivered(
            s, ticket=row.id, person=world.person("elder").id, channel="wechat", now=world.now
        )
    )
    (found,) = await figures(world)
    assert (found.undelivered, found.false_share, found.ack_minutes) == (2, None, None)


async def test_an_alarm_belongs_to_the_month_in_which_it_rang_here(world: World) -> None:
    """The month begins at our midnight: 16:30 UTC of the 30th is December."""
    world.now = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
    await world.rings("smoke")
    await world.passes(minutes=2)
    await finish(world)
    await world.rings("wristband")
    assert [(one.what, one.ack_minutes) for one in await figures(world)] == [("smoke", 2.0)]
    assert [one.what for one in await figures(world, DECEMBER)] == ["sos"]


async def test_a_kept_month_stays_as_it_was(world: World) -> None:
    """Only one that is over, and once; later months are read beside it."""
    await one_of_each(world)
    with pytest.raises(UserError, match="month-not-over"):
        await keep(world, NOVEMBER)
    world.now = datetime(2026, 12, 3, tzinfo=UTC)
    await keep(world, NOVEMBER)
    with pytest.raises(UserError, match="month-kept"):
        await keep(world, NOVEMBER)
    then = await figures(world)
    await world.db.run(lambda s: s.execute(sql("UPDATE grid SET name = '别名'")))
    async with world.db.reading() as session:
        by = await actor(session, world.person("operator").id)
        kept = await months.baseline(session, by, world.community, month=DECEMBER)
        assert await months.baseline(session, by, world.community, month=NOVEMBER) is None
    assert kept == Kept(NOVEMBER, then)


async def test_figures_are_the_operators(world: World) -> None:
    """And they name no worker: there is nothing to rank."""
    with pytest.raises(UserError, match="not-allowed"):
        await figures(world, who="worker")
