"""One alarm from the device to the worker's hand and back, as DESIGN section 5 tells it."""

from datetime import UTC, datetime

import pytest

from core.db import sql
from ops import check
from services.tickets import audience
from tests import make
from tests.world import World

_LEAVE = sql("UPDATE shift SET left_at = now()")
_FIRE_LANE = sql(
    """
    INSERT INTO ticket (id, community_id, grid_id, key, what, severity, status, epoch, version,
                        opened_at, alarm_at, chain, step)
    VALUES (gen_random_uuid(), :c, :g, 'lane:1', 'smoke', 'property', 'open', 1, 1, now(), now(),
            '[]', 0) RETURNING id
    """
)


async def test_a_smoke_alarm_travels_from_red_over_amber_to_blue(world: World) -> None:
    """The worker, the elder and the family hear at once; blue comes only with the device."""
    worker, elder, family = (world.person(p) for p in ("worker", "elder", "family"))
    assert await world.point("smoke") == "normal"

    await world.rings("smoke")
    assert await world.point("smoke") == "alarm"
    for someone in (worker, elder, family):
        assert await someone.rings() == 1
        assert (await someone.card())["tone"] == "danger"
    assert [a["id"] for a in (await worker.card())["actions"]] == [
        "ticket.ack", "call", "ticket.dialled", "ticket.people", "ticket.way",
    ]  # fmt: skip

    answer = await worker.clicks("ticket.ack")
    assert [item["op"] for item in answer] == ["update"]
    assert "王建国" in (await family.card())["summary"]
    assert "ticket.resolve" in [a["id"] for a in (await worker.card())["actions"]]
    await worker.clicks("ticket.arrive")
    assert "到老人家门口" in (await family.card())["summary"]

    await worker.clicks("ticket.resolve")
    await worker.chooses("误报（做饭、灰尘、误碰）")
    await worker.chooses("见到本人")
    done = await worker.chooses("跳过")
    assert "15 分钟" in done[0]["card"]["title"]
    assert await world.point("smoke") == "handled"

    await world.rings("smoke", smoke=False)
    assert await world.point("smoke") == "normal"
    for someone in (worker, elder, family):
        assert (await someone.card())["tone"] == "success"
        assert await someone.rings() == 1
    await clean(world)


async def test_who_cannot_be_reached_is_noted_and_the_others_hear(world: World) -> None:
    """A relative without a chat gets no card, and the ticket's log says so."""
    family = world.person("family")
    await world.db.run(
        lambda s: s.execute(
            sql("UPDATE channel_account SET reachable = false WHERE person_id = :who"),
            {"who": family.id},
        )
    )
    await world.rings("smoke")
    assert [await world.person(p).rings() for p in ("worker", "elder")] == [1, 1]
    assert await family.items() == []
    noted = await world.fetch("SELECT person_id, data FROM ticket_event WHERE kind = 'unreachable'")
    assert [tuple(row) for row in noted] == [(family.id, {"part": "family"})]
    await clean(world)


async def test_a_second_smoke_on_amber_is_red_again_with_cards_again(world: World) -> None:
    """A new alarm reading on a resolved ticket opens a new epoch with the full chain."""
    worker = world.person("worker")
    await world.rings("smoke")
    await finish(world)
    assert await world.point("smoke") == "handled"

    await world.passes(seconds=20)
    await world.rings("smoke")
    assert await world.point("smoke") == "alarm"
    assert await worker.rings() == 2
    assert await world.person("family").rings() == 2
    await world.passes(seconds=100)
    assert await world.person("backup").rings() == 1
    await worker.clicks("ticket.ack")
    await clean(world)


async def test_a_clearing_reading_stops_nothing(world: World) -> None:
    """Smoke that is gone still wants a person to look; then the ticket closes at once."""
    await world.rings("smoke")
    await world.rings("smoke", smoke=False)
    assert await world.point("smoke") == "alarm"
    await world.passes(seconds=100)
    assert await world.person("backup").rings() == 1

    await finish(world)
    assert await world.point("smoke") == "normal"
    await clean(world)


