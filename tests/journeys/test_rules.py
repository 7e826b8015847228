"""Rules in force: what alarms, what it remembers, who may change it, and what a change does."""

from datetime import timedelta
from typing import Any

import pytest

from core.actor import Actor
from core.db import Session, sql
from core.errors import UserError
from models import Comparison, RuleKind, Severity
from services.actors import actor
from services.rules import change, trial
from services.rules.draft import Draft, For
from tests.world import World

FAST: dict[str, Any] = {
    "metric": "heart_rate", "looks_for": RuleKind.DURATION, "limit": 100, "clear_limit": 95,
    "span_s": 600, "severity": Severity.CARE, "kind": "wristband",
}  # fmt: skip
CRITICAL: dict[str, Any] = {
    "metric": "heart_rate", "looks_for": RuleKind.REPEATING, "limit": 150, "span_s": 60, "times": 2,
}  # fmt: skip
UNUSED: dict[str, Any] = {
    "metric": "water_total", "looks_for": RuleKind.ABSENCE, "limit": 0.01, "span_s": 48 * 3600,
    "severity": Severity.CARE, "kind": "water",
}  # fmt: skip
PULSE = Draft("heart_rate_high", RuleKind.THRESHOLD, "heart_rate", 100, Severity.CARE,
              device_kind="wristband")  # fmt: skip


async def live(world: World) -> list[str]:
    """List what live tickets are about."""
    rows = await world.fetch("SELECT what FROM ticket WHERE status <> 'closed' ORDER BY what")
    return [row.what for row in rows]


async def states(world: World) -> list[tuple[str, bool]]:
    """List (status, recovered) of every ticket."""
    rows = await world.fetch("SELECT status, recovered_at FROM ticket ORDER BY id")
    return [(row.status, row.recovered_at is not None) for row in rows]


async def changes(
    world: World, draft: Draft, *, to: For | None = None, who: str = "operator"
) -> int:
    """Let somebody change a rule."""

    async def work(session: Session) -> int:
        by: Actor = await actor(session, world.person(who).id)
        return await change.change(
            session, by, draft, community=world.community, to=to or For(), now=world.now
        )

    made = await world.db.run(work)
    world.book.read_at = world.registry.read_at = None
    await world.settle()
    return made


async def test_a_pulse_that_stays_high_alarms_when_the_span_is_over(world: World) -> None:
    """What it remembers lies in the database: another process goes on with it."""
    await world.rule("heart_rate_high", **FAST)
    await world.rings("wristband", heart_rate=110)
    await world.passes(minutes=9)
    assert await live(world) == []
    world.registry.read_at = None
    world.book.read_at = None
    await world.passes(minutes=1)
    assert await live(world) == ["heart_rate_high"]
    await world.rings("wristband", heart_rate=97)
    assert await states(world) == [("open", False)]
    await world.rings("wristband", heart_rate=94)
    assert await states(world) == [("open", True)]


async def test_a_critical_pulse_is_a_life_alarm_at_its_second_reading(world: World) -> None:
    """Within a minute; a single one is not, for a wristband that slips says strange things."""
    await world.rule("heart_rate_critical", **CRITICAL)
    await world.rings("wristband", heart_rate=160)
    assert await live(world) == []
    await world.passes(seconds=70)
    await world.rings("wristband", heart_rate=158)
    assert await live(world) == []
    await world.passes(seconds=50)
    await world.rings("wristband", heart_rate=161)
    assert await live(world) == ["heart_rate_critical"]
    for someone in ("worker", "elder", "family"):
        assert await world.person(someone).rings() == 1


async def test_water_unused_for_two_days_alarms_and_any_use_ends_it(world: World) -> None:
    """Drops below a hundredth of a cubic metre are no use; the broker's memory is none either."""
    await world.rule("water_unused", **UNUSED)
    await world.rings("water", water_consumed=10.0)
    await world.jumps(hours=24)
    await world.rings("water", water_consumed=10.005)
    await world.publishes("zigbee2mqtt/3幢2单元501 water", {"water_consumed": 11.0}, retained=True)
    await world.jumps(hours=23, minutes=59)
    await world.rings("water", water_consumed=11.0)
    assert await live(world) == []
    await world.jumps(minutes=1)
    assert await live(world) == ["water_unused"]
    await world.rings("water", water_consumed=11.02)
    await world.passes(seconds=10)
    assert await states(world) == [("open", True)]


