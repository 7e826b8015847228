"""On the spot: what the card says there, who dialled, the door that stays closed, and who was seen."""

import pytest

from core.db import Session, sql
from core.errors import UserError
from services.actors import actor
from services.tickets import journal
from tests.journeys.test_alarm import clean
from tests.world import Human, World


def fields(card: dict[str, object]) -> dict[str, str]:
    """Map a card's labels to their values."""
    return {one["label"]: one["value"] for one in card["fields"]}  # type: ignore[attr-defined]


async def at_the_door(world: World, kind: str = "smoke") -> Human:
    """Let it alarm, and the worker take it and arrive."""
    worker = world.person("worker")
    await world.rings(kind)
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.arrive")
    return worker


async def office(world: World, phone: str = "0519-88000000") -> None:
    """Give the community's office a telephone."""
    await world.db.run(
        lambda s: s.execute(sql("UPDATE community SET phone = :phone"), {"phone": phone})
    )


async def test_the_card_says_what_to_do_where_it_is_and_when_more_people_hear(
    world: World,
) -> None:
    """Guidance by kind, the address to read aloud, the floor, the clock, another alarm beside."""
    await world.rings("smoke")
    await world.rings("gas")
    worker = world.person("worker")
    smoke = next(one for one in await worker.cards() if one["title"].startswith("烟雾"))
    said = fields(smoke)
    assert said["怎么做"].startswith("先摸门")
    assert said["报警时念"] == "测试街道测试社区 3幢 2单元 501室"
    assert said["楼层"].startswith("5 楼")
    assert said["还没人接"] == "17:01 再通知更多人"
    gas = next(one for one in await worker.cards() if one["title"].startswith("燃气"))
    assert "烟感也在报警" in fields(gas)["家里其他动静"]
    assert gas["summary"].startswith("敲门，不按门铃，不开灯，不在门内打电话")
    way = next(one for one in gas["actions"] if one["id"] == "ticket.way")
    assert way["url"].startswith("https://uri.amap.com/navigation?to=120.0")
    await worker.presses(next(a for a in gas["actions"] if a["id"] == "ticket.ack")["token"])
    taken = next(one for one in await worker.cards() if one["title"].startswith("燃气"))
    assert taken["summary"].startswith("敲门，不按门铃，不开灯，不在门内打电话")
    family = await world.person("family").card()
    assert not {"怎么做", "报警时念", "楼层"} & fields(family).keys()


async def test_a_call_about_the_elder_leads_to_her_flat(world: World) -> None:
    """Her relative cries from elsewhere: the address, the floor and the way are hers."""
    await world.person("family").says("我妈在家摔倒了起不来，快来人")
    card = await world.person("worker").card()
    said = fields(card)
    assert said["报警时念"] == "测试街道测试社区 3幢 2单元 501室"
    assert said["怎么做"].startswith("不要马上扶起来")
    assert "ticket.way" in [one["id"] for one in card["actions"]]


async def test_a_relative_elsewhere_dials_this_city_and_the_duty_telephone(world: World) -> None:
    """The bare 119 would reach the fire brigade of the city where the daughter lives."""
    await office(world)
    await world.rings("smoke")
    links = {name: await numbers(world, name) for name in ("family", "elder", "worker")}
    assert links["family"] == ["tel:0519-119", "tel:0519-88000000"]
    assert links["elder"] == ["tel:119", "tel:0519-88000000"]
    assert links["worker"] == ["tel:119"]
    await world.passes(minutes=3)
    assert "0519-119" in (await world.person("family").card())["summary"]


async def numbers(world: World, name: str) -> list[str]:
    """List the numbers that somebody's card dials."""
    card = await world.person(name).card()
    return [one["url"] for one in card["actions"] if one["id"] == "call"]


async def test_who_dialled_and_when_is_noted_by_whoever_did(world: World) -> None:
    """The assistant calls nobody: a person presses, everybody reads it, the button goes."""
    await world.rings("smoke")
    family, worker = world.person("family"), world.person("worker")
    assert "已拨打" not in fields(await worker.card())
    await family.clicks("ticket.dialled")
    assert fields(await worker.card())["已拨打"] == "陈晓明 17:00 拨打 119"
    assert "ticket.dialled" not in [one["id"] for one in (await worker.card())["actions"]]
    await worker.clicks("ticket.ack")
    assert fields(await worker.card())["已拨打"] == "陈晓明 17:00 拨打 119"
    await clean(world)


