"""Points spent at a shop: the resident holds and shows a code, the merchant confirms it."""

import re
from typing import Any

import pytest

from core.actor import Role
from core.db import Session, sql
from ops import check
from tests import make
from tests.world import Human, World


@pytest.fixture
async def shop(world: World) -> World:
    """Add a merchant with a reward, and a hundred points for the resident."""

    async def work(session: Session) -> None:
        merchant = await make.person(session, "李师傅")
        await make.membership(session, merchant.id, Role.MERCHANT, where=world.community)
        world.people["merchant"] = Human(world, merchant.id, "李师傅")
        who = world.person("resident").id
        await make.reward(session, world.community, merchant=merchant.id, stock=5)
        await make.points(session, world.community, who, 100, now=world.now)

    await world.db.run(work)
    return world


async def hold(someone: Human, reward: str = "修鞋一次（20 分）") -> dict[str, Any]:
    """Choose a reward, confirm, and return the card with the code."""
    await someone.says("能换什么")
    await someone.chooses(reward)
    card: dict[str, Any] = (await someone.clicks("redeem.hold"))[0]["card"]
    return card


def code_of(card: dict[str, Any]) -> str:
    """Read the six digits off the card."""
    found = re.search(r"(\d{3}) (\d{3})", card["title"])
    assert found
    return found[1] + found[2]


def fields(card: dict[str, Any]) -> dict[str, str]:
    """Read the lines of a card."""
    return {one["label"]: one["value"] for one in card["fields"]}


async def left(world: World, kind: str = "resident") -> int:
    """Add up the accounts of a kind."""
    rows = await world.fetch(
        "SELECT coalesce(sum(balance), 0) AS points FROM account WHERE kind = :kind", kind=kind
    )
    return int(rows[0].points)


async def stock(world: World) -> int:
    """Count what is left of the reward."""
    return int((await world.fetch("SELECT stock FROM reward"))[0].stock)


async def clean(world: World) -> None:
    """Prove the invariants."""
    async with world.db.reading() as session:
        broken = [one for one in await check.run(session, now=world.now) if one["broken"]]
    assert not broken


async def test_a_resident_redeems_and_both_get_the_receipt(shop: World) -> None:
    """Six digits cross the counter; the merchant sees item, amount and 周**, never the name."""
    resident, merchant = shop.person("resident"), shop.person("merchant")
    asked = await resident.says("我的积分")
    assert asked[0]["card"]["title"] == "您现在有 100 分"

    held = await hold(resident)
    assert fields(held) == {"兑换": "修鞋一次", "积分": "20 分", "店家": "老李修鞋铺"}
    assert "17:10" in held["summary"]
    assert (await left(shop), await left(shop, "hold"), await stock(shop)) == (80, 20, 4)

    seen = (await merchant.says(code_of(held)))[0]["card"]
    assert fields(seen) == {"兑换": "修鞋一次", "积分": "20 分", "客人": "周**"}
    assert "周玉兰" not in str(seen)
    done = (await merchant.clicks("redeem.confirm"))[0]["card"]
    told = (await resident.cards())[0]
    assert fields(done)["收据号"] == fields(told)["收据号"] == "000001"
    assert told["title"] == "换好了：修鞋一次"
    assert told["key"] == held["key"]
    assert (await left(shop), await left(shop, "merchant_payable")) == (80, 20)

    again = (await merchant.says(code_of(held)))[0]["card"]
    assert again["title"] == "已经兑换"
    assert again["actions"] == []
    history = (await resident.says("积分明细"))[0]["card"]
    moves = [one["value"].rpartition("，")[2] for one in history["fields"]]
    assert moves == ["用 20 分", "得 100 分"]
    await clean(shop)


async def test_pressing_twice_holds_and_confirms_once(shop: World) -> None:
    """A second press of each button shows how things stand."""
    resident, merchant = shop.person("resident"), shop.person("merchant")
    held = await hold(resident)
    assert (await resident.clicks("redeem.hold"))[0]["card"]["title"] == held["title"]
    await merchant.says(f"兑换码 {code_of(held)}")
    token = await merchant.token("redeem.confirm")
    refuse = await merchant.token("redeem.refuse")
    await merchant.presses(token)
    for other in (token, refuse):
        assert (await merchant.presses(other))[0]["card"]["title"] == "已经兑换"
    assert (await left(shop), await left(shop, "merchant_payable")) == (80, 20)
    await clean(shop)