async def test_a_silent_meter_is_no_unused_one(world: World) -> None:
    """While nobody can know, nobody is alarmed; heard again, it is judged again."""
    await world.rule("water_unused", **UNUSED)
    await world.rings("water", water_consumed=10.0)
    await world.jumps(hours=49)
    assert await live(world) == []
    await world.rings("water", water_consumed=10.0)
    await world.passes(minutes=31)
    assert await live(world) == ["water_unused"]


async def test_the_narrowest_version_is_in_force(world: World) -> None:
    """A person's own limit comes before the vendor's, the vendor's before everybody's."""
    elder = world.person("elder").id
    await world.passes(seconds=1)
    await changes(world, PULSE)
    await changes(world, Draft(**{**_as_given(PULSE), "limit": 120}), to=For.vendor("linling"))
    await world.rings("wristband", heart_rate=110)
    assert await live(world) == []
    await changes(world, Draft(**{**_as_given(PULSE), "limit": 105}), to=For.somebody(elder))
    assert await live(world) == ["heart_rate_high"]
    await world.rings("wristband", heart_rate=104)
    assert await states(world) == [("open", True)]


def _as_given(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in draft.__slots__}


async def test_a_change_judges_again_and_is_written_down(world: World) -> None:
    """A lower limit rings for what is known already, a rule switched off ends its alarm."""
    await world.rings("wristband", heart_rate=102)
    assert await changes(world, Draft(**{**_as_given(PULSE), "limit": 105})) == 1
    assert await live(world) == []
    assert await changes(world, PULSE) == 2
    assert await live(world) == ["heart_rate_high"]
    assert await changes(world, Draft(**{**_as_given(PULSE), "enabled": False})) == 3
    assert await states(world) == [("open", True)]
    logged = await world.fetch("SELECT action FROM access_entry ORDER BY number")
    assert [row.action for row in logged] == ["rules.write"] * 3
    kept = await world.fetch(
        "SELECT version, enabled FROM rule WHERE key = 'heart_rate_high' ORDER BY version"
    )
    assert [tuple(row) for row in kept] == [(1, True), (2, True), (3, False)]
    with pytest.raises(Exception, match="append-only"):
        await world.db.run(
            lambda s: s.execute(sql('UPDATE rule SET "limit" = 1 WHERE version = 1'))
        )


async def test_only_an_operator_changes_a_rule(world: World) -> None:
    """A worker reads them."""
    with pytest.raises(UserError, match="not-allowed"):
        await changes(world, PULSE, who="worker")


@pytest.mark.parametrize(
    "more",
    [
        {"enabled": False},
        {"severity": Severity.CARE},
        {"kind": RuleKind.DURATION, "span": timedelta(minutes=1)},
        {"schedule": ({"from": "08:00", "to": "20:00"},)},
        {"limit": 2},
        {"comparison": Comparison.AT_MOST, "limit": 0},
        {"kind": RuleKind.REPEATING, "span": timedelta(seconds=60), "times": 2},
        {"metric": "battery_low"},
    ],
    ids=["off", "softer", "later", "by day", "deaf", "the wrong way", "twice", "of something else"],
)
async def test_no_version_holds_a_life_alarm_back(world: World, more: dict[str, Any]) -> None:
    """Not switched off, not softened, not put off, not kept to hours, for nobody."""
    smoke = Draft("smoke", RuleKind.THRESHOLD, "smoke", 1, Severity.LIFE)
    for to in (For(), For.somebody(world.person("elder").id), For.vendor("zigbee2mqtt")):
        with pytest.raises(UserError, match="rule-life"):
            await changes(world, Draft(**{**_as_given(smoke), **more}), to=to)
    await world.rings("smoke")
    assert await live(world) == ["smoke"]


