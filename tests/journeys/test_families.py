"""Elders and relatives: joined with consent, listed for both, ended in two steps."""

import pytest

from core.actor import Actor
from core.db import Session
from core.errors import UserError
from services import actors, homes
from services.people import families
from tests.neighbours import Neighbours, digits, newest
from tests.world import World


async def test_an_elder_invites_and_the_relative_hears_alarms(
    world: World, there: Neighbours
) -> None:
    """A code each; both relatives hear; the list shows who, and by whose consent."""
    elder, resident, family = (world.person(one) for one in ("elder", "resident", "family"))
    code = digits((await elder.says("邀请我女儿"))[0]["card"])
    joined = (await resident.says(f"邀请码 {code}"))[0]["card"]
    assert joined["title"] == "绑定好了：陈桂芳家报警时，您会收到消息。"
    await resident.chooses("女儿")
    assert "周玉兰也会收到消息" in (await newest(family))["title"]
    assert "周玉兰也会收到消息" in (await newest(elder))["title"]
    listed = (await elder.says("我的家属"))[0]["card"]
    assert ("周玉兰", "女儿，老人自己同意的") in [
        (f["label"], f["value"]) for f in listed["fields"]
    ]
    await world.rings("smoke")
    assert await resident.rings() == 1
    grants = await world.fetch(
        "SELECT scope_kind, scope_id FROM membership WHERE person_id = :p AND role = 'family'",
        p=resident.id,
    )
    assert [(row.scope_kind, row.scope_id) for row in grants] == [("person", elder.id)]


async def test_a_relative_asks_and_the_elder_agrees(world: World, there: Neighbours) -> None:
    """Named by name and flat; the elder is asked large and plain, consent is theirs."""
    elder, resident, worker = (world.person(one) for one in ("elder", "resident", "worker"))
    assert (await resident.says("绑定我妈"))[0]["card"]["title"] == "您要绑定哪位老人？"
    assert "没能按您说的" in (await resident.says("陈桂香 3幢2单元601"))[0]["card"]["summary"]
    asked = (await resident.says("陈桂芳 3幢2单元501"))[0]["card"]
    assert asked["title"] == "已经去问老人和网格员。"
    assert (await newest(elder))["title"] == "周玉兰说是您的子女，想在您家报警时也收到消息。"
    assert "想绑定老人陈桂芳" in (await newest(worker))["title"]
    await elder.says("1")
    assert "绑定好了" in (await newest(resident))["title"]
    assert "已经有人办过" in (await worker.clicks("binding.yes"))[0]["card"]["title"]
    link = await world.fetch("SELECT consent_by FROM family_link WHERE relative_id = :p",
                             p=resident.id)  # fmt: skip
    assert link[0].consent_by == elder.id


async def test_the_worker_who_spoke_with_the_elder_stands_for_the_consent(
    world: World, there: Neighbours
) -> None:
    """An elder without chat is asked in person; the list names the worker."""
    resident, worker = world.person("resident"), world.person("worker")
    await resident.says("我是周秀兰的女儿，要绑定，她住3幢2单元502")
    await worker.chooses("老人同意")
    listed = (await resident.says("我的家属"))[0]["card"]
    assert listed["fields"][0]["value"] == "女儿，王建国问过老人"
    link = await world.fetch("SELECT consent_by FROM family_link WHERE elder_id = :p",
                             p=there.people["周秀兰"])  # fmt: skip
    assert link[0].consent_by == worker.id


@pytest.mark.usefixtures("there")
async def test_ending_a_link_takes_two_steps_and_is_told(world: World) -> None:
    """The consequence is named; the elder, the worker and the other relatives hear of it."""
    elder, family, worker = (world.person(one) for one in ("elder", "family", "worker"))
    await family.says("解除绑定")
    asked = (await family.clicks("family.end"))[0]["card"]
    assert "都不会再收到消息" in asked["summary"]
    await world.rings("smoke")
    assert await family.rings() == 1
    await family.clicks("family.end")
    for who in (elder, worker):
        assert any("绑定已解除" in one["title"] for one in await who.cards())
    assert await world.fetch("SELECT 1 FROM membership WHERE scope_kind = 'person'") == []
    await world.rings("gas")
    assert await family.rings() == 1
    assert "已经解除" in (await family.clicks("family.end"))[0]["card"]["title"]


async def test_nobody_else_ends_or_makes_a_link(world: World, there: Neighbours) -> None:
    """Not a stranger, not another grid's worker, not the other relative."""
    elder, family = world.person("elder").id, world.person("family").id

    async def work(session: Session) -> None:
        async def by(who: str) -> Actor:
            return await actors.actor(session, world.person(who).id)

        with pytest.raises(UserError, match="not-allowed"):
            await families.unlink(
                session, await by("resident"), elder=elder, relative=family, now=world.now
            )
        with pytest.raises(UserError, match="not-allowed"):
            await families.link(
                session, await by("family"), elder=elder, relative=world.person("resident").id,
                relation="", now=world.now,
            )  # fmt: skip
        with pytest.raises(UserError, match="not-allowed"):
            await families.link(
                session, await by("worker"), elder=there.people["陈大山"],
                relative=world.person("resident").id, relation="", now=world.now,
            )  # fmt: skip
        assert await homes.statuses(session, world.person("resident").id) == []

    await world.db.run(work)
