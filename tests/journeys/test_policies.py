"""A community's own escalation: in force from now on, never slower for a life."""

from typing import Any

import pytest

from core.db import Session, sql
from core.errors import UserError
from services.actors import actor
from services.tickets import policies
from services.tickets.chain import DEFAULTS
from services.tickets.policies import Draft
from tests.journeys.test_alarm import clean
from tests.world import World

QUICK: list[dict[str, Any]] = [
    {"after_s": 30, "to": ["backup"]},
    {"after_s": 60, "to": ["all"]},
    {"every_s": 60, "to": ["all"]},
]
WATCH = {"arrive_s": 120, "again_s": 60, "quiet_s": 600}


async def change(world: World, key: str, chain: Any, watch: Any, name: str = "operator") -> int:
    """Let somebody put a policy in force."""

    async def work(session: Session) -> int:
        by = await actor(session, world.person(name).id)
        draft = Draft(key, chain, watch)
        return await policies.change(session, by, draft, community=world.community, now=world.now)

    return await world.db.run(work)


async def test_a_community_may_be_quicker(world: World) -> None:
    """The ticket that was open keeps its chain; the next one has the new, and so has its watch."""
    await world.rings("smoke")
    assert await change(world, "life", QUICK, WATCH) == 1
    await world.rings("gas")
    await world.passes(seconds=40)
    rows = await world.fetch("SELECT what, step FROM ticket ORDER BY what")
    assert [tuple(row) for row in rows] == [("gas", 1), ("smoke", 0)]
    await world.person("backup").clicks("ticket.ack")
    await world.passes(minutes=2)
    late = await world.fetch("SELECT ticket_id FROM ticket_event WHERE kind = 'overdue'")
    gas = await world.fetch("SELECT id FROM ticket WHERE what = 'gas'")
    assert [row.ticket_id for row in late] == [gas[0].id]
    await world.passes(minutes=1)
    rows = await world.fetch("SELECT epoch, chain FROM ticket WHERE what = 'gas'")
    assert [tuple(row) for row in rows] == [(2, QUICK)]
    await clean(world)


async def test_care_follows_its_own_policy_too(world: World) -> None:
    """Also where the family is asked first."""
    chain = [
        {"after_s": 300, "to": ["worker"], "asks": True},
        {"every_s": 600, "to": ["all"]},
    ]  # fmt: skip
    await change(world, "care_asking", chain, WATCH)
    await change(world, "care", QUICK, WATCH)
    await world.rule("heart_rate_high", metric="heart_rate", limit=120, severity="care")
    await world.rings("wristband", heart_rate=130)
    assert [row.chain for row in await world.fetch("SELECT chain FROM ticket")] == [chain]
    await world.rings("wristband", heart_rate=80)
    await world.db.run(lambda s: s.execute(sql("UPDATE channel_account SET reachable = false")))
    await world.rings("wristband", heart_rate=130)
    rows = await world.fetch("SELECT chain FROM ticket ORDER BY id DESC LIMIT 1")
    assert rows[0].chain == chain  # the live ticket keeps what it had
    await clean(world)


async def test_what_is_in_force_is_listed_with_its_version(world: World) -> None:
    """Versions only grow; what nobody changed is the default, version 0."""
    await change(world, "life", QUICK, WATCH)
    assert await change(world, "life", DEFAULTS["life"]["chain"], DEFAULTS["life"]["watch"]) == 2
    async with world.db.reading() as session:
        by = await actor(session, world.person("operator").id)
        found = await policies.in_force(session, by, community=world.community)
    versions = {one["key"]: one["version"] for one in found}
    assert versions == {key: 2 if key == "life" else 0 for key in DEFAULTS}


@pytest.mark.parametrize(
    ("key", "chain", "watch", "why"),
    [
        ("thunder", QUICK, WATCH, "policy-unknown"),
        ("life", [], WATCH, "policy-chain"),
        ("life", QUICK[:2], WATCH, "policy-chain"),
        ("life", [QUICK[1], QUICK[0], QUICK[2]], WATCH, "policy-chain"),
        ("life", [{**QUICK[0], "to": []}, *QUICK[1:]], WATCH, "policy-chain"),
        ("life", [{**QUICK[0], "asks": True}, *QUICK[1:]], WATCH, "policy-asks"),
        ("care_asking", QUICK, WATCH, "policy-asks"),
        ("life", [{**QUICK[0], "after_s": 100}, {**QUICK[1], "after_s": 120}, QUICK[2]], WATCH,
         "policy-slow"),
        ("life", [*QUICK[:2], {"every_s": 200, "to": ["all"]}], WATCH, "policy-slow"),
        ("life", QUICK, {**WATCH, "arrive_s": 1000}, "policy-slow"),
        ("life", QUICK, {"arrive_s": 60}, "policy-watch"),
        ("life", QUICK, {}, "policy-watch"),
    ],
)  # fmt: skip
async def test_what_cannot_be_meant_is_refused(
    world: World, key: str, chain: Any, watch: Any, why: str
) -> None:
    """With words that say what would do; a life waits no longer than by default."""
    with pytest.raises(UserError, match=why):
        await change(world, key, chain, watch)
    assert await world.fetch("SELECT 1 FROM policy") == []


async def test_only_the_operator_changes_a_policy(world: World) -> None:
    """A worker reads it at most."""
    with pytest.raises(UserError, match="not-allowed"):
        await change(world, "life", QUICK, WATCH, name="worker")