async def test_a_rule_is_tried_against_the_last_seven_days(world: World) -> None:
    """It says what would have alarmed; nothing is kept or told."""
    for rate in (90, 110, 112, 90, 120):
        await world.rings("wristband", heart_rate=rate)
        await world.jumps(minutes=20)

    async def tries(draft: Draft) -> trial.Trial:
        async with world.db.reading() as session:
            by = await actor(session, world.person("operator").id)
            return await trial.against_the_log(
                session, by, draft, community=world.community, now=world.now
            )

    tried = await tries(PULSE)
    assert tried.devices == 1
    assert [one.ended is None for one in tried.episodes] == [False, True]
    lasting = Draft(
        **{**_as_given(PULSE), "kind": RuleKind.DURATION, "span": timedelta(minutes=30)}
    )
    assert len((await tries(lasting)).episodes) == 1
    await world.jumps(hours=3)
    unmoved = Draft(
        "still", RuleKind.ABSENCE, "heart_rate", 0, Severity.CARE, span=timedelta(hours=2)
    )
    assert [one.ended for one in (await tries(unmoved)).episodes] == [None]
    assert await world.fetch("SELECT 1 FROM ticket") == []


async def test_an_alarm_that_comes_late_ends_with_the_newer_reading(world: World) -> None:
    """Which of the two came first does not matter: the device is normal now."""
    topic = "linling/default/wristband-01/event"
    clear, late = world.now - timedelta(minutes=1), world.now - timedelta(minutes=2)
    await world.publishes(topic, {"ts": clear.isoformat(), "metrics": {"sos": False}})
    await world.publishes(topic, {"ts": late.isoformat(), "metrics": {"sos": True}})
    assert await states(world) == [("open", True)]


async def test_an_operator_gives_somebody_a_limit_of_their_own(world: World) -> None:
    """In a sentence with its reason, shown beside what holds now, and only then in force."""
    await world.rule("heart_rate_high", **FAST)
    await world.rule("heart_rate_critical", **CRITICAL)
    operator = world.person("operator")
    assert "依据" in str(await operator.says("限值 陈桂芳 心率 高于 110"))
    assert "150 之间" in str(await _set_limit(world, "限值 陈桂芳 心率 高于 155，医生意见"))
    (shown,) = await operator.says("限值 陈桂芳 心率 高于 110，医生意见")
    values = [one["value"] for one in shown["card"]["fields"]]
    assert values == ["100 次/分（全社区的限值）", "110 次/分", "医生意见"]
    assert len(await world.fetch("SELECT 1 FROM rule WHERE scope = 'person'")) == 0
    await operator.clicks("limit.put")
    (row,) = await world.fetch("SELECT * FROM rule WHERE scope = 'person'")
    assert (row.limit, row.clear_limit, row.source, row.expires_at) == (110, 105, "医生意见", None)
    world.book.read_at = world.registry.read_at = None
    await world.rings("wristband", heart_rate=108)
    await world.passes(minutes=11)
    assert await live(world) == []
    await world.person("worker").says("限值 陈桂芳 心率 高于 120，医生意见")
    assert len(await world.fetch("SELECT 1 FROM rule WHERE scope = 'person'")) == 1


async def test_a_vendors_limit_holds_for_its_wristbands_and_a_persons_own_comes_first(
    world: World,
) -> None:
    """The maker's figure with its page; a doctor's word for somebody is narrower."""
    await world.rule("heart_rate_high", **{**FAST, "span_s": 60})
    await _set_limit(world, "限值 厂家 linling 心率 高于 115，说明书第 12 页")
    (row,) = await world.fetch("SELECT * FROM rule WHERE scope = 'source'")
    assert (row.limit, row.source) == (115, "说明书第 12 页")
    world.book.read_at = world.registry.read_at = None
    await world.rings("wristband", heart_rate=110)
    await world.passes(minutes=2)
    assert await live(world) == []
    await _set_limit(world, "限值 陈桂芳 心率 高于 108，医生意见")
    world.book.read_at = world.registry.read_at = None
    await world.passes(minutes=2)
    assert await live(world) == ["heart_rate_high"]


async def _set_limit(world: World, said: str) -> Any:
    """Say it and press yes."""
    operator = world.person("operator")
    await operator.says(said)
    return await operator.clicks("limit.put")
