"""A shop is listed wrongly: residents say so, somebody looks, and everybody finds it put right."""

import pytest

from core.actor import Actor
from core.db import Session
from core.errors import UserError
from services.actors import actor
from services.shops import reports, words
from tests import make
from tests.world import Item, World


@pytest.fixture
async def street(world: World) -> World:
    """Build a street of three shops, one of them the merchant's own."""

    async def work(session: Session) -> None:
        where = world.community
        await make.shop(
            session, "老李修鞋铺", where=where, category="shoe_repair", address="东门 3 号"
        )
        await make.shop(session, "平安大药房", where=where, category="pharmacy", lon=120.062)
        await make.shop(
            session, "桂雨裁缝铺", where=where, category="tailor", lon=120.063,
            merchant_person_id=world.person("resident").id,
        )  # fmt: skip

    await world.db.run(work)
    return world


def title(items: list[Item]) -> str:
    """Take the title of an answer."""
    return str(items[0]["card"]["title"])


async def test_a_shop_that_has_closed_leaves_the_list_when_somebody_has_looked(
    street: World,
) -> None:
    """It stays until then, asks before it writes, and says what came of it."""
    resident, worker = street.person("family"), street.person("worker")
    await resident.says("修鞋")
    await resident.clicks("shop.report")
    asked = await resident.chooses("已经关门不做了")
    assert title(asked) == "“老李修鞋铺”已经关门不做了，对吗？"
    assert title(await resident.chooses("对的")) == "谢谢您告诉我们。"
    assert title(await resident.says("修鞋")) == "老李修鞋铺"  # nobody has looked yet
    told = (await worker.cards())[0]
    assert told["title"] == "居民说“老李修鞋铺”：已经关门不做了"
    assert told["fields"][0]["value"] == "东门 3 号"
    await worker.clicks("shop.true")
    assert (await resident.cards())[0]["title"] == "“老李修鞋铺”已经从名单里去掉了。"
    assert title(await resident.says("修鞋")) == "附近没有查到“修鞋铺”。"


async def test_a_sentence_is_enough_and_no_means_nothing_was_written(street: World) -> None:
    """老李修鞋铺搬走了 begins the same questions."""
    resident = street.person("family")
    assert title(await resident.says("老李修鞋铺已经搬走了")) == "“老李修鞋铺”搬到哪里去了？"
    assert title(await resident.says("菜场东门")) == "“老李修鞋铺”搬到“菜场东门”了，对吗？"
    assert title(await resident.says("不是，算了")) == "好的，没有改动。"
    assert not await street.fetch("SELECT 1 FROM shop_report")


async def test_those_who_say_the_same_stand_on_one_card_and_all_hear_of_it(street: World) -> None:
    """The second one is told that there is a first; the worker decides once."""
    first, second = street.person("family"), street.person("elder")
    for one in (first, second):
        await one.says("平安大药房关门了")
    await first.chooses("对的")
    thanks = await second.chooses("对的")
    assert "2 位邻居" in thanks[0]["card"]["summary"]
    worker = street.person("worker")
    await worker.clicks("shop.untrue")
    for one in (first, second):
        assert (await one.cards())[0]["title"] == "看过了，“平安大药房”的信息没有变。"
    again = await worker.clicks("shop.true")
    assert title(again) == "这条反映已经有人处理过了。"
    assert title(await worker.says("店铺核实")) == "现在没有要核实的店。"


async def test_nobody_sends_workers_about_without_end(street: World) -> None:
    """Some reports an hour are taken, one more is refused and nothing of it is written."""
    resident, said = street.person("family"), ""
    for name in ("聚丰园", "望江楼", "老陈饭庄", "小桥人家", "百味居", "四季香"):

        async def opens(session: Session, name: str = name) -> None:
            await make.shop(session, name, where=street.community, category="restaurant")

        await street.db.run(opens)
        await resident.says(f"{name}关门了")
        said = title(await resident.chooses("对的"))
    assert said.startswith("您刚才反映得很多")
    written = await street.fetch("SELECT count(*) AS n FROM shop_report")
    assert written[0].n == reports.REPORTS_AN_HOUR


async def test_a_merchant_puts_the_own_shop_right_at_once(street: World) -> None:
    """What can't be read is asked again with an example; the rest everybody finds at once."""
    merchant = street.person("resident")
    await merchant.says("附近裁缝")
    await merchant.clicks("shop.report")
    await merchant.chooses("营业时间不对")
    assert "没看懂" in title(await merchant.says("看心情"))
    await merchant.says("上午9点到晚上7点")
    assert "改好了" in title(await merchant.chooses("对的"))
    shown = (await street.person("elder").says("裁缝"))[0]["card"]
    hours = {one["label"]: one["value"] for one in shown["fields"]}
    assert hours["营业时间"] == "上午9点到晚上7点"
    assert hours["现在"] == "现在开着，19:00 关门"


async def test_a_word_that_found_nothing_is_counted_and_can_be_taught(street: World) -> None:
    """The operator sees what was asked for in vain; the taught word works from then on."""
    resident = street.person("family")
    for _ in range(2):
        await resident.says("哪里有绱底子的")

    async def operator(session: Session) -> Actor:
        return await actor(session, street.person("operator").id)

    by = await street.db.run(operator)
    found = await street.db.run(lambda s: words.misses(s, by, street.community))
    assert [(one.word, one.times) for one in found][:1] == [("绱底子", 2)]
    await street.db.run(
        lambda s: words.teach(
            s, by, street.community, word="绱底子", category="修鞋铺", now=street.now
        )
    )
    assert title(await resident.says("附近有绱底子的店吗")) == "老李修鞋铺"
    assert title(await resident.says("绱底子")) == "老李修鞋铺"
    assert not await street.db.run(lambda s: words.misses(s, by, street.community))
    with pytest.raises(UserError, match="shop-category-unknown"):
        await street.db.run(
            lambda s: words.teach(
                s, by, street.community, word="绱底子", category="火箭", now=street.now
            )
        )
