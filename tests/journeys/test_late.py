"""Messages that come late, with a wrong clock, or with words nobody knows: judged, and said."""

from datetime import timedelta

from core.crypto import open_json
from tests.world import World

TOPIC = "linling/default/wristband-01/event"


async def test_a_late_alarm_rings_and_its_card_says_how_late(world: World) -> None:
    """The gateway had no way to us for twenty minutes; the time shown is the device's."""
    then = world.now - timedelta(minutes=20)
    await world.publishes(TOPIC, {"ts": then.isoformat(), "metrics": {"sos": True}})
    card = await world.person("worker").card()
    said = {field["label"]: field["value"] for field in card["fields"]}
    assert said["晚到"].startswith("20 分钟")
    assert said["报警时间"].endswith("16:40")


async def test_an_alarm_in_time_says_nothing_of_it(world: World) -> None:
    """Nor does one of a clock that is half a minute slow."""
    then = world.now - timedelta(seconds=30)
    await world.publishes(TOPIC, {"ts": then.isoformat(), "metrics": {"sos": True}})
    card = await world.person("worker").card()
    assert "晚到" not in {field["label"] for field in card["fields"]}


async def test_a_late_alarm_that_is_over_rings_as_over(world: World) -> None:
    """What the device has said since is known already: somebody still looks, without a red point."""
    then = world.now - timedelta(minutes=20)
    await world.publishes(TOPIC, {"metrics": {"sos": False}})
    await world.publishes(TOPIC, {"ts": then.isoformat(), "metrics": {"sos": True}})
    (ticket,) = await world.fetch("SELECT recovered_at, status FROM ticket")
    assert ticket.recovered_at is not None
    assert ticket.status == "open"
    assert await world.person("worker").rings() == 1


async def test_a_replayed_message_changes_nothing(world: World) -> None:
    """The same message after its ticket is closed is known by its id and time."""
    body = {"id": "e1", "ts": world.now.isoformat(), "metrics": {"sos": True}}
    await world.publishes(TOPIC, body)
    await world.publishes(TOPIC, {"metrics": {"sos": False}})
    worker = world.person("worker")
    await worker.clicks("ticket.ack")
    await worker.clicks("ticket.resolve")
    for choice in ("确有险情，已处理", "见到本人", "跳过"):
        await worker.chooses(choice)
    await world.publishes(TOPIC, body)
    assert [row.status for row in await world.fetch("SELECT status FROM ticket")] == ["closed"]


async def test_a_clock_of_1970_costs_no_alarm_and_is_kept(world: World) -> None:
    """The reading bears our time; what the clock claimed is sealed, and counted."""
    for _ in range(2):
        await world.publishes(TOPIC, {"ts": 12, "metrics": {"sos": True}})
    (reading,) = await world.fetch("SELECT DISTINCT ts::date AS day FROM reading")
    assert reading.day == world.now.date()
    assert await world.person("worker").rings() == 1
    (mark,) = await world.fetch("SELECT claimed, messages FROM wrong_clock")
    assert (open_json(mark.claimed, "wrong_clock.claimed"), mark.messages) == ("12", 2)


async def test_a_clock_ahead_of_us_is_wrong_too(world: World) -> None:
    """Its alarm would hide all that follow."""
    ahead = world.now + timedelta(days=2)
    await world.publishes(TOPIC, {"ts": ahead.isoformat(), "metrics": {"sos": True}})
    (reading,) = await world.fetch("SELECT ts FROM reading")
    assert reading.ts == world.now


async def test_keys_nobody_knows_are_counted_and_sealed(world: World) -> None:
    """So that somebody can write them into the tables; no value is kept."""
    for _ in range(3):
        await world.publishes("zigbee2mqtt/3幢2单元501 door", {"contact": True, "mood": "calm"})
    (row,) = await world.fetch("SELECT source, key, messages FROM unknown_key")
    assert (row.source, row.messages) == ("zigbee2mqtt", 3)
    assert open_json(row.key, "unknown_key.key") == "mood"
    assert b"mood" not in bytes(row.key)


async def test_a_stranger_cannot_fill_the_table_with_keys(world: World) -> None:
    """New keys of a source are taken up to a bound; those that are known go on counting."""
    for round_ in range(20):
        keys = {f"k{round_}-{n}": 1 for n in range(32)}
        await world.publishes("zigbee2mqtt/stranger", keys)
    (row,) = await world.fetch("SELECT count(*) AS n FROM unknown_key")
    assert row.n <= 500 + 32
    await world.publishes("zigbee2mqtt/stranger", {"k0-0": 1})
    (most,) = await world.fetch("SELECT max(messages) AS n FROM unknown_key")
    assert most.n == 2
