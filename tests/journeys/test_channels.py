"""The alarm's and the resident's journey, the same in every channel."""

from uuid import UUID

import pytest

from core.clock import utcnow
from core.db import Session
from ops.fakes.phone import Faults
from services import accounts, linking
from tests.town import EVERYWHERE, VENDORS, Hand, Town


@pytest.mark.parametrize("channel", EVERYWHERE)
async def test_an_alarm_from_the_device_to_blue(town: Town, channel: str) -> None:
    """Rung, taken, arrived, resolved, recovered; the family hears each step that matters."""
    worker = await town.hand("worker", channel)
    family = await town.hand("family", channel)
    await town.world.rings("smoke")
    assert await worker.sees("烟雾")
    assert await family.sees("烟雾")
    assert await town.world.point("smoke") == "alarm"
    await worker.clicks("接单")
    assert await family.sees("网格员" if channel == "telegram" else "王建国")
    await worker.clicks("到场")
    await worker.clicks("处置完成")
    await worker.clicks("误报")
    await worker.clicks("见到本人")
    await worker.says("油烟，已开窗")
    await worker.says("完成")
    assert await town.world.point("smoke") == "handled"
    await town.world.rings("smoke", smoke=False)
    assert await town.world.point("smoke") == "normal"
    assert await family.sees("已处置完成")


@pytest.mark.parametrize("channel", EVERYWHERE)
async def test_a_residents_day(town: Town, channel: str) -> None:
    """Help, a person to talk to and back, words that are not understood, a place."""
    resident = await town.hand("resident", channel)
    worker = await town.hand("worker", "web")
    await resident.says("菜单")
    assert await resident.sees("积分")
    await resident.clicks("我的积分")
    assert await resident.sees("0")
    await resident.says("转人工")
    await worker.clicks("接单")
    await resident.says("楼道灯坏了三天了")
    assert await worker.sees("楼道灯坏了三天了")
    await worker.says("下午就去修")
    assert await resident.sees("下午就去修")
    await resident.says("结束")
    assert await resident.sees("结束")


@pytest.mark.parametrize("channel", VENDORS)
async def test_a_stranger_is_greeted_and_may_call_for_help(town: Town, channel: str) -> None:
    """Nobody has to register before 救命 counts."""
    stranger = await town.stranger(channel)
    assert stranger.phone is not None
    await stranger.phone.joins()
    assert await stranger.sees("邻铃")
    await stranger.says("救命")
    assert await stranger.sees("120") or await stranger.sees("110")
    assert len(await town.world.fetch("SELECT 1 FROM ticket WHERE severity = 'life'")) == 1


@pytest.mark.parametrize("channel", VENDORS)
async def test_a_number_answers_the_newest_card(town: Town, channel: str) -> None:
    """回复1, and 0 for a person, where somebody types instead of pressing."""
    resident = await town.hand("resident", channel)
    await resident.says("帮助")
    await resident.says("99")
    assert await resident.sees("1")
    await resident.says("0")
    assert len(await town.world.fetch("SELECT 1 FROM handover")) == 1


@pytest.mark.parametrize("channel", VENDORS)
async def test_who_leaves_is_reached_another_way(town: Town, channel: str) -> None:
    """A worker who unfollows still gets the alarm, in the web chat."""
    worker = await town.hand("worker", channel)
    assert worker.phone is not None
    await worker.phone.leaves()
    seen = len(worker.shown())
    await town.world.rings("smoke")
    await town.settle()
    assert len(worker.shown()) == seen
    assert await (await town.hand("worker", "web")).sees("烟雾")


@pytest.mark.parametrize("channel", VENDORS)
async def test_a_life_alarm_that_nobody_answers_takes_the_next_channel(
    town: Town, channel: str
) -> None:
    """After half a minute the worker's web chat rings too; a reaction would have stopped it."""
    worker = await town.hand("worker", channel)
    backup = await town.hand("backup", channel)
    await town.world.rings("smoke")
    await backup.sees("烟雾")
    assert await town.world.person("worker").rings() == 0
    await town.ticks(seconds=31)
    assert await worker.sees("烟雾")
    assert await town.world.person("worker").rings() == 1


async def test_one_wechat_user_is_one_person(town: Town) -> None:
    """Known in the mini-program, followed the service account: the vendor says it is the same."""
    family = await town.hand("family", "miniprogram")
    town.fakes["miniprogram"].unions["m-family"] = "union-1"
    town.fakes["wechat"].unions["o-new"] = "union-1"
    await family.says("谢谢")  # the push tells the union id of an account that stood before
    phone = town.fakes["wechat"].phone("o-new")
    await phone.joins()
    await town.settle()
    assert any("认出您了，陈晓明" in shown.text for shown in phone.screen)
    owners = await town.world.fetch("SELECT DISTINCT person_id FROM channel_account a "
                                    "WHERE a.channel IN ('wechat', 'miniprogram')")  # fmt: skip
    assert [row.person_id for row in owners] == [family.human.id]


