"""Joining a flat: by a worker's code, or asked and confirmed, and who it then turns out to be."""

import pytest

from core.actor import Role
from core.db import Session, sql
from ops import check
from tests import make
from tests.neighbours import Neighbours, digits, lives, newcomer, newest
from tests.world import Human, World


async def test_a_code_of_the_worker_joins_a_resident_once(world: World, there: Neighbours) -> None:
    """邀请 with a flat gives eight digits; sent as they are, they register the bearer, once."""
    worker, guest, thief = world.person("worker"), await newcomer(world), await newcomer(world)
    card = (await worker.says("邀请 3幢2单元601"))[0]["card"]
    code = digits(card)
    assert len(code) == 8
    assert "3幢 2单元 601室" in str(card["fields"])
    assert "登记好了" in (await guest.says(f"邀请码 {code[:4]} {code[4:]}"))[0]["card"]["title"]
    assert await lives(world, guest) == [there.flats["601"]]
    assert "不对" in (await thief.says(code))[0]["card"]["title"]
    use = await world.fetch("SELECT use FROM home WHERE id = :id", id=there.flats["601"])
    assert use[0].use == "owned"
    assert (await newest(worker))["title"] == "somebody用邀请码登记了住址"
    assert not any(one["broken"] for one in await checked(world))


async def checked(world: World) -> list[dict[str, object]]:
    """Ask the house's own invariants."""
    async with world.db.reading() as session:
        return await check.run(session, now=world.now)


@pytest.mark.usefixtures("there")
async def test_an_old_code_and_too_many_tries_are_refused(world: World) -> None:
    """Seven days, five tries an hour; bare digits of somebody known may be a telephone."""
    worker, guest = world.person("worker"), await newcomer(world)
    code = digits((await worker.says("邀请 3-2-601"))[0]["card"])
    await world.db.run(_aged)
    assert "不对" in (await guest.says(code))[0]["card"]["title"]
    for number in range(4):
        await guest.says(f"邀请码 1234567{number}")
    assert "太多次" in (await guest.says("邀请码 12345678"))[0]["card"]["title"]
    assert await world.fetch("SELECT 1 FROM residence WHERE person_id = :p", p=guest.id) == []


async def _aged(session: Session) -> None:
    await session.execute(sql("UPDATE invitation SET expires_at = now() - interval '30 years'"))


async def test_who_asks_is_confirmed_by_the_worker_and_both_hear(
    world: World, there: Neighbours
) -> None:
    """The register's name goes to the worker alone; the second click learns that it is done."""
    worker, backup, resident = (world.person(one) for one in ("worker", "backup", "resident"))
    said = (await resident.says("我住3幢2单元502"))[0]["card"]
    assert said["title"] == "已经请网格员确认：您住3幢 2单元 502室。"
    assert "周" not in str(said).replace("周玉兰", "")
    theirs = await newest(worker)
    assert theirs["title"] == "周玉兰想登记住址"
    assert "周**" in str(theirs["fields"])
    assert "周秀兰" not in str(theirs)
    assert not any("想登记住址" in one["title"] for one in await backup.cards())
    again = (await resident.says("我住3幢2单元602"))[0]["card"]
    assert "还有一个申请在等确认" in again["title"]

    await worker.clicks("binding.yes")
    assert (await newest(resident))["title"] == "登记好了：您住3幢 2单元 502室。"
    assert await lives(world, resident) == [there.flats["502"]]
    assert "已经有人办过" in (await worker.clicks("binding.no"))[0]["card"]["title"]
    assert "已经登记" in (await resident.says("我住3幢2单元502"))[0]["card"]["title"]


@pytest.mark.usefixtures("there")
async def test_a_request_may_be_refused_or_taken_back(world: World) -> None:
    """Nothing is written then; a new one may be asked."""
    worker, resident = world.person("worker"), world.person("resident")
    await resident.says("我住3幢2单元502")
    await worker.clicks("binding.no")
    assert (await newest(resident))["title"] == "申请没有通过。"
    await resident.says("我住3幢2单元602")
    await resident.clicks("binding.withdraw")
    assert "撤回了申请" in (await newest(worker))["title"]
    assert await lives(world, resident) == []
    assert (await worker.says("绑定申请"))[0]["card"]["title"] == "现在没有等您确认的申请。"


