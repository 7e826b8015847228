"""Asking first: the article's story, and every way in which the answer may come or not."""

from typing import Any

import pytest

from core.crypto import seal_json
from core.db import sql
from core.errors import UserError
from models import How, RuleKind, Severity
from ops import check
from services.actors import actor
from services.tickets import safety
from tests.world import World

UNUSED: dict[str, Any] = {
    "metric": "water_total", "looks_for": RuleKind.ABSENCE, "limit": 0.01, "span_s": 48 * 3600,
    "severity": Severity.CARE, "kind": "water",
}  # fmt: skip


async def two_days_without_water(world: World) -> None:
    """Let the meter of an elder count nothing for two days."""
    await world.rule("water_unused", **UNUSED)
    await world.rings("water", water_consumed=10.0)
    await world.jumps(hours=24)
    await world.rings("water", water_consumed=10.0)
    await world.jumps(hours=24)


async def ticket(world: World) -> tuple[str, int]:
    """Return (status, epoch) of the only ticket."""
    row = (await world.fetch("SELECT status, epoch FROM ticket"))[0]
    return row.status, row.epoch


async def kinds(world: World) -> list[str]:
    """List what happened, in order."""
    return [row.kind for row in await world.fetch("SELECT kind FROM ticket_event ORDER BY id")]


async def clean(world: World) -> None:
    """Let the invariants hold."""
    async with world.db.reading() as session:
        broken = [one for one in await check.run(session, now=world.now) if one["broken"]]
    assert not broken


async def test_she_is_at_her_daughters_and_nobody_runs(world: World) -> None:
    """Two days without water: the family is asked, the worker sees it, "with me", no trip."""
    worker, family = world.person("worker"), world.person("family")
    await two_days_without_water(world)
    assert "正在问家属，还剩 10 分钟" in (await worker.card())["summary"]
    assert "立即上门" in [one["label"] for one in (await worker.card())["actions"]]
    assert [one["label"] for one in (await family.card())["actions"]] == ["平安", "没联系上"]
    assert await worker.rings() == 1

    asked = await family.clicks("safe.yes")
    assert [one["label"] for one in asked[0]["card"]["actions"]] == [
        "刚通过话", "和我在一起", "我猜没事",
    ]  # fmt: skip
    await family.chooses("和我在一起")
    assert await ticket(world) == ("resolved", 1)
    assert "不用上门" in (await worker.card())["summary"]
    assert "老人和他（她）在一起" in str((await worker.card())["fields"])
    await world.passes(minutes=30)
    assert await worker.rings() == 1
    assert await world.person("backup").rings() == 0
    await clean(world)


async def test_unanswered_for_ten_minutes_somebody_goes(world: World) -> None:
    """The worker is rung again, then backup and lead, then everyone."""
    worker = world.person("worker")
    await two_days_without_water(world)
    await world.passes(minutes=9, seconds=50)
    assert await worker.rings() == 1
    assert "还剩 10 分钟" in (await worker.card())["summary"]
    await world.passes(seconds=10)
    assert await worker.rings() == 2
    assert "请接单上门" in (await worker.card())["summary"]
    await world.passes(minutes=15)
    assert await world.person("backup").rings() == 1
    await worker.clicks("ticket.ack")
    await clean(world)


async def test_the_worker_may_go_at_once(world: World) -> None:
    """立即上门 is 接单: the asking is over, and nobody else is rung."""
    await two_days_without_water(world)
    await world.person("worker").chooses("立即上门")
    assert await ticket(world) == ("acked", 1)
    await world.passes(minutes=29)
    assert await world.person("worker").rings() == 1
    assert "王建国" in (await world.person("family").card())["summary"]
    await clean(world)


async def test_not_reached_sends_somebody_at_once(world: World) -> None:
    """没联系上 ends the ten minutes."""
    await two_days_without_water(world)
    await world.person("family").clicks("safe.no")
    assert await world.person("worker").rings() == 2
    assert "没联系上" in str((await world.person("worker").card())["fields"])
    await world.passes(minutes=15)
    assert await world.person("backup").rings() == 1
    await clean(world)


async def test_a_guess_resolves_nothing(world: World) -> None:
    """我猜没事: it is shown, and the ten minutes run on."""
    await two_days_without_water(world)
    await world.person("family").clicks("safe.yes")
    said = await world.person("family").chooses("我猜没事")
    assert "还是请网格员上门" in said[0]["card"]["title"]
    assert await ticket(world) == ("open", 1)
    await world.passes(minutes=10)
    assert await world.person("worker").rings() == 2
    await clean(world)


async def test_the_worse_of_two_answers_wins(world: World) -> None:
    """The elder's card says safe, the daughter can't reach her: somebody goes."""
    await two_days_without_water(world)
    await world.person("elder").clicks("safe.yes")
    assert await ticket(world) == ("resolved", 1)
    await world.person("family").clicks("safe.no")
    assert await ticket(world) == ("open", 2)
    assert await world.person("worker").rings() == 2
    assert "请接单上门" in (await world.person("worker").card())["summary"]
    await clean(world)


async def test_the_worse_answer_wins_also_when_it_comes_first(world: World) -> None:
    """A later "safe" calls nobody back whom somebody else has sent."""
    await two_days_without_water(world)
    await world.person("family").clicks("safe.no")
    await world.person("elder").clicks("safe.yes")
    assert await ticket(world) == ("open", 1)
    await clean(world)


