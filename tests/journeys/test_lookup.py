"""查住户: by flat, by name as written or heard, by last four digits, in the own grid alone."""

import pytest

from core.db import Session, sql
from tests.neighbours import Neighbours
from tests.world import Item, World


async def asked(world: World, text: str, who: str = "worker") -> Item:
    """Ask as the worker; returns the answer's card."""
    card: Item = (await world.person(who).says(text))[0]["card"]
    return card


@pytest.mark.usefixtures("there")
async def test_one_flat_is_found_however_it_is_said(world: World) -> None:
    """In figures and words, by a name that was misheard, by four digits; in English too."""
    for text in (
        "3幢2单元502", "查 3-2-502", "三幢二单元五零二", "3号楼2单元502室住的谁", "3懂502住的谁",
        "查502", "查周秀兰", "周秀兰住哪", "查周绣蓝", "查住户 尾号0088", "查一下001X",
        "查13900000088", "查周阿婆", "who lives in building 3 flat 502",
        "find resident zhou xiulan",
    ):  # fmt: skip
        card = await asked(world, text)
        assert (text, card["title"]) == (text, "3幢 2单元 502室")
        assert "周秀兰" in str(card["fields"])
        assert "独居" in str(card["fields"]) or "Living alone" in str(card["fields"])
        assert any(one["url"] == "tel:13900000088" for one in card["actions"])


async def test_a_record_shows_what_is_needed_at_the_door(world: World, there: Neighbours) -> None:
    """Household, groups, contacts with keys to dial, needs, devices with their state."""
    worker = world.person("worker")
    await worker.says("给陈阿婆加联系人 儿子 陈晓明 13900000002，有钥匙")
    await worker.clicks("contact.add")
    await worker.says("给陈阿婆记 听力不好、走路不便")
    await world.rings("smoke")
    card = await asked(world, "查3幢2单元501")
    shown = {one["label"]: one["value"] for one in card["fields"]}
    assert shown["陈桂芳家的钥匙"] == "儿子 陈晓明 13900000002"
    assert shown["陈桂芳需要注意"] == "听力不好、走路不便"
    assert "smoke 正在报警" in shown["设备"]
    assert any(one["url"] == "tel:13900000002" for one in card["actions"])
    care = await asked(world, "陈桂芳的健康档案")
    assert care["title"] == "陈桂芳的关爱资料"
    assert "独居" in str(care["fields"])


@pytest.mark.usefixtures("there")
async def test_every_opening_is_written_down_with_whom_it_was_about(world: World) -> None:
    """A list counts, a record names; both under the worker and the channel."""
    await asked(world, "查3幢")
    await asked(world, "查周秀兰")
    rows = await world.fetch(
        "SELECT action, subject_id, actor_id, way FROM access_entry ORDER BY number"
    )
    read = [row for row in rows if row.action == "people.read"]
    assert [(row.actor_id, row.way) for row in read] == [(world.person("worker").id, "web")]
    assert read[0].subject_id is not None


@pytest.mark.usefixtures("there")
async def test_several_are_numbered_three_at_a_time_with_masked_names(world: World) -> None:
    """A building's flats come in pages; a name in a list is masked until it is opened."""
    card = await asked(world, "查3幢")
    assert [one["id"] for one in card["actions"]] == ["resident.pick"] * 3 + ["resident.more"]
    more = await asked(world, "4")
    assert [one["label"] for one in more["actions"]] == ["3幢 2单元 602室（自住）"]
    assert (await asked(world, "1"))["title"] == "3幢 2单元 602室"
    both = await asked(world, "我网格里有哪些独居老人")
    assert [one["label"] for one in both["actions"]] == [
        "3幢 2单元 501室 陈**", "3幢 2单元 502室 周**"
    ]  # fmt: skip
    assert "陈桂芳" not in str(both)


@pytest.mark.usefixtures("there")
async def test_a_name_that_was_written_beats_one_that_sounds_alike(world: World) -> None:
    """陈桂芳 is not 程贵方, but 陈贵芳 may be both."""
    assert (await asked(world, "查陈桂芳"))["title"] == "3幢 2单元 501室"
    assert (await asked(world, "查程贵方"))["title"] == "3幢 2单元 602室"
    heard = await asked(world, "查陈贵芳")
    assert len(heard["actions"]) == 2


