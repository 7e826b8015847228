"""What else the flat says, on the card of whoever goes there; and what is unusual there."""

from datetime import timedelta

from core.db import sql
from services.rules.baselines import usual_by
from tests.journeys.test_asking import two_days_without_water
from tests.world import World


def fields(card: dict[str, object]) -> str:
    """Write the card's fields."""
    return str(card["fields"])


async def test_the_workers_card_says_what_the_other_devices_say(world: World) -> None:
    """Water, door, wristband in one line; the family's card has no such line."""
    await world.rings("wristband", worn=False)
    await world.jumps(hours=30)
    await world.rings("door", contact=True)
    await two_days_without_water(world)
    await world.publishes("zigbee2mqtt/3幢2单元501 smoke/availability", b"offline")
    await world.rings("wristband", worn=False)
    await world.person("worker").clicks("ticket.ack")
    said = fields(await world.person("worker").card())
    assert "水表最后走动" in said
    assert "门磁没有消息" in said
    assert "烟感没有消息" in said
    assert "手环没戴" in said
    assert "家里其他动静" not in fields(await world.person("family").card())


async def test_what_a_dead_gateway_has_is_said_to_tell_nothing(world: World) -> None:
    """A door that opened a minute ago means little when nobody can know of it since."""
    await world.rings("door", contact=False)
    await world.publishes("zigbee2mqtt/bridge/state", b"offline", retained=True)
    await world.rings("wristband", sos=True)
    await world.person("worker").clicks("ticket.ack")
    assert "门磁没有消息" in fields(await world.person("worker").card())


async def test_what_is_unusual_is_said_in_words(world: World) -> None:
    """Fifteen mornings with water before nine, and none today."""
    await two_days_without_water(world)
    await world.db.run(
        lambda s: s.execute(
            sql(
                """
                INSERT INTO reading (device_id, metric, ts, event_id, value, received_at)
                SELECT :device, 'water_total', at, 'x', 9 - extract(epoch FROM :now - at) / 1e6, at
                FROM generate_series(CAST(:now AS timestamptz) - interval '40 days',
                                     CAST(:now AS timestamptz) - interval '3 days', interval '1 day') AS at
                """
            ),
            {"device": world.devices["water"].id, "now": world.now - timedelta(hours=9)},
        )
    )
    await world.passes(minutes=10)
    assert "平时 09:00 前总会用水，今天到 17:" in fields(await world.person("worker").card())


def test_the_usual_hour_needs_fourteen_days() -> None:
    """And one odd day does not move it."""
    assert usual_by([480] * 13) is None
    assert usual_by([480] * 14) is not None
    assert usual_by([450 + n % 5 for n in range(20)]) == usual_by(
        [450 + n % 5 for n in range(20)] + [1200]
    )