async def test_an_answer_can_be_taken_back_for_ten_minutes(world: World) -> None:
    """Then the ticket is open again and asks anew; later it is too late."""
    family = world.person("family")
    await two_days_without_water(world)
    await family.clicks("safe.yes")
    await family.chooses("刚通过话")
    await world.passes(minutes=9)
    await family.clicks("safe.undo")
    assert await ticket(world) == ("open", 2)
    assert "正在问家属" in (await world.person("worker").card())["summary"]
    await family.clicks("safe.yes")
    await family.chooses("刚通过话")
    await world.passes(minutes=10, seconds=10)
    said = await family.clicks("safe.undo")
    assert "不能撤回" in said[0]["card"]["title"]
    assert await ticket(world) == ("resolved", 2)
    await clean(world)


async def test_without_a_sign_of_life_in_four_hours_it_asks_again(world: World) -> None:
    """Whatever was said; but a door that opened is a sign, and the ticket is over."""
    await two_days_without_water(world)
    await world.person("elder").clicks("safe.yes")
    await world.jumps(hours=4)
    assert await ticket(world) == ("open", 2)
    assert "正在问家属" in (await world.person("worker").card())["summary"]
    await world.person("elder").clicks("safe.yes")
    await world.rings("door", contact=True)
    await world.passes(minutes=1)
    await world.rings("door", contact=False)
    await world.jumps(hours=4)
    assert await ticket(world) == ("closed", 2)
    await clean(world)


@pytest.mark.parametrize(
    ("groups", "asked"),
    [
        (["disabled"], False),
        (["dementia", "empty_nest"], False),
        (["living_alone", "over80"], False),
        (["over80"], True),
        (["living_alone"], True),
    ],
    ids=["失能", "失智", "80+ alone", "80+ with somebody", "younger alone"],
)
async def test_for_the_frail_somebody_goes_at_once(
    world: World, groups: list[str], asked: bool  # noqa: FBT001  a row of the table
) -> None:  # fmt: skip
    """失能, 失智, or 80 and over and living alone: nobody waits for an answer."""
    await world.db.run(
        lambda s: s.execute(
            sql("UPDATE residence SET groups = :groups"),
            {"groups": seal_json(groups, "residence.groups")},
        )
    )
    await two_days_without_water(world)
    card = await world.person("worker").card()
    assert ("正在问家属" in card["summary"]) is asked
    assert ("asked" in await kinds(world)) is asked
    assert await world.person("family").rings() == 1
    await clean(world)


async def test_with_nobody_to_ask_somebody_goes_at_once(world: World) -> None:
    """No chat, neither of the elder nor of any relative."""
    unreachable = sql(
        """
        UPDATE channel_account SET reachable = false
        WHERE person_id IN (SELECT elder_id FROM family_link UNION SELECT relative_id FROM family_link)
        """
    )
    await world.db.run(lambda s: s.execute(unreachable))
    await two_days_without_water(world)
    assert "请接单上门" in (await world.person("worker").card())["summary"]
    await world.passes(minutes=15)
    assert await world.person("backup").rings() == 1
    await clean(world)


async def test_a_second_sign_ends_the_asking(world: World) -> None:
    """No water for two days, and then the door has not been opened either: go there."""
    await two_days_without_water(world)
    await world.rings("door", contact=True)
    await world.rule("door_unopened", **{**UNUSED, "metric": "contact_open", "limit": 0,
                     "kind": "door", "span_s": 300})  # fmt: skip
    await world.passes(minutes=5, seconds=10)
    cards = [c for c in await world.person("worker").cards() if c["key"].startswith("ticket:")]
    assert len(cards) == 2
    assert all("请接单上门" in card["summary"] for card in cards)
    why = await world.fetch("SELECT data FROM ticket_event WHERE kind = 'ask_over'")
    assert [row.data for row in why] == [{"why": "second_sign"}] * 2
    await clean(world)


async def test_a_families_answer_never_stops_the_chain_of_a_life(world: World) -> None:
    """Smoke: whoever says that all is well, everyone is rung until a worker has it."""
    await world.rings("smoke")
    burning = (await world.fetch("SELECT id FROM ticket"))[0].id

    async def work(session: Any) -> None:
        by = await actor(session, world.person("family").id)
        await safety.answer(session, by, ticket=burning, how=How.TOGETHER, now=world.now)

    await world.db.run(work)
    await world.passes(minutes=3)
    assert await ticket(world) == ("open", 1)
    assert await world.person("worker").rings() == 2
    await clean(world)


async def test_only_who_is_asked_answers(world: World) -> None:
    """A neighbour's word, or a worker's, is none of elder or family."""
    await two_days_without_water(world)
    unused = (await world.fetch("SELECT id FROM ticket"))[0].id
    for name in ("resident", "worker"):

        async def work(session: Any, name: str = name) -> None:
            by = await actor(session, world.person(name).id)
            await safety.answer(session, by, ticket=unused, how=How.SELF, now=world.now)

        with pytest.raises(UserError, match="not-allowed"):
            await world.db.run(work)


async def test_words_answer_as_the_buttons_do(world: World) -> None:
    """An elder types 平安; with nothing to answer it is simply good to hear."""
    elder, family = world.person("elder"), world.person("family")
    assert "平安就好" in (await elder.says("平安"))[0]["card"]["title"]
    assert "转人工" in (await family.says("没联系上"))[0]["card"]["title"]
    await two_days_without_water(world)
    await family.says("平安")
    await family.says("2")
    assert await ticket(world) == ("resolved", 1)
    assert (await elder.says("平安"))[0]["card"]["title"] == "好的，知道您平安。"
    await clean(world)
