"""A resident asks for shops: by need, by name, around a place; numbers, 更多, links."""

from typing import Any

import pytest

from core.db import Session, sql
from tests import make
from tests.world import Item, World

EAST = 0.00106  # degrees of longitude in a hundred metres here


@pytest.fixture
async def street(world: World) -> World:
    """Build a street of shops, each a hundred metres further east; 09:00 UTC is 17:00 here."""
    shops: list[tuple[str, str, dict[str, Any]]] = [
        ("老李修鞋铺", "shoe_repair", {"phone": "13900000005", "tags": ["配钥匙"]}),
        ("平安大药房", "pharmacy", {"phone": "0519-88000001", "hours": "8:00-21:00"}),
        ("听雨早餐店", "breakfast", {"hours": "5点半到9点半"}),
        ("康和药店", "pharmacy", {"hours": "24小时"}),
        ("便民药房", "pharmacy", {"hours": "8:00-12:00"}),
        ("惠民药店", "pharmacy", {"hours": ""}),
        ("桂雨裁缝铺", "tailor", {}),
    ]

    async def work(session: Session) -> None:
        for place, (name, category, more) in enumerate(shops, 1):
            await make.shop(
                session, name, where=world.community, category=category,
                lon=120.06 + place * EAST, **more,
            )  # fmt: skip

    await world.db.run(work)
    return world


def card(items: list[Item]) -> Item:
    """Take the only card of an answer."""
    assert len(items) == 1
    found: Item = items[0]["card"]
    return found


def labels(shown: Item) -> list[str]:
    """List a card's fields by label."""
    return [one["label"] for one in shown["fields"]]


async def test_a_need_finds_the_one_shop_with_telephone_and_the_way(street: World) -> None:
    """附近修鞋: the only cobbler is shown whole, counted from the community's middle."""
    shown = card(await street.person("elder").says("附近修鞋"))
    assert shown["title"] == "老李修鞋铺"
    values = {one["label"]: one["value"] for one in shown["fields"]}
    assert values["路程"] == "约 140 米，慢走约 2 分钟"
    assert values["现在"] == "现在开着，20:00 关门"
    urls = {one["id"]: one["url"] for one in shown["actions"]}
    assert urls["call"] == "tel:13900000005"
    assert urls["route"].startswith("https://apis.map.qq.com/uri/v1/routeplan?type=walk&")
    assert urls["route.amap"].startswith("https://uri.amap.com/navigation?to=120.0")


async def test_three_at_most_then_more_then_one_by_its_number(street: World) -> None:
    """买药: the nearest three, 更多 brings the fourth, a number opens one."""
    resident = street.person("resident")
    shown = card(await resident.says("哪里能买药"))
    assert labels(shown) == ["1 平安大药房", "2 康和药店", "3 便民药房"]
    assert "现在开着，21:00 关门" in shown["fields"][0]["value"]
    assert "24 小时开着" in shown["fields"][1]["value"]
    assert "现在关着，明天 8:00 开门" in shown["fields"][2]["value"]
    assert [one["id"] for one in shown["actions"]][:5] == [
        "shop.show", "shop.show", "shop.show", "shop.more", "call",
    ]  # fmt: skip
    assert card(await resident.says("第二个"))["title"] == "康和药店"
    rest = card(await resident.clicks("shop.more"))
    assert labels(rest) == ["1 惠民药店"]
    assert "shop.more" not in [one["id"] for one in rest["actions"]]
    assert "营业时间没有登记" in rest["fields"][0]["value"]


async def test_a_place_that_was_sent_is_where_the_walk_begins(street: World) -> None:
    """A sent place answers 附近有什么 and starts the questions of the next half hour."""
    resident = street.person("resident")
    east = 120.06 + 7 * EAST
    shown = card(await resident.sends_place(lat=31.72, lon=east))
    assert labels(shown) == ["1 桂雨裁缝铺", "2 惠民药店", "3 便民药房"]
    assert shown["summary"].startswith("从您发来的位置算起")
    assert labels(card(await resident.says("哪里能买药")))[0] == "1 惠民药店"
    row = (await street.fetch("SELECT place FROM conversation WHERE place IS NOT NULL"))[0]
    assert b"120.06" not in bytes(row.place)
    await street.passes(minutes=31)
    assert labels(card(await resident.says("哪里能买药")))[0] == "1 平安大药房"


