"""外出报备: said in one sentence, confirmed, listed, ended; and what it hushes and what not."""

from datetime import timedelta

import pytest

from core.actor import Role
from core.db import Session, sql
from core.errors import UserError
from models import Home
from services import away
from services.actors import actor
from tests import make
from tests.journeys.test_asking import UNUSED, clean, ticket, two_days_without_water
from tests.world import World


async def reports(world: World, said: str, *, who: str = "family") -> str:
    """Report somebody away and confirm it; returns what was to be confirmed."""
    asked = await world.person(who).says(said)
    await world.person(who).chooses("对，记下")
    return str(asked[0]["card"]["title"])


async def live(world: World) -> list[str]:
    """List what live tickets are about."""
    rows = await world.fetch("SELECT what FROM ticket WHERE status <> 'closed' ORDER BY what")
    return [row.what for row in rows]


async def ends(world: World) -> list[str | None]:
    """List how each time away ended."""
    return [row.ended_how for row in await world.fetch("SELECT ended_how FROM away ORDER BY id")]


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("妈妈去南京三天", "从 11 月 22 日（周日） 到 11 月 25 日（周三）"),
        ("妈妈十号回来", "从 11 月 22 日（周日） 到 12 月 10 日（周四）"),
        ("my mum is away until Friday", "from Sun 22/11 to Fri 27/11"),
        ("从明天到周日妈妈不在家", "从 11 月 23 日（周一） 到 11 月 29 日（周日）"),
    ],
)
async def test_one_sentence_says_it(world: World, said: str, days: str) -> None:
    """It is shown before it counts."""
    asked = await world.person("family").says(said)
    assert days in asked[0]["card"]["title"]
    assert "陈桂芳" in asked[0]["card"]["title"]
    assert await world.fetch("SELECT 1 FROM away") == []


async def test_what_was_not_said_is_asked(world: World) -> None:
    """Without a day nothing is guessed."""
    await world.person("family").says("妈妈去外地了")
    asked = await world.person("family").chooses("3 天")
    assert "11 月 25 日" in asked[0]["card"]["title"]


async def test_while_she_is_away_no_water_rings_nobody(world: World) -> None:
    """What was not told is recorded; the elder hears who has reported her, and it is listed."""
    await world.rule("water_unused", **UNUSED)
    await world.rings("water", water_consumed=10.0)
    await reports(world, "妈妈去南京三天")
    assert "陈晓明给您报备" in (await world.person("elder").cards())[0]["title"]
    listed = await world.person("family").says("外出报备")
    assert "陈晓明报备" in str(listed[0]["card"]["fields"])
    await world.jumps(hours=47)
    await world.rings("water", water_consumed=10.0)
    await world.jumps(hours=2)
    assert await live(world) == []
    kept = await world.fetch("SELECT key, judged_at, alarmed FROM suppression")
    assert [tuple(row) for row in kept] == [("water_unused", None, None)]
    await clean(world)


async def test_smoke_rings_however_far_she_is(world: World) -> None:
    """Away suppresses absence rules only."""
    await reports(world, "妈妈去南京三天")
    await world.rings("smoke")
    assert await live(world) == ["smoke"]


async def test_said_to_be_with_her_daughter_the_ticket_closes_with_the_report(
    world: World,
) -> None:
    """She is with me → no trip, away is offered → reported: the point is blue again."""
    family = world.person("family")
    await two_days_without_water(world)
    await family.clicks("safe.yes")
    said = await family.chooses("和我在一起")
    assert "报备一下" in str(said)
    await family.chooses("3 天")
    await family.chooses("对，记下")
    await world.passes(seconds=10)
    assert await ticket(world) == ("closed", 1)
    assert await world.point("water") == "normal"
    await world.passes(minutes=10)
    assert await world.person("worker").rings() == 1
    await clean(world)


async def test_any_use_inside_ends_it_and_its_setter_hears(world: World) -> None:
    """Back early, or somebody who should not be there; it can be reported again at once."""
    await reports(world, "妈妈去南京三天")
    await world.jumps(hours=5)
    await world.rings("door", contact=True)
    await world.passes(minutes=1)
    await world.rings("door", contact=False)
    await world.passes(seconds=10)
    assert await ends(world) == ["use"]
    told = (await world.person("family").cards())[0]
    assert "有动静" in told["title"]
    await world.person("family").chooses("重新报备")
    assert await ends(world) == ["use", None]


