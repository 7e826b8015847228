"""A car in the fire lane waits for the morning, but not while it burns nearby."""

import pytest

from core.db import sql
from ops import check
from tests.journeys.test_kinds import equipped
from tests.world import World

NEAR_M, FAR_M = 90, 150
_DEGREES_PER_M = 1 / 111_320  # of latitude


async def lane(world: World, *, away_m: float) -> None:
    """Have a camera over a fire lane so far north of the flat, in the middle of the night."""
    world.now = world.now.replace(hour=16)  # midnight in Changzhou
    await equipped(world, "lane", source="linling", external="lane-1")
    place = {"lat": 31.72 + away_m * _DEGREES_PER_M, "id": world.devices["new"].id}
    await world.db.run(
        lambda s: s.execute(sql("UPDATE device SET lat = :lat WHERE id = :id"), place)
    )


async def blocked(world: World) -> None:
    """Let a car stop in the lane."""
    stands = {"metrics": {"object_stationary": True}}
    await world.publishes("linling/default/lane-1/event", stands)


async def heard(world: World) -> bool:
    """Tell whether the worker has a card of the lane."""
    rows = await world.fetch(
        """
        SELECT 1 FROM ticket_card c JOIN ticket t ON t.id = c.ticket_id
        WHERE t.what = 'lane_blocked' AND c.person_id = :worker AND c.shown_ring > 0
        """,
        worker=world.person("worker").id,
    )
    return bool(rows)


async def sound(world: World) -> bool:
    """Tell whether all invariants hold."""
    async with world.db.reading() as session:
        return not [one for one in await check.run(session, now=world.now) if one["broken"]]


async def test_a_lane_blocked_while_it_burns_rings_at_once(world: World) -> None:
    """On the life chain, but no family hears of a car."""
    await lane(world, away_m=NEAR_M)
    await world.rings("smoke")
    rung = await world.person("family").rings()
    await blocked(world)
    assert await heard(world)
    assert "火" in (await world.person("worker").card())["summary"]
    await world.passes(minutes=4)
    (ticket,) = await world.fetch("SELECT id, step FROM ticket WHERE what = 'lane_blocked'")
    assert ticket.step == 2
    told = await world.fetch(
        "SELECT DISTINCT part FROM ticket_card WHERE ticket_id = :id", id=ticket.id
    )
    assert {row.part for row in told} <= {"worker", "backup", "operator"}
    assert rung == 1
    assert await sound(world)


@pytest.mark.parametrize("alarm", ["device", "words"])
async def test_a_lane_blocked_before_the_fire_rings_with_it(world: World, alarm: str) -> None:
    """The card that waited for the morning goes out with the fire's own."""
    await lane(world, away_m=NEAR_M)
    await blocked(world)
    assert not await heard(world)
    if alarm == "device":
        await world.rings("smoke")
    else:
        await world.person("elder").says("着火了，救命")
        await world.settle()
    assert await heard(world)
    await world.passes(minutes=2)
    (ticket,) = await world.fetch("SELECT step FROM ticket WHERE what = 'lane_blocked'")
    assert ticket.step == 1
    assert await sound(world)


async def test_a_lane_that_somebody_took_on_rings_them_again(world: World) -> None:
    """Whoever meant to see to it in the morning has to go now."""
    await lane(world, away_m=NEAR_M)
    world.now = world.now.replace(hour=6)
    await blocked(world)
    await world.person("worker").clicks("ticket.ack")
    before = await world.person("worker").rings()
    await world.rings("smoke")
    assert await world.person("worker").rings() == before + 2
    assert await sound(world)


async def test_a_lane_far_from_the_fire_waits(world: World) -> None:
    """The engine does not come that way."""
    await lane(world, away_m=FAR_M)
    await world.rings("smoke")
    await blocked(world)
    assert not await heard(world)


async def test_gas_is_no_fire(world: World) -> None:
    """Only smoke and fire bring the engine."""
    await lane(world, away_m=NEAR_M)
    await world.rings("gas")
    await blocked(world)
    assert not await heard(world)


async def test_after_the_fire_a_lane_waits_again(world: World) -> None:
    """A closed ticket is no fire, and a lane that rang for it begins its next turn calmly."""
    await lane(world, away_m=NEAR_M)
    await world.rings("smoke")
    await world.db.run(
        lambda s: s.execute(
            sql(
                """
                UPDATE ticket SET status = 'closed', closed_at = :now, recovered_at = :now,
                                  next_escalation_at = NULL
                """
            ),
            {"now": world.now},
        )
    )
    await blocked(world)
    assert not await heard(world)