async def test_who_has_no_card_notes_nothing(world: World) -> None:
    """A neighbour who got hold of a ticket's number is refused."""
    await world.rings("smoke")
    (row,) = await world.fetch("SELECT id FROM ticket")

    async def dial(name: str) -> None:
        async def work(session: Session) -> None:
            by = await actor(session, world.person(name).id)
            await journal.dialled(session, by, ticket=row.id, number="119", now=world.now)

        await world.db.run(work)

    with pytest.raises(UserError, match="not-allowed"):
        await dial("resident")
    await dial("elder")


async def test_a_closed_door_is_opened_step_by_step_each_with_its_time(world: World) -> None:
    """Family, key, neighbour, 110, then by force and by two; the family follows it."""
    worker = await at_the_door(world)
    await worker.chooses("敲门无人应")
    await world.passes(minutes=1)
    await worker.chooses("已联系老人和家属")
    await worker.chooses("已找有钥匙的人")
    assert "请先拨打 110" in str(await worker.presses(await forced(worker)))
    await world.passes(minutes=1)
    await worker.chooses("已拨打 110")
    assert [card["label"] for card in (await asked(worker))["actions"]] == ["民警"]
    await worker.says("求助")
    assert "孙丽" in [card["label"] for card in (await asked(worker))["actions"]]
    await worker.chooses("孙丽")
    door = fields(await world.person("family").card())["门口"]
    assert door == (
        "17:00 敲门无人应；17:01 联系老人和家属；17:01 找有钥匙的人；17:02 拨打 110；"
        "17:02 两人在场，破门进入"
    )
    steps = await world.fetch("SELECT data FROM ticket_event WHERE kind = 'at_door' ORDER BY id")
    assert steps[-1].data == {"step": "forced", "beside": str(world.person("backup").id)}
    await clean(world)


async def forced(worker: Human) -> str:
    """Say with the police that the door is forced."""
    card = await asked(worker)
    return str(card["actions"][0]["token"])


async def asked(worker: Human) -> dict[str, list[dict[str, str]]]:
    """Let the worker be asked with whom."""
    return (await worker.chooses("破门进入（要两个人）"))[0]["card"]  # type: ignore[no-any-return]


async def test_the_family_reads_who_saw_her_and_when(world: World) -> None:
    """Told at the start, at 接单, at 到场, when she is seen, at the end; nobody asks twice."""
    family = world.person("family")
    worker = await at_the_door(world)
    assert "到老人家门口" in (await family.card())["summary"]
    await world.passes(minutes=2)
    await worker.clicks("ticket.seen")
    assert (await family.card())["summary"] == "网格员王建国 17:02 见到本人。"
    await worker.clicks("ticket.resolve")
    note = await worker.chooses("误报（做饭、灰尘、误碰）")
    assert note[0]["card"]["title"] == "要留句话或发张照片吗？"
    await worker.chooses("跳过")
    assert fields(await family.card())["见人"] == "王建国 17:02 见到本人"
    await world.rings("smoke", smoke=False)
    assert fields(await family.card())["见人"] == "王建国 17:02 见到本人"
    await clean(world)


async def test_nobody_notes_a_door_from_the_office(world: World) -> None:
    """Only whoever took it and has arrived; before that there are no such buttons."""
    worker = world.person("worker")
    await world.rings("smoke")
    await worker.clicks("ticket.ack")
    shown = {one["id"] for one in (await worker.card())["actions"]}
    assert not shown & {"ticket.seen", "door.note"}
    await worker.clicks("ticket.arrive")
    old = await worker.token("ticket.seen")
    assert "ticket.seen" not in [
        one["id"]
        for one in (await world.person("backup").cards() or [{"actions": []}])[0]["actions"]
    ]
    await worker.clicks("ticket.resolve")
    for answer in ("误报（做饭、灰尘、误碰）", "见到本人", "跳过"):
        await worker.chooses(answer)
    assert "已经处置过" in str(await worker.presses(old))