async def test_a_follower_whom_nobody_knows_is_left_alone(town: Town) -> None:
    """The vendor fails or tells nothing: the greeting is all that is said."""
    phone = town.fakes["wechat"].phone("o-alone")
    await phone.joins()
    await town.settle()
    assert len(phone.screen) == 1
    assert await town.world.fetch("SELECT 1 FROM outbox WHERE state <> 'sent'") == []


async def test_a_link_and_a_code_to_scan_spare_the_typing(town: Town) -> None:
    """绑定账号 gives a Telegram link and a WeChat QR code; the link joins the accounts."""
    family = town.world.person("family")
    town.world.now = utcnow()
    await family.says("绑定账号")
    for _ in range(2):  # the leases of the words and of what came of them: the worker does both
        town.passes(seconds=6)
        await town.settle()
    card = next(one for one in await family.cards() if one["actions"])
    urls = [action["url"] for action in card["actions"]]
    assert len(urls) == 2
    link = next(url for url in urls if url.startswith("https://t.me/"))
    phone = town.fakes["telegram"].phone("77")
    await phone.joins(link.partition("?start=")[2])
    await town.settle()
    assert any("绑定好了，陈晓明" in shown.text for shown in phone.screen)


async def test_a_scanned_code_joins_the_accounts(town: Town) -> None:
    """The WeChat code of 绑定账号 is scanned: what it carries is enough."""
    family = town.world.person("family")
    town.world.now = utcnow()
    await family.says("绑定账号")
    await town.settle()
    town.passes(seconds=6)
    await town.settle()
    (scene,) = town.fakes["wechat"].scenes.values()
    phone = town.fakes["wechat"].phone("o-scans")
    await phone.joins(scene)
    await town.settle()
    assert any("绑定好了，陈晓明" in shown.text for shown in phone.screen)


async def test_a_vendor_that_does_not_say_who_it_is_loses_nothing(town: Town) -> None:
    """It is asked four times, then no more; the greeting is all that the follower hears."""
    wechat = town.fakes["wechat"]
    wechat.unions["o-new"] = "union-1"
    phone = wechat.phone("o-new")
    wechat.faults = Faults(1.0, ("500",))
    await phone.joins()
    await town.settle()
    asked = await town.world.fetch("SELECT state, attempts FROM outbox WHERE kind = 'fetch'")
    assert [(row.state, row.attempts) for row in asked] == [("sent", 4)]
    wechat.faults = Faults()
    town.passes(seconds=6)
    await town.settle()
    assert len(phone.screen) == 1
    assert not any("没有收到" in shown.text for shown in phone.screen)


async def test_two_who_are_known_already_stay_two(town: Town) -> None:
    """The same WeChat user, but each account has a past: nothing is merged."""
    family = await town.hand("family", "miniprogram")
    worker = await town.hand("worker", "wechat")
    assert await recognised(town, family, "miniprogram") is None
    assert await recognised(town, worker, "wechat") is None
    owners = await town.world.fetch("SELECT DISTINCT person_id FROM channel_account "
                                    "WHERE channel IN ('wechat', 'miniprogram')")  # fmt: skip
    assert {row.person_id for row in owners} == {family.human.id, worker.human.id}


async def test_within_wechat_no_code_to_scan_is_offered(town: Town) -> None:
    """A phone can't scan its own screen; the bot's name is asked once for all links."""
    family = await town.hand("family", "miniprogram")
    town.passes(seconds=6)
    await town.settle()
    before = dict(town.fakes["wechat"].scenes)
    await family.says("绑定账号")
    town.passes(seconds=6)
    assert await family.sees("https://t.me/LinlingBot?start=link-")
    assert town.fakes["wechat"].scenes == before
    asked = [call for call in town.fakes["telegram"].record if call.method.lower() == "getme"]
    assert len(asked) == 1


async def recognised(town: Town, hand: Hand, channel: str) -> UUID | None:
    """Let the vendor say that this hand's account is the user union-1."""

    async def work(session: Session) -> UUID | None:
        account = await accounts.of(session, hand.human.id, channel)
        assert account is not None
        return await linking.recognise(
            session, account, channel=channel, union="union-1", now=town.clock()
        )

    return await town.world.db.run(work)
