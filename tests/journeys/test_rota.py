"""The rota: what is held every week, who may plan it, and one's own shifts as a calendar."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from icalendar import Calendar

from core.db import Session, sql
from core.errors import UserError
from models import Duty
from services import calendars, rotas
from services.actors import actor
from services.rotas import Post
from tests.duty_stage import board, sets
from tests.world import World

DAY = [1, 2, 3, 4, 5, 6, 7]


async def test_the_weekly_rota_makes_shifts_but_not_on_days_off(bare: World) -> None:
    """Fourteen days ahead, over midnight too; a swapped shift is not made again."""
    bare.now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # Monday 09:00
    who = bare.person("worker").id
    post = Post(bare.grid, who, Duty.WORKER, DAY, time(20), time(8))

    async def work(session: Session) -> tuple[UUID, int, int]:
        by = await actor(session, bare.person("operator").id)
        here, now = bare.community, bare.now
        rota = await rotas.add(session, by, post, community=here, now=now)
        off = await rotas.rest(session, by, who, date(2026, 11, 25), community=here, now=now)
        return rota, off, await rotas.make_shifts(session, now=bare.now)

    rota, off, again = await bare.db.run(work)
    assert (off, again) == (1, 0)
    rows = await bare.fetch(
        "SELECT starts_at, ends_at FROM shift WHERE ends_at > starts_at ORDER BY starts_at"
    )
    assert len(rows) == 13
    assert rows[0].starts_at == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert rows[0].ends_at == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    assert {row.starts_at.date().isoformat() for row in rows} >= {"2026-11-24", "2026-11-26"}
    assert (await board(bare))["days_off"][0]["day"] == "2026-11-25"

    async def back(session: Session) -> None:
        by = await actor(session, bare.person("operator").id)
        here, now, day = bare.community, bare.now, date(2026, 11, 25)
        await rotas.work_after_all(session, by, who, day, community=here, now=now)
        await session.execute(
            sql("UPDATE shift SET person_id = :lead WHERE starts_at = :at"),
            {"lead": bare.person("lead").id, "at": rows[0].starts_at},
        )
        await rotas.make_shifts(session, now=bare.now)

    await bare.db.run(back)
    count = "SELECT count(*) FROM shift WHERE ends_at > starts_at AND person_id = :who"
    assert (await bare.fetch(count, who=who))[0].count == 13

    async def ends(session: Session) -> None:
        by = await actor(session, bare.person("operator").id)
        await rotas.end(session, by, rota, community=bare.community, now=bare.now)

    await bare.db.run(ends)
    assert (await bare.fetch(count, who=who))[0].count == 0


async def test_only_the_operator_plans(bare: World) -> None:
    """A worker neither sets somebody nor gives days off; nobody is set for a week by hand."""
    who = bare.person("worker").id
    post = Post(bare.grid, who, Duty.WORKER, (), time(), time())

    async def by_worker(session: Session) -> None:
        by = await actor(session, who)
        await rotas.rest(
            session, by, who, date(2026, 11, 25), community=bare.community, now=bare.now
        )

    async def too_long(session: Session) -> None:
        by = await actor(session, bare.person("operator").id)
        await rotas.set_by_hand(
            session, by, post, community=bare.community, now=bare.now, starts_at=bare.now,
            ends_at=bare.now + timedelta(days=7),
        )  # fmt: skip

    with pytest.raises(UserError, match="not-allowed"):
        await bare.db.run(by_worker)
    with pytest.raises(UserError, match="shift-span"):
        await bare.db.run(too_long)


async def test_own_shifts_as_a_list_and_a_calendar(bare: World) -> None:
    """The link is the worker's own, needs no log-in, and shows no ticket."""
    await sets(bare, "worker", 600, 900)
    await sets(bare, "backup", 600, 900, "backup")
    card = (await bare.person("worker").says("我的班表"))[0]["card"]
    assert card["title"] == "您接下来有 1 个班"
    assert card["fields"] == [
        {"label": "第1网格 值班网格员", "value": "11-23 周一 03:00-08:00"}
    ]  # fmt: skip
    link = next(one["url"] for one in card["actions"] if one["id"] == "calendar")
    key = parse_qs(urlsplit(link).query)["key"][0]
    async with bare.db.reading() as session:
        calendar = Calendar.from_ical(await calendars.read(session, key, now=bare.now))
        (entry,) = calendar.walk("VEVENT")
        assert entry.decoded("dtstart") == bare.now + timedelta(minutes=600)
        assert str(entry["summary"]) == "第1网格值班网格员"
        with pytest.raises(UserError, match="login-needed"):
            await calendars.read(session, key[:-8] + "AAAAAAAA", now=bare.now)
        with pytest.raises(UserError, match="login-needed"):
            await calendars.read(session, key, now=bare.now + timedelta(days=181))