async def test_the_merchant_refuses_and_the_points_are_back(shop: World) -> None:
    """The resident hears at once; the code is spent all the same."""
    resident, merchant = shop.person("resident"), shop.person("merchant")
    held = await hold(resident)
    await merchant.says(code_of(held))
    await merchant.clicks("redeem.refuse")
    assert (await resident.cards())[0]["title"] == "店家没有给换：修鞋一次"
    assert (await left(shop), await left(shop, "hold"), await stock(shop)) == (100, 0, 5)
    assert (await merchant.says(code_of(held)))[0]["card"]["title"] == "没有兑换"
    await clean(shop)


async def test_the_resident_changes_their_mind(shop: World) -> None:
    """After 不换了 the merchant is told to hand nothing over."""
    resident, merchant = shop.person("resident"), shop.person("merchant")
    held = await hold(resident)
    await merchant.says(code_of(held))
    await resident.clicks("redeem.cancel")
    assert (await merchant.clicks("redeem.confirm"))[0]["card"]["title"] == "客人不换了"
    assert (await left(shop), await left(shop, "merchant_payable")) == (100, 0)
    await clean(shop)


@pytest.mark.parametrize("text", ["取消兑换", "我不换了", "cancel my redemption"])
async def test_a_change_of_mind_in_words_leads_to_the_button(shop: World, text: str) -> None:
    """The code comes again with the button that gives the points back; without one it is said."""
    resident = shop.person("resident")
    assert (await resident.says(text))[0]["card"]["key"].startswith("say:")
    held = await hold(resident)
    assert (await resident.says(text))[0]["card"]["key"] == held["key"]
    await resident.clicks("redeem.cancel")
    assert await left(shop) == 100


async def test_after_ten_minutes_the_points_come_back_by_themselves(shop: World) -> None:
    """A code is good to the last second; then the merchant learns that it is over."""
    resident, merchant = shop.person("resident"), shop.person("merchant")
    held = await hold(resident)
    await merchant.says(code_of(held))
    await shop.passes(minutes=9, seconds=50)
    assert await left(shop, "hold") == 20
    await shop.passes(seconds=10)
    assert (await resident.cards())[0]["title"] == "过了时间，没有换成：修鞋一次"
    assert (await merchant.clicks("redeem.confirm"))[0]["card"]["title"] == "兑换码过了时间"
    assert (await left(shop), await stock(shop)) == (100, 5)
    history = (await resident.says("积分明细"))[0]["card"]
    assert history["fields"][0]["value"].startswith("过了时间没有用，退回：修鞋一次")
    await clean(shop)


async def test_a_code_that_is_over_but_not_swept_yet_confirms_nothing(shop: World) -> None:
    """The time on the hold decides, not the sweep."""
    resident, merchant = shop.person("resident"), shop.person("merchant")
    held = await hold(resident)
    await merchant.says(code_of(held))
    shop.now = shop.now.replace(minute=10)
    assert (await merchant.clicks("redeem.confirm"))[0]["card"]["title"] == "兑换码过了时间"
    assert await left(shop, "hold") == 20
    await shop.passes(seconds=10)
    assert await left(shop) == 100


async def test_five_wrong_codes_lock_the_digits_and_not_the_scanned_code(shop: World) -> None:
    """Guessing ends after five; a QR token can't be guessed, so it goes on working."""
    resident, merchant = shop.person("resident"), shop.person("merchant")
    held = await hold(resident)
    code = code_of(held)
    for tries in (4, 3, 2, 1):
        wrong = (await merchant.says(f"{(int(code) + tries) % 1_000_000:06d}"))[0]["card"]
        assert f"还可以试 {tries} 次" in wrong["summary"]
    locked = (await merchant.says(f"{(int(code) + 9) % 1_000_000:06d}"))[0]["card"]
    assert "请过 10 分钟" in locked["title"]
    assert "输错太多次" in (await merchant.says(code))[0]["card"]["title"]

    qr = next(one["url"] for one in held["actions"] if one["id"] == "redeem.qr")
    token = qr.removeprefix("/api/chat/qr/").removesuffix(".svg")
    assert (await merchant.says(f"redeem:{token}"))[0]["card"]["title"] == "客人要兑换"
    await merchant.says("1")
    assert await left(shop, "merchant_payable") == 20

    again = await hold(resident)
    await shop.passes(minutes=9)
    assert "请过 1 分钟" in (await merchant.says(code_of(again)))[0]["card"]["title"]
    shop.now = shop.now.replace(minute=10)
    last = await hold(resident)
    assert (await merchant.says(code_of(last)))[0]["card"]["title"] == "客人要兑换"