async def test_life_repeats_until_a_person_acknowledges(world: World) -> None:
    """90 s backup and lead, 3 min everyone, then every 3 min; the family is told to dial."""
    await world.rings("gas")
    await world.passes(seconds=80)
    assert await world.person("lead").rings() == 0
    await world.passes(seconds=10)
    assert await world.person("lead").rings() == 1
    await world.passes(seconds=90)
    assert await world.person("worker").rings() == 2
    assert "还没有人接单" in (await world.person("family").card())["summary"]
    await world.passes(minutes=6)
    assert await world.person("worker").rings() == 4

    await world.person("lead").clicks("ticket.ack")
    await world.passes(minutes=10)
    assert await world.person("worker").rings() == 4
    assert "周军" in (await world.person("family").card())["summary"]
    await clean(world)


async def test_resolved_with_the_device_still_alarming_is_red_again(world: World) -> None:
    """After 15 minutes without recovery a life ticket asks for a person once more."""
    await world.rings("smoke")
    await finish(world)
    await world.passes(minutes=14)
    assert await world.point("smoke") == "handled"
    await world.passes(minutes=1)
    assert await world.point("smoke") == "alarm"
    assert await world.person("worker").rings() == 2
    await clean(world)


async def test_nobody_found_keeps_the_ticket_open_and_escalates(world: World) -> None:
    """Life takes nothing less than seen, heard or confirmed by the family."""
    worker = world.person("worker")
    await world.rings("wristband")
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.resolve")
    await worker.chooses("确有险情，已处理")
    await worker.chooses("没见到人，也没联系上")
    await worker.says("跳过")
    assert await world.point("wristband") == "alarm"
    assert await worker.rings() == 2
    await world.passes(seconds=100)
    assert await world.person("backup").rings() == 1
    await clean(world)


async def test_what_comes_back_after_closing_is_a_new_ticket_linked_to_the_old(
    world: World,
) -> None:
    """Closed is terminal."""
    await world.rings("smoke")
    await finish(world)
    await world.rings("smoke", smoke=False)
    await world.passes(seconds=30)
    await world.rings("smoke")
    rows = await world.fetch("SELECT status, previous_id, id FROM ticket ORDER BY id")
    assert [row.status for row in rows] == ["closed", "open"]
    assert rows[1].previous_id == rows[0].id
    await clean(world)


async def test_with_nobody_on_duty_every_worker_of_the_grid_hears(world: World) -> None:
    """An empty rota silences nothing."""
    await world.db.run(lambda s: s.execute(_LEAVE))
    await world.rings("smoke")
    for name in ("worker", "backup", "lead"):
        assert await world.person(name).rings() == 1


async def finish(world: World) -> None:
    """Let the worker acknowledge and resolve with numbers and words alone."""
    worker = world.person("worker")
    await worker.says("接单")
    await worker.says("处置完成")
    await worker.says("2")
    await worker.says("第一个")
    await worker.says("跳过")


async def clean(world: World) -> None:
    """Prove the invariants."""
    async with world.db.reading() as session:
        broken = [one for one in await check.run(session, now=world.now) if one["broken"]]
    assert not broken


@pytest.mark.parametrize(
    ("severity", "wait"), [("life", "15 分钟还没恢复"), ("property", "4 小时还没恢复")]
)
async def test_the_worker_hears_how_long_the_device_has(
    world: World, severity: str, wait: str
) -> None:
    """A life device turns red again after a quarter of an hour, any other after four hours."""
    await world.db.run(
        lambda s: make.rule(s, world.community, "smoke", severity=severity, version=2)
    )
    worker = world.person("worker")
    await world.rings("smoke")
    await worker.says("接单")
    for answer in ("处置完成", "误报（做饭、灰尘、误碰）", "见到本人"):
        await worker.says(answer)
    assert wait in str(await worker.says("跳过"))


async def test_the_night_is_quiet_for_all_but_life_and_care(world: World) -> None:
    """A blocked fire lane waits for the morning; smoke does not, and a neighbour is not hushed."""
    world.now = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)  # 23:00
    worker = world.person("worker")
    async with world.db.transaction() as session:
        blocked = await session.execute(_FIRE_LANE, {"c": world.community, "g": world.grid})
        await audience.tell(session, [blocked.scalar_one()], now=world.now)
    assert await worker.rings() == 0
    await world.rings("smoke")
    assert await worker.rings() == 1
    world.now = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)  # 07:00
    assert await worker.rings() == 2