async def test_a_place_in_gcj02_is_the_same_place(street: World) -> None:
    """WGS-84 taken for GCJ-02 would be half a kilometre off."""
    east = 120.06 + 7 * EAST
    shown = card(
        await street.person("resident").sends_place(
            lat=31.718202, lon=east + 0.0049336, datum="gcj02"
        )
    )
    assert "约 10 米" in shown["fields"][0]["value"]


async def test_what_is_there_and_what_is_not(street: World) -> None:
    """附近有什么 lists what is nearest; a kind that nobody registered is said to be missing."""
    elder = street.person("elder")
    shown = card(await elder.says("附近有什么"))
    assert labels(shown)[0] == "1 老李修鞋铺"
    assert shown["summary"].startswith("从您家算起")
    shown = card(await elder.says("附近有没有花店"))
    assert "花店" in shown["title"]
    assert "没有查到" in shown["title"]
    assert [one["id"] for one in shown["actions"]] == ["say.browse_circle", "say.human"]
    assert labels(card(await elder.clicks("say.browse_circle")))[0] == "1 老李修鞋铺"


async def test_a_shop_that_closed_down_meanwhile(street: World) -> None:
    """An old card's button tells that the shop is gone; the index forgets it at once."""
    elder = street.person("elder")
    await elder.says("附近有什么")
    await street.db.run(
        lambda s: s.execute(sql("UPDATE shop SET enabled = false WHERE name = '老李修鞋铺'"))
    )
    assert "不在名单" in card(await elder.says("1"))["title"]
    assert labels(card(await elder.says("附近有什么")))[0] == "1 平安大药房"


async def test_in_english(street: World) -> None:
    """Somebody whose language is English reads English words around the shops' own names."""
    await street.db.run(lambda s: s.execute(sql("UPDATE person SET lang = 'en'")))
    shown = card(await street.person("resident").says("what is nearby"))
    assert shown["title"] == "The shops nearest to you"
    assert "Shoe repair, about 140 m" in shown["fields"][0]["value"]


async def test_a_place_after_a_question_answers_it_from_there(street: World) -> None:
    """把位置发给我: the pharmacies again, the one next to the place first; later it is forgotten."""
    resident = street.person("resident")
    first = card(await resident.says("哪里能买药"))
    assert "社区中心" in first["summary"]
    shown = card(await resident.sends_place(lat=31.72, lon=120.06 + 6.2 * EAST))
    assert "发来的位置" in shown["summary"]
    assert labels(shown)[0] == "1 惠民药店"
    await street.passes(minutes=11)
    nearby = card(await resident.sends_place(lat=31.72, lon=120.06 + 6.2 * EAST))
    assert nearby["title"] == "离您最近的店"


async def test_a_place_within_a_flow_is_kept_and_the_flow_goes_on(street: World) -> None:
    """The worker at the door is asked again, and the next question starts from the place."""
    worker = street.person("worker")
    await street.rings("smoke")
    await worker.says("接单")
    await worker.says("处置完成")
    kept, asked = await worker.sends_place(lat=31.72, lon=120.06 + 6.2 * EAST)
    assert kept["card"]["title"].startswith("位置收到了")
    assert asked["card"]["title"] == "现场是什么情况？"
    await worker.says("取消")
    assert (await street.fetch("SELECT place FROM conversation WHERE place IS NOT NULL")) != []


async def test_all_are_closed_is_said_and_not_that_there_are_none(street: World) -> None:
    """Who asks at seven in the evening learns when the breakfast shops open again."""
    resident = street.person("resident")
    await street.db.run(
        lambda s: make.shop(
            s, "早安粥铺", where=street.community, category="breakfast", hours="5:00-10:00"
        )
    )
    shown = card(await resident.says("早餐店还开着吗"))
    assert shown["title"] == "附近的早餐店现在都关着"
    assert len(shown["fields"]) == 2
    assert "明天 5:30 开门" in str(shown["fields"])


@pytest.mark.parametrize("text", ["哪些店现在开着", "which shops are open now"])
async def test_whatever_is_open(street: World, text: str) -> None:
    """Without a kind only the open ones are listed, the nearest first."""
    shown = card(await street.person("resident").says(text))
    assert labels(shown) == ["1 老李修鞋铺", "2 平安大药房", "3 康和药店"]
    assert "closed" not in str(shown)


async def test_the_kind_is_not_said_again_in_each_line(street: World) -> None:
    """The title names it; what everything near is called stays in its line."""
    resident = street.person("resident")
    assert "药店，" not in card(await resident.says("哪里能买药"))["fields"][0]["value"]
    assert "修鞋铺，" in card(await resident.says("附近有什么店"))["fields"][0]["value"]
