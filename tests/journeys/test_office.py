"""The telephone of the community's office: set once, offered wherever people are sent to it."""

import pytest

from core.db import Session, sql
from ops.init import make_operator
from services.office import read_phone
from tests.world import World

_PASSWORD = "correct horse battery"


async def office(world: World, phone: str = "0519-12345678") -> None:
    """Make the first operator, and say how the office is reached."""
    await make_operator(
        world.db, community="default", account="zhaomin", name="赵敏", password=_PASSWORD,
        phone=phone,
    )  # fmt: skip


async def test_the_telephone_is_offered_when_something_went_wrong(world: World) -> None:
    """An apology sends people to the telephone, so the number is there."""
    elder = world.person("elder")
    breaks = sql("ALTER TABLE activity RENAME TO lost")
    await world.db.run(lambda session: session.execute(breaks))
    sorry = (await elder.says("社区活动"))[0]["card"]
    assert sorry["title"].startswith("对不起")
    assert sorry["actions"] == []
    await office(world)
    sorry = (await elder.says("社区活动"))[0]["card"]
    assert [one["url"] for one in sorry["actions"]] == ["tel:0519-12345678"]


async def test_a_worker_with_nobody_to_help_gets_the_telephone(world: World) -> None:
    """The grid has no other worker: the office is one press away."""
    await office(world)
    await world.rings("smoke")
    worker = world.person("worker")
    await worker.says("接单")
    others = [world.person(name).id for name in ("backup", "lead")]

    async def leave(session: Session) -> None:
        for table in ("shift", "membership"):
            gone = sql(f"DELETE FROM {table} WHERE person_id = ANY(:others)")  # noqa: S608  (ours)
            await session.execute(gone, {"others": others})

    await world.db.run(leave)
    alone = (await worker.says("请求支援"))[0]["card"]
    assert "没有别人" in alone["title"]
    assert alone["actions"][0]["url"] == "tel:0519-12345678"


async def test_without_a_number_the_old_one_stays(world: World) -> None:
    """A second operator is made without a word about the telephone."""
    await office(world)
    await office(world, phone="")
    rows = await world.fetch("SELECT phone FROM community")
    assert [row.phone for row in rows] == ["0519-12345678"]


@pytest.mark.parametrize("text", ["12", "call me", "0519-8800+1", ""])
def test_what_is_no_number_is_refused(text: str) -> None:
    """Somebody would dial it."""
    with pytest.raises(ValueError, match="telephone"):
        read_phone(text)


def test_a_number_is_read_as_people_type_it() -> None:
    """Full-width digits and blanks are no fault."""
    assert read_phone(" ０５１９ 8800-0000") == "05198800-0000"