async def test_another_shop_can_t_use_the_code(shop: World) -> None:
    """Neither the digits nor the QR code mean anything to a merchant they are not for."""

    async def join(session: Session) -> None:
        other = await make.person(session, "张师傅")
        await make.membership(session, other.id, Role.MERCHANT, where=shop.community)
        shop.people["other"] = Human(shop, other.id, "张师傅")

    await shop.db.run(join)
    held = await hold(shop.person("resident"))
    token = held["actions"][0]["url"].removeprefix("/api/chat/qr/").removesuffix(".svg")
    other = shop.person("other")
    assert (await other.says(code_of(held)))[0]["card"]["title"] == "没有这个兑换码。"
    assert "不是在您店里用的" in (await other.says(f"redeem:{token}"))[0]["card"]["title"]


async def test_too_few_points_or_none_left_are_said_before_anything_is_held(shop: World) -> None:
    """The card says what is missing; a reward that ran out meanwhile is refused."""
    resident, elder = shop.person("resident"), shop.person("elder")
    await elder.says("能换什么")
    short = (await elder.chooses("修鞋一次（20 分）"))[0]["card"]
    assert short["title"] == "积分不够：要 20 分，您现在有 0 分。"
    await resident.says("能换什么")
    await resident.chooses("修鞋一次（20 分）")

    async def sell_out(session: Session) -> None:
        await session.execute(sql("UPDATE reward SET stock = 0"))

    await shop.db.run(sell_out)
    gone = (await resident.clicks("redeem.hold"))[0]["card"]
    assert gone["title"] == "这一样已经换完了，请看看别的。"
    assert await left(shop, "hold") == 0
    assert (await resident.says("能换什么"))[0]["card"]["title"] == "现在没有可以换的东西。"


async def test_three_rewards_a_page_and_three_movements(shop: World) -> None:
    """Elders read three at a time; 更多 goes on, and numbers choose."""
    resident = shop.person("resident")
    merchant = shop.person("merchant").id

    async def fill(session: Session) -> None:
        for place in range(4):
            item = f"面包 {place}"
            await make.reward(
                session, shop.community, merchant=merchant, item=item, cost=30 + place, item_en=""
            )

    await shop.db.run(fill)
    first = (await resident.says("能换什么"))[0]["card"]
    assert [one["label"] for one in first["fields"]] == ["1 修鞋一次", "2 面包 0", "3 面包 1"]
    second = (await resident.says("4"))[0]["card"]
    assert [one["label"] for one in second["fields"]] == ["1 面包 2", "2 面包 3"]
    assert (await resident.says("2"))[0]["card"]["title"] == "用 33 分换“面包 3”吗？"
    await resident.says("1")
    await resident.clicks("redeem.cancel")
    await resident.says("积分明细")
    assert len((await resident.cards())[0]["fields"]) == 3


async def test_an_english_speaker_is_answered_in_english(shop: World) -> None:
    """Every step, and the message that comes by itself."""
    resident, merchant = shop.person("resident"), shop.person("merchant")

    async def speak(session: Session) -> None:
        await session.execute(
            sql("UPDATE person SET lang = 'en' WHERE id = :id"), {"id": resident.id}
        )

    await shop.db.run(speak)
    assert (await resident.says("my points"))[0]["card"]["title"] == "You have 100 points"
    await resident.clicks("say.list_rewards")
    await resident.chooses("One shoe repair (20 points)")
    held = (await resident.clicks("redeem.hold"))[0]["card"]
    assert held["title"].startswith("Your code is ")
    await merchant.says(code_of(held))
    await merchant.clicks("redeem.confirm")
    assert (await resident.cards())[0]["title"] == "Done: One shoe repair"
    history = (await resident.says("points history"))[0]["card"]
    assert history["fields"][0]["value"].startswith("Redeemed: One shoe repair")


async def test_a_merchant_does_not_redeem_at_their_own_shop(shop: World) -> None:
    """Nobody stands on both sides of the counter."""
    resident = shop.person("resident")
    await shop.db.run(
        lambda s: make.reward(s, shop.community, merchant=resident.id, item="茶叶蛋两个", cost=5)
    )
    await resident.says("能换什么")
    await resident.chooses("茶叶蛋两个（5 分）")
    assert "自己的店" in (await resident.clicks("redeem.hold"))[0]["card"]["title"]


async def test_asking_again_shows_the_code_again(shop: World) -> None:
    """Whoever lost the card says 兑换码."""
    resident = shop.person("resident")
    held = await hold(resident)
    assert (await resident.says("兑换码"))[0]["card"]["title"] == held["title"]