async def test_a_flat_rests_only_when_all_its_people_are_away(world: World) -> None:
    """Her husband is at home: no water for two days is asked about."""

    async def husband(session: Session) -> None:
        flat = await session.get(Home, (await session.execute(sql("SELECT id FROM home"))).scalar())
        assert flat is not None
        him = await make.person(session, "陈大海")
        await make.membership(session, him.id, Role.ELDER, where=world.community)
        await make.residence(session, him.id, flat, elder=True)

    await world.db.run(husband)
    await world.rule("water_unused", **UNUSED)
    await world.rings("water", water_consumed=10.0)
    await reports(world, "妈妈去南京三天")
    await world.jumps(hours=47)
    await world.rings("water", water_consumed=10.0)
    await world.jumps(hours=2)
    assert await live(world) == ["water_unused"]


async def test_back_in_words_ends_it(world: World) -> None:
    """妈妈回来了; a date yet to come is a new report."""
    await reports(world, "妈妈去南京三天")
    said = await world.person("family").says("妈妈十号回来")
    assert "12 月 10 日" in said[0]["card"]["title"]
    await world.person("family").chooses("对，记下")
    assert await ends(world) == ["replaced", None]
    said = await world.person("family").says("妈妈回来了")
    assert "欢迎陈桂芳回来" in said[0]["card"]["title"]
    assert await ends(world) == ["replaced", "back"]


async def test_a_day_after_the_return_without_a_sign_of_life_the_family_is_asked(
    world: World,
) -> None:
    """On the day itself the setter is asked; a day later it is a care ticket."""
    await world.rule("water_unused", **UNUSED)
    await world.rings("water", water_consumed=10.0)
    await reports(world, "妈妈去南京三天")
    await world.jumps(days=3, hours=7)
    assert "回来了吗" in (await world.person("family").cards())[0]["title"]
    await world.jumps(hours=23)
    assert await live(world) == []
    await world.jumps(hours=1)
    assert await live(world) == ["not_back"]
    assert await ends(world) == ["overdue"]
    for name in ("elder", "family"):
        assert await world.person(name).rings() == 1
    assert "正在问家属" in (await world.person("worker").card())["summary"]
    await world.person("family").clicks("safe.yes")
    await world.person("family").chooses("刚通过话")
    assert await live(world) == []
    await clean(world)


async def test_what_was_suppressed_is_judged_again_at_the_end(world: World) -> None:
    """Ended early, the window begins anew; two days later without water she is asked about."""
    await world.rule("water_unused", **UNUSED)
    await world.rings("water", water_consumed=10.0)
    await reports(world, "妈妈去南京十天")
    for _ in range(3):
        await world.jumps(hours=20)
        await world.rings("water", water_consumed=10.0)
    await world.person("family").says("妈妈回来了")
    await world.passes(seconds=10)
    judged = await world.fetch("SELECT judged_at IS NOT NULL AS done, alarmed FROM suppression")
    assert [tuple(row) for row in judged] == [(True, False)]
    for _ in range(2):
        await world.jumps(hours=24)
        await world.rings("water", water_consumed=10.0)
    await world.passes(minutes=31)
    assert await live(world) == ["water_unused"]
    await clean(world)


async def test_fourteen_days_and_then_it_is_asked_again(world: World) -> None:
    """Longer is kept as a wish; at its end the setter says it again."""
    await reports(world, "妈妈回老家一个月")
    row = (await world.fetch("SELECT ends_at - begins_at AS span, wanted_until FROM away"))[0]
    assert row.span == timedelta(days=14)
    assert row.wanted_until is not None
    await world.jumps(days=14)
    card = (await world.person("family").cards())[0]
    assert "已满 14 天" in card["title"]
    await world.person("family").chooses("再 7 天")
    await world.person("family").chooses("对，记下")
    assert await ends(world) == ["replaced", None]


async def test_a_stranger_reports_nobody_away(world: World) -> None:
    """A neighbour neither knows the elder here nor may report her."""
    said = await world.person("resident").says("妈妈去南京三天")
    assert "还没有绑定" in said[0]["card"]["title"]

    async def work(session: Session) -> None:
        by = await actor(session, world.person("resident").id)
        await away.leave(
            session, by, person=world.person("elder").id, begins=world.now.date(),
            ends=world.now.date(), now=world.now,
        )  # fmt: skip

    with pytest.raises(UserError, match="not-allowed"):
        await world.db.run(work)
