"""The reason at closing offers what would spare the next false alarm."""

from datetime import timedelta
from typing import Any

import pytest

from core.db import Session
from core.errors import UserError
from models import RuleKind, Severity
from services.actors import actor
from services.ingest import partitions
from services.rules import proposals
from tests.journeys.test_asking import two_days_without_water
from tests.world import World


async def false_absence(world: World) -> Any:
    """Let the worker go there after two days without water, for nothing; returns what is said."""
    worker = world.person("worker")
    await two_days_without_water(world)
    await worker.chooses("立即上门")
    await worker.clicks("ticket.resolve")
    await worker.chooses("误报（做饭、灰尘、误碰）")
    await worker.chooses("通过话")
    return await worker.chooses("跳过")


async def test_a_false_alarm_offers_to_report_the_elder_away(world: World) -> None:
    """The worker heard that she is at her sister's: reported with two presses, blue again."""
    worker, done = world.person("worker"), await false_absence(world)
    assert "免得再误报" in str(done)
    await worker.chooses("7 天")
    await worker.chooses("对，记下")
    row = (await world.fetch("SELECT person_id, set_by FROM away"))[0]
    assert (row.person_id, row.set_by) == (world.person("elder").id, worker.id)
    await world.passes(seconds=10)
    assert await world.point("water") == "normal"


async def test_a_faulty_device_gets_a_maintenance_ticket(world: World) -> None:
    """Once, and it rings nobody: it is for the list."""
    worker = world.person("worker")
    for _ in range(2):
        await world.rings("smoke")
        await worker.clicks("ticket.ack")
        await worker.clicks("ticket.resolve")
        await worker.chooses("设备故障")
        await worker.chooses("见到本人")
        assert "维修清单" in str(await worker.chooses("跳过"))
        await world.rings("smoke", smoke=False)
        await world.passes(seconds=10)
    found = await world.fetch("SELECT severity FROM ticket WHERE what = 'device_faulty'")
    assert [row.severity for row in found] == ["maintenance"]


FAST: dict[str, Any] = {
    "metric": "heart_rate", "looks_for": RuleKind.DURATION, "limit": 100, "clear_limit": 95,
    "span_s": 600, "severity": Severity.CARE, "kind": "wristband",
}  # fmt: skip


async def a_false_pulse(world: World, rate: int) -> Any:
    """Let a pulse stay high and the worker find that it was nothing; returns what is said."""
    worker = world.person("worker")
    await world.rings("wristband", heart_rate=rate)
    await world.passes(minutes=11)
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.resolve")
    await worker.chooses("误报（做饭、灰尘、误碰）")
    await worker.chooses("通过话")
    said = await worker.chooses("跳过")
    await world.rings("wristband", heart_rate=80)
    return said


async def test_a_false_alarm_proposes_a_limit_and_the_operator_accepts_it(world: World) -> None:
    """For her alone and for 90 days, as a version of its own that is written down; then it ends."""
    await world.rule("heart_rate_high", **FAST)
    assert "建议107 次/分" in str(await a_false_pulse(world, 104))
    card = next(one for one in await world.person("operator").cards() if "建议调整" in one["title"])
    assert [one["value"] for one in card["fields"]] == ["100 次/分", "107 次/分"]
    await world.person("operator").clicks("rule.accept")
    (row,) = await world.fetch("SELECT * FROM rule WHERE scope = 'person'")
    assert (row.limit, row.clear_limit) == (107, 102)
    assert row.expires_at - row.created_at == timedelta(days=90)
    assert await world.fetch("SELECT 1 FROM access_entry WHERE action = 'rules.write'")
    assert any("自动恢复" in one["title"] for one in await world.person("worker").cards())
    world.book.read_at = world.registry.read_at = None
    await world.rings("wristband", heart_rate=106)
    await world.passes(minutes=11)
    assert not await world.fetch("SELECT 1 FROM ticket WHERE status <> 'closed'")
    assert not await world.fetch("SELECT 1 FROM rule_proposal WHERE decided_at IS NULL")
    world.now += timedelta(days=90)
    await world.db.run(lambda s: partitions.ensure(s, now=world.now))
    await world.rings("wristband", heart_rate=106)
    await world.passes(minutes=11)
    assert await world.fetch("SELECT 1 FROM ticket WHERE status <> 'closed'")


async def test_a_limit_is_declined_or_not_even_proposed(world: World) -> None:
    """What lies far beyond the limit is no matter of limits; who is no operator decides nothing."""
    await world.rule("heart_rate_high", **FAST)
    assert "建议" not in str(await a_false_pulse(world, 140))
    await world.passes(hours=2)
    await a_false_pulse(world, 103)
    assert await world.person("worker").says("限值建议")
    (waiting,) = await world.fetch("SELECT id FROM rule_proposal WHERE decided_at IS NULL")

    async def decides(session: Session) -> None:
        by = await actor(session, world.person("worker").id)
        await proposals.decide(session, by, proposal=waiting.id, accept=True, now=world.now)

    with pytest.raises(UserError, match="not-allowed"):
        await world.db.run(decides)
    await world.person("operator").says("限值建议")
    await world.person("operator").clicks("rule.decline")
    assert not await world.fetch("SELECT 1 FROM rule WHERE expires_at IS NOT NULL")


async def test_no_limit_is_ever_proposed_for_a_life(world: World) -> None:
    """Nor for a leak, which has none."""
    worker = world.person("worker")
    await world.rings("smoke")
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.resolve")
    await worker.chooses("误报（做饭、灰尘、误碰）")
    await worker.chooses("见到本人")
    await worker.chooses("跳过")
    assert not await world.fetch("SELECT 1 FROM rule_proposal")


async def test_two_days_without_water_may_become_three_for_a_flat(world: World) -> None:
    """After 90 days it is two again, also for a meter that is not heard in between."""
    assert "建议72 小时" in str(await false_absence(world))
    await world.person("operator").clicks("rule.accept")
    (row,) = await world.fetch("SELECT scope, span_s FROM rule WHERE expires_at IS NOT NULL")
    assert (row.scope, row.span_s) == ("home", 72 * 3600)
    await world.passes(seconds=10)
    (timer,) = await world.fetch("SELECT due_at, firing FROM rule_state WHERE key = 'water_unused'")
    assert not timer.firing
