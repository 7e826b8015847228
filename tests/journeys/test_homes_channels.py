"""People and homes in every channel: the worker's errands, a resident's and a family's bindings."""

import re
from datetime import timedelta

import pytest

from core.clock import utcnow
from core.db import Session
from tests import make
from tests.neighbours import moved_in
from tests.town import EVERYWHERE, Town

_DAYS = timedelta(days=2)


def digits(text: str) -> str:
    """Read the eight digits of a code."""
    found = re.search(r"\d{4} \d{4}", text)
    assert found, text
    return found[0].replace(" ", "")


@pytest.mark.parametrize("channel", EVERYWHERE)
async def test_the_workers_errands(town: Town, channel: str) -> None:
    """Look up, open one of several, write a contact and needs down, act for somebody."""
    there = await moved_in(town.world)
    worker = await town.hand("worker", channel)
    await worker.says("查3幢")
    await worker.clicks("502")
    assert await worker.sees("周秀兰")
    assert await worker.sees("独居")
    assert await worker.sees("13900000088")
    await worker.says("给周阿婆加联系人 女儿 周晓梅 13900000003，有钥匙")
    await worker.clicks("对，记下")
    await worker.says("给周阿婆记 听力不好")
    await worker.says("查周绣蓝的健康档案")
    assert await worker.sees("周晓梅")
    assert await worker.sees("13900000003")
    assert await worker.sees("听力不好")

    async def plan(session: Session) -> None:
        await make.activity(
            session, town.world.community, town.world.person("operator").id,
            starts_at=utcnow().replace(hour=8) + _DAYS,
        )  # fmt: skip

    await town.world.db.run(plan)
    await worker.says("代办 周秀兰")
    await worker.says("社区活动")
    assert await worker.sees("正在为周**代办")
    await worker.clicks("楼道清洁")
    await worker.clicks("报名")
    rows = await town.world.fetch("SELECT person_id FROM enrolment")
    assert [row.person_id for row in rows] == [there.people["周秀兰"]]
    await worker.says("结束代办")
    assert await worker.sees("已经结束为周**代办")


@pytest.mark.parametrize("channel", EVERYWHERE)
async def test_a_residents_flat_and_a_familys_link(town: Town, channel: str) -> None:
    """Asked and confirmed; invited by the elder; ended in two steps."""
    await moved_in(town.world)
    resident, elder = await town.hand("resident", channel), await town.hand("elder", channel)
    worker = await town.hand("worker", "web")
    await resident.says("登记住址")
    await resident.says("三幢二单元六零二")
    assert await resident.sees("已经请网格员确认")
    await worker.says("绑定申请")
    await worker.clicks("602")
    await worker.clicks("确认，是新来的住户")
    assert await resident.sees("登记好了")
    await elder.says("邀请我女儿")
    await resident.says(f"邀请码 {digits(await elder.reads())}")
    assert await resident.sees("绑定好了")
    await resident.clicks("女儿")
    await town.world.rings("smoke")
    assert await resident.sees("烟雾")
    await resident.says("解除绑定")
    await resident.clicks("解除和陈桂芳的绑定")
    await resident.clicks("确定解除")
    assert await resident.sees("绑定已解除")
    live = await town.world.fetch("SELECT 1 FROM family_link WHERE ended_at IS NULL")
    assert len(live) == 1


@pytest.mark.parametrize("channel", ["wechat", "telegram"])
async def test_a_stranger_with_the_workers_code_is_at_home(town: Town, channel: str) -> None:
    """Eight digits and nothing else; then the worker knows who it is."""
    there = await moved_in(town.world)
    worker = await town.hand("worker", "web")
    await worker.says("邀请 3幢2单元502")
    code = digits(await worker.reads())
    stranger = await town.stranger(channel)
    assert stranger.phone is not None
    await stranger.phone.joins()
    await stranger.says(code)
    assert await stranger.sees("登记好了")
    town.passes(hours=11)  # what is not urgent waits for the morning
    await town.settle()
    await worker.clicks("就是登记的周**")
    rows = await town.world.fetch("SELECT person_id FROM channel_account WHERE channel = :c",
                                  c=channel)  # fmt: skip
    assert [row.person_id for row in rows] == [there.people["周秀兰"]]