async def test_nobody_on_duty_means_all_of_the_grid_and_nobody_confirms_themselves(
    world: World, there: Neighbours
) -> None:
    """The list of open requests shows what cards were missed; the asker's own click is refused."""
    resident = world.person("resident")
    await world.db.run(_duties_end)
    await resident.says("我住3幢2单元502")
    for name in ("worker", "backup", "lead"):
        assert (await newest(world.person(name)))["title"] == "周玉兰想登记住址"
    listed = (await world.person("backup").says("绑定申请"))[0]["card"]
    assert listed["actions"][0]["label"] == "3幢 2单元 502室 周**"

    async def makes_worker(session: Session) -> None:
        await make.membership(
            session, resident.id, Role.WORKER, where=world.community, grid_id=world.grid
        )

    await world.db.run(makes_worker)
    await resident.says("绑定申请")
    await resident.says("1")
    assert "没有办这件事的权限" in (await resident.clicks("binding.yes"))[0]["card"]["title"]


async def _duties_end(session: Session) -> None:
    await session.execute(sql("UPDATE shift SET left_at = now()"))


async def test_the_worker_knows_that_it_is_the_registered_one(
    world: World, there: Neighbours
) -> None:
    """The newcomer's account becomes the registered person's: one person, groups and all."""
    worker, guest = world.person("worker"), await newcomer(world)
    await guest.says("我住3幢2单元502")
    await worker.chooses("就是登记的周**")
    owner = await world.fetch(
        "SELECT person_id FROM channel_account WHERE id IN (SELECT id FROM channel_account "
        "WHERE person_id = :p)", p=there.people["周秀兰"],
    )  # fmt: skip
    assert len(owner) == 1
    joined = Human(world, there.people["周秀兰"], "周秀兰")
    assert (await newest(joined))["title"].startswith("登记好了")
    rows = await world.fetch(
        "SELECT count(*) AS n FROM residence WHERE home_id = :h AND until IS NULL",
        h=there.flats["502"],
    )
    assert rows[0].n == 1


async def test_after_a_code_the_worker_may_still_say_who_it_was(
    world: World, there: Neighbours
) -> None:
    """What the code registered a moment ago gives way to the registered person."""
    worker, guest = world.person("worker"), await newcomer(world)
    code = digits((await worker.says("邀请 3幢2单元502"))[0]["card"])
    await guest.says(code)
    await worker.chooses("就是登记的周**")
    rows = await world.fetch(
        "SELECT person_id FROM residence WHERE home_id = :h AND until IS NULL",
        h=there.flats["502"],
    )
    assert [row.person_id for row in rows] == [there.people["周秀兰"]]


@pytest.mark.usefixtures("there")
async def test_whoever_would_lose_something_is_not_joined(world: World) -> None:
    """A resident with points stays who they are; the request waits on."""
    worker, resident = world.person("worker"), world.person("resident")
    await world.db.run(lambda s: make.points(s, world.community, resident.id, 50, now=world.now))
    await resident.says("我住3幢2单元502")
    refused = (await worker.chooses("就是登记的周**"))[0]["card"]["title"]
    assert refused
    assert (await world.fetch("SELECT state FROM binding"))[0].state == "asked"
    await worker.clicks("binding.yes")
    assert (await world.fetch("SELECT state FROM binding"))[0].state == "confirmed"


async def test_an_unknown_flat_offers_the_nearest_and_the_flow_goes_on(
    world: World, there: Neighbours
) -> None:
    """Words without a flat are asked for one; 取消 leaves."""
    resident = world.person("resident")
    assert (await resident.says("登记住址"))[0]["card"]["title"] == "请告诉我您住哪里"
    assert "没看出是哪一户" in (await resident.says("就在菜场旁边"))[0]["card"]["summary"]
    near = (await resident.says("三幢二单元五零三"))[0]["card"]
    assert near["title"] == "没有这一户。"
    assert (await resident.says("1"))[0]["card"]["title"].startswith("已经请网格员确认")
    await resident.clicks("binding.withdraw")
    await resident.says("登记住址")
    await resident.says("取消")
    assert (await resident.says("我的积分"))[0]["card"]["title"].startswith("您现在有")
