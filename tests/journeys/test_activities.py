"""Activities from the list to the credit, and the races for their places."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from core.actor import Role
from core.db import Database, Session
from core.errors import UserError
from ops import check
from services.activities import attendance, enrol
from services.activities.reminders import audible, next_at
from services.actors import actor
from tests import make
from tests.world import World


@pytest.fixture
async def busy(world: World) -> World:
    """Add four activities: tomorrow and the days after, at three in the afternoon."""

    async def add(session: Session) -> None:
        for day, (title, points) in enumerate(
            [("楼道清洁", 20), ("书画班", 0), ("安全讲座", 10), ("量血压", 0)], 1
        ):
            await make.activity(
                session, world.community, world.person("operator").id, title=title, points=points,
                capacity=2, starts_at=at(22 + day, 15),
            )  # fmt: skip

    await world.db.run(add)
    return world


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Name a moment of November 2026 in local time; the world begins on the 22nd at 17:00."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


async def jump(world: World, moment: datetime) -> None:
    """Go to a moment and let the clock tick there."""
    world.now = moment - timedelta(seconds=10)
    await world.passes(seconds=20)


async def test_from_the_list_to_the_credit(busy: World) -> None:
    """A resident joins by numbers, is reminded, is confirmed by the worker, and has the points."""
    resident, worker = busy.person("resident"), busy.person("worker")
    shown = (await resident.says("社区活动"))[0]["card"]
    labels = [field["label"] for field in shown["fields"]]
    assert labels == ["1 楼道清洁", "2 书画班", "3 安全讲座"]
    detail = (await resident.says("1"))[0]["card"]
    assert detail["title"] == "楼道清洁"
    assert "11月23日 周一 15:00–17:00" in str(detail["fields"])
    joined = (await resident.clicks("activity.join"))[0]["card"]
    assert joined["title"] == "报名成功：楼道清洁"
    assert "已报名" in str((await resident.says("我报的活动"))[0]["card"]["fields"])

    await jump(busy, at(22, 18))
    assert (await resident.cards())[0]["title"] == "明天 15:00：楼道清洁"
    await jump(busy, at(23, 13))
    assert (await resident.cards())[0]["title"] == "今天 15:00：楼道清洁"

    await jump(busy, at(23, 17))
    await worker.says("确认出席")
    people = (await worker.clicks("activity.attendance"))[0]["card"]
    assert people["actions"][0]["label"] == "周玉兰到了"
    token = await worker.token("activity.approve")
    done = (await worker.presses(token))[0]["card"]
    assert done["tone"] == "success"
    heard = (await resident.cards())[0]
    assert heard["title"] == "已确认您参加了“楼道清洁”"
    assert heard["summary"] == "得了 20 分，现在一共有 20 分。"
    history = (await resident.says("积分明细"))[0]["card"]
    assert history["fields"][0]["value"] == "参加：楼道清洁，得 20 分"
    again = (await worker.presses(token))[0]["card"]
    assert "已经确认过" in again["title"]
    assert (await busy.fetch("SELECT balance FROM account WHERE kind = 'resident'")) == [(20,)]
    await clean(busy)


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ("明天有什么活动", ["1 楼道清洁"]),
        ("周三有活动吗", ["1 安全讲座"]),
        ("what is on tomorrow", ["1 楼道清洁"]),
        ("下周末有什么活动", ["1 楼道清洁", "2 书画班", "3 安全讲座"]),
    ],
)
async def test_a_day_that_was_named_is_kept_to(busy: World, asked: str, titles: list[str]) -> None:
    """Only what is on then; where there is nothing, that is said above what else is coming."""
    shown = (await busy.person("resident").says(asked))[0]["card"]
    assert [field["label"] for field in shown["fields"]] == titles
    assert ("没有活动" in shown["title"]) is (len(titles) == 3)


async def test_the_next_page_keeps_to_the_days_too(busy: World) -> None:
    """更多活动 after 下周 stays within next week."""
    resident = busy.person("resident")
    await resident.says("下周有什么活动")
    rest = (await resident.clicks("activity.more"))[0]["card"]
    assert [field["label"] for field in rest["fields"]] == ["1 量血压"]


async def test_leaving_is_asked_once_more_and_frees_the_place(busy: World) -> None:
    """Two places: the third is told it is full, until somebody leaves."""
    resident, elder, family = (busy.person(p) for p in ("resident", "elder", "family"))
    for one in (resident, elder):
        await one.says("社区活动")
        await one.says("1")
        await one.clicks("activity.join")
    await family.says("社区活动")
    full = (await family.says("1"))[0]["card"]
    assert "名额已满" in full["summary"]
    assert "activity.join" not in [action["id"] for action in full["actions"]]

    asked = (await elder.says("取消报名"))[0]["card"]
    assert "真的不参加" in asked["title"]
    assert (await busy.fetch("SELECT max(taken) FROM activity")) == [(2,)]
    await elder.clicks("activity.leave")
    await family.says("社区活动")
    await family.says("1")
    assert "报名成功" in (await family.clicks("activity.join"))[0]["card"]["title"]
    await clean(busy)


async def test_words_name_an_activity_and_nothing_is_joined_without_a_press(busy: World) -> None:
    """报名安全讲座 shows it; a stale button joins once; two at a time are refused."""
    resident = busy.person("resident")
    shown = (await resident.says("我要报名安全讲座"))[0]["card"]
    assert shown["title"] == "安全讲座"
    assert await busy.fetch("SELECT 1 FROM enrolment") == []
    token = await resident.token("activity.join")
    await resident.presses(token)
    assert "已经报过名" in (await resident.presses(token))[0]["card"]["title"]

    async def clash(session: Session) -> None:
        await make.activity(
            session, busy.community, busy.person("operator").id, title="合唱", starts_at=at(25, 16)
        )

    await busy.db.run(clash)
    await resident.says("我要报名合唱")
    assert "这个时间您已经报了" in (await resident.clicks("activity.join"))[0]["card"]["title"]
    await clean(busy)


async def test_attendance_is_for_staff_after_the_beginning_and_not_for_oneself(
    busy: World,
) -> None:
    """The service refuses, whatever button somebody has."""
    resident, worker = busy.person("resident"), busy.person("worker")
    await resident.says("社区活动")
    await resident.says("1")
    await resident.clicks("activity.join")
    assert "没有办这件事的权限" in (await resident.says("确认出席"))[0]["card"]["title"]
    assert "没有要确认出席" in (await worker.says("确认出席"))[0]["card"]["title"]
    activity = (await busy.fetch("SELECT activity_id FROM enrolment"))[0][0]

    async def approve(by: UUID, person: UUID, when: datetime) -> None:
        async def work(session: Session) -> None:
            who = await actor(session, by)
            await attendance.approve(session, who, activity=activity, person=person, now=when)

        await busy.db.run(work)

    with pytest.raises(UserError, match="activity-not-begun"):
        await approve(worker.id, resident.id, busy.now)
    with pytest.raises(UserError, match="not-allowed"):
        await approve(resident.id, resident.id, at(23, 16))
    with pytest.raises(UserError, match="not-allowed"):
        await approve(worker.id, worker.id, at(23, 16))
    assert await busy.fetch("SELECT 1 FROM transfer") == []


async def test_thirty_people_want_ten_places_at_once(db_url: str, tmp_path: Path) -> None:
    """Over thirty real connections exactly ten get one; twenty are told plainly."""
    db = Database(db_url, pool=30)
    world = await World.built(db, tmp_path)

    async def add(session: Session) -> tuple[UUID, list[UUID]]:
        made = await make.activity(
            session, world.community, world.person("operator").id, starts_at=at(25, 15)
        )
        people = []
        for number in range(30):
            someone = await make.person(session, f"居民{number}")
            await make.membership(session, someone.id, Role.RESIDENT, where=world.community)
            people.append(someone.id)
        return made.id, people

    activity, people = await db.run(add)

    async def join(person: UUID) -> str:
        async def work(session: Session) -> None:
            who = await actor(session, person)
            await enrol.join(session, who, activity=activity, now=world.now)

        try:
            await db.run(work)
        except UserError as error:
            return error.key
        return "joined"

    results = await asyncio.gather(*(join(person) for person in people * 2))
    assert results.count("joined") == 10
    assert set(results) == {"joined", "activity-full", "activity-joined-already"}
    assert await world.fetch("SELECT taken FROM activity") == [(10,)]
    assert await world.fetch("SELECT count(*) FROM enrolment WHERE status = 'joined'") == [(10,)]
    await clean(world)
    await db.aclose()


@pytest.mark.parametrize(
    ("starts", "now", "expected"),
    [
        (at(25, 15), at(22, 17), at(24, 18)),
        (at(25, 15), at(24, 18), at(25, 13)),
        (at(25, 15), at(25, 13), None),
        (at(25, 9), at(24, 18), at(25, 8)),  # seven in the morning is too early
        (at(25, 7), at(24, 18), None),
        (at(25, 23, 30), at(24, 18), None),  # half past nine in the evening is too late
    ],
)
def test_when_somebody_is_reminded(
    starts: datetime, now: datetime, expected: datetime | None
) -> None:
    """The evening before and two hours before, never in quiet hours, never after the beginning."""
    assert next_at(starts, now=now) == expected


def test_quiet_hours_end_in_the_morning() -> None:
    """From nine in the evening to eight nobody is rung for an activity."""
    assert audible(at(24, 22)) == at(25, 8)
    assert audible(at(25, 3)) == at(25, 8)
    assert audible(at(25, 12)) == at(25, 12)


async def test_a_reminder_missed_overnight_comes_once_in_the_morning(busy: World) -> None:
    """A worker process that was down at six does not ring at ten, and then not twice."""
    resident = busy.person("resident")
    await resident.says("社区活动")
    await resident.says("1")
    await resident.clicks("activity.join")
    before = len(await resident.items())
    await jump(busy, at(22, 22))
    assert len(await resident.items()) == before
    await jump(busy, at(23, 8))
    assert len(await resident.items()) == before + 1
    await jump(busy, at(23, 13))
    await jump(busy, at(23, 14))
    assert len(await resident.items()) == before + 2


async def clean(world: World) -> None:
    """Prove the invariants."""
    await world.settle()
    async with world.db.reading() as session:
        broken = [one for one in await check.run(session, now=world.now) if one["broken"]]
    assert not broken
