"""Three relatives on three channels: each asked, each sees the others' answers and how it ends."""

import pytest

from core.actor import Role
from core.db import Session
from tests import make
from tests.journeys.test_alarm import clean
from tests.town import Hand, Town

pytestmark = pytest.mark.real_clock


async def family_of_three(town: Town) -> dict[str, Hand]:
    """Let a daughter on WeChat and a nephew on Telegram hear of the alarms too."""
    world = town.world

    async def joined(session: Session) -> None:
        nephew = await world._join(session, "nephew", "陈立", Role.FAMILY)
        for relative in (nephew, world.person("resident").id):
            await make.family(session, world.person("elder").id, relative, where=world.community)
        await make.rule(session, world.community, "smoke", severity="care", version=2)

    await world.db.run(joined)
    ways = {"family": "web", "resident": "wechat", "nephew": "telegram"}
    return {name: await town.hand(name, channel) for name, channel in ways.items()}


async def test_three_relatives_hear_answer_and_read_of_each_other(town: Town) -> None:
    """The worse answer wins whoever gave it; all three read who goes, arrives, sees her, and ends."""
    hands = await family_of_three(town)
    worker = await town.hand("worker", "web")
    await town.world.rings("smoke")
    for name, hand in hands.items():
        assert await hand.sees("请给老人打个电话"), name

    await hands["family"].clicks("平安")
    await hands["family"].clicks("我猜没事")
    await hands["resident"].clicks("没联系上")
    for name, others in (("family", "没联系上"), ("resident", "猜没事"), ("nephew", "没联系上")):
        assert await hands[name].sees(others), name
    assert await hands["family"].sees("周玉兰")
    assert not await hands["nephew"].sees("周玉兰")  # no names where the data leaves the country
    assert await worker.sees("不用再等家属答复")

    await worker.clicks("接单")
    await worker.clicks("到场")
    for name, hand in hands.items():
        assert await hand.sees("已到老人家门口"), name
    await worker.clicks("见到本人")
    await worker.clicks("处置完成")
    await worker.clicks("误报")
    await worker.clicks("跳过")
    await town.world.rings("smoke", smoke=False)
    for name, hand in hands.items():
        assert await hand.sees("见到本人"), name
        assert await hand.sees("没事了，老人平安"), name
    assert await hands["family"].sees("王建国")
    assert not await hands["nephew"].sees("王建国")
    await clean(town.world)


async def test_a_relative_who_leaves_does_so_in_two_steps_and_the_others_hear(town: Town) -> None:
    """The consequence is named first; worker, elder and the other two are told; alarms stop."""
    hands = await family_of_three(town)
    elder, worker = await town.hand("elder", "web"), await town.hand("worker", "web")
    await hands["resident"].says("解除绑定")
    await hands["resident"].clicks("解除")
    assert await hands["resident"].sees("都不会再收到消息")
    await town.world.rings("gas")
    assert await hands["resident"].sees("燃气")  # one press ends nothing
    await hands["resident"].says("解除绑定")
    await hands["resident"].clicks("解除")
    await hands["resident"].clicks("确定解除")
    await town.ticks(hours=12)  # what can wait is told by day
    for hand in (elder, worker, hands["family"], hands["nephew"]):
        assert await hand.sees("绑定已解除"), hand.human.name
    before = len(await hands["resident"].screen())
    await town.world.rings("wristband")
    assert len(await hands["resident"].screen()) == before
    assert await hands["family"].sees("一键呼救")