@pytest.mark.usefixtures("there")
async def test_another_grid_is_not_looked_into(world: World) -> None:
    """Neither by flat, nor by name, nor by number; not even whether somebody lives there."""
    assert "不在您的网格" in (await asked(world, "查5幢1单元101"))["title"]
    assert "没有找到" in (await asked(world, "查陈大山"))["title"]
    assert "没有找到" in (await asked(world, "查13900000077"))["title"]
    assert "没有找到" in (await asked(world, "查尾号0077"))["title"]
    assert await world.fetch("SELECT 1 FROM access_entry") == []


@pytest.mark.usefixtures("there")
async def test_a_flat_that_there_is_not_leads_to_the_nearest(world: World) -> None:
    """A slip of one figure is offered again as buttons; an empty flat says that it is empty."""
    card = await asked(world, "查3幢2单元503")
    assert card["title"] == "没有这一户。"
    assert card["actions"][0]["label"] == "3幢 2单元 502室"
    assert (await asked(world, "1"))["title"] == "3幢 2单元 502室"
    empty = await asked(world, "查3幢601")
    assert empty["summary"] == "登记的是没有人住。"
    assert (await asked(world, "3幢有哪些空房"))["title"] == "3幢 2单元 601室"


@pytest.mark.usefixtures("there")
async def test_nobody_but_staff_looks_residents_up(world: World) -> None:
    """A resident has no such intent; a worker's button works as long as the grid is theirs."""
    resident = world.person("resident")
    said = (await resident.says("查周秀兰"))[0]["card"]
    assert "13900000088" not in str(said)
    assert "502" not in str(said)
    await asked(world, "查3幢")

    async def moved(session: Session) -> None:
        await session.execute(
            sql("DELETE FROM membership WHERE person_id = :id"), {"id": world.person("worker").id}
        )

    await world.db.run(moved)
    assert "没有办这件事的权限" in (await asked(world, "1"))["title"]


@pytest.mark.usefixtures("there")
async def test_contacts_are_renewed_counted_and_ended(world: World) -> None:
    """The same number is the same contact; five at most; ending asks once more."""
    worker = world.person("worker")
    assert "姓名和电话" in (await asked(world, "给陈阿婆加联系人 儿子"))["title"]
    for number, told in enumerate(("儿子 陈晓明", "女儿 陈晓芳，有钥匙")):
        await worker.says(f"给陈阿婆加联系人 {told} 1390000000{number}")
        await worker.clicks("contact.add")
    await worker.says("给陈阿婆加联系人 邻居 王秀英 13900000000")
    await worker.clicks("contact.add")
    card = await asked(world, "陈桂芳的健康档案")
    lines = [one["value"] for one in card["fields"] if "13900" in one["value"]]
    assert lines == ["邻居 王秀英 13900000000", "女儿 陈晓芳 13900000001"]
    await worker.chooses("删掉联系人陈晓芳")
    await worker.chooses("确定删掉")
    assert "陈晓芳" not in str(await asked(world, "陈桂芳的健康档案"))
    assert "已经删掉" in (await worker.chooses("确定删掉"))[0]["card"]["title"]
    for number in range(2, 7):
        await worker.says(f"给陈阿婆加联系人 朋友 张小明 1390000000{number}")
        await worker.clicks("contact.add")
    assert "最多记 5 个" in (await worker.cards())[0]["title"]


@pytest.mark.usefixtures("there")
async def test_large_type_and_language_follow_in_the_elders_own_chat(world: World) -> None:
    """What the worker writes down changes how the elder is spoken to, both ways."""
    worker, elder = world.person("worker"), world.person("elder")
    await worker.says("给陈桂芳去掉 大字")
    type_of = "SELECT large_type, lang FROM person WHERE id = :p"
    assert (await world.fetch(type_of, p=elder.id))[0].large_type is False
    said = await asked(world, "给陈桂芳记 大字、说英语、走路不便")
    assert "要大字" in said["summary"]
    row = (await world.fetch(type_of, p=elder.id))[0]
    assert (row.large_type, row.lang) == (True, "en")
    assert (await elder.says("0"))[0]["card"]["title"].isascii()
    left = await asked(world, "给陈桂芳去掉 说英语")
    assert left["summary"] == "要大字、走路不便"
    assert "没听出" in (await asked(world, "给陈桂芳记 爱吃甜的"))["title"]
