"""Smoke in several flats of one stair: each rings, each is named to the others, the unable first."""

from typing import Any

from core.db import Session
from ops import check
from services.actors import actor
from services.people import needs
from services.tickets import board
from tests import make
from tests.world import World

FLATS = {"301": 2, "302": 2, "303": 2, "401": 3}


async def moved_in(world: World) -> None:
    """Let four more flats of the house be lived in: three in the same stair, one in the next."""

    async def neighbours(session: Session) -> None:
        grid = await make.grid(session, world.community, number=2)
        for label, stair in FLATS.items():
            flat = await make.home(session, grid, label=label, name=f"h{label}", stair=stair)
            elder = await make.person(session, f"林玉珍{label}")
            await make.residence(session, elder.id, flat, elder=True)
            for kind in ("smoke", "gas"):
                made = await make.device(
                    session, kind, where=grid, at=flat, protects=[elder.id],
                    external=f"{label} {kind}",
                )  # fmt: skip
                made.building_id = world.devices["smoke"].building_id
                made.grid_id = world.grid
            if label == "303":
                await needs.change(
                    session, await actor(session, world.person("operator").id), person=elder.id,
                    add=["wheelchair"], now=world.now,
                )  # fmt: skip

    await world.db.run(neighbours)


async def burns(world: World, *labels: str) -> None:
    """Let smoke detectors of these flats alarm."""
    for label in labels:
        await world.publishes(f"zigbee2mqtt/{label} smoke", {"smoke": True})


async def card_about(world: World, place: str) -> Any:
    """Find the worker's card about a flat."""
    cards = await world.person("worker").cards()
    return next(one for one in cards if one["key"].startswith("ticket:") and place in one["title"])


async def test_each_flat_of_a_stair_rings_and_the_others_cards_name_it(world: World) -> None:
    """Ticket, notice and acknowledgement are each flat's own; one that joins rings again."""
    await moved_in(world)
    worker = world.person("worker")
    await world.rings("smoke")
    assert not [f for f in (await card_about(world, "501"))["fields"] if "楼道" in f["label"]]
    await world.passes(minutes=2)
    await burns(world, "301", "302", "401")
    assert await worker.rings() == 4
    fields = {one["label"]: one["value"] for one in (await card_about(world, "501"))["fields"]}
    assert fields["同一楼道也在报"] == "301 smoke、302 smoke"
    await worker.clicks("ticket.ack")
    taken = await world.fetch("SELECT status FROM ticket ORDER BY status")
    assert [row.status for row in taken] == ["acked", "open", "open", "open"]
    assert await world.person("family").rings() == 1
    await world.passes(minutes=6)
    rung = await worker.rings()
    await burns(world, "303")
    assert await worker.rings() == rung + 1
    assert "303" not in str((await card_about(world, "501"))["fields"])
    async with world.db.reading() as session:
        assert not [one for one in await check.run(session, now=world.now) if one["broken"]]


async def test_who_cannot_walk_comes_first(world: World) -> None:
    """On the cards of the others, in the worker's list and in the queue of the command centre."""
    await moved_in(world)
    await world.rings("smoke")
    await burns(world, "301", "303")
    fields = {one["label"]: one["value"] for one in (await card_about(world, "501"))["fields"]}
    assert fields["先去"] == "303 smoke"
    assert fields["同一楼道也在报"] == "301 smoke"
    own = {one["label"]: one["value"] for one in (await card_about(world, "303"))["fields"]}
    assert own["先去"] == "这一户"
    (listed,) = await world.person("worker").says("我的工单")
    assert "303" in listed["card"]["actions"][0]["label"]
    async with world.db.reading() as session:
        by = await actor(session, world.person("operator").id)
        queue = await board.live(session, by, world.community)
    assert [one["place"][:3] for one in queue] == ["303", "3幢2", "301"]
    assert "行动不便" not in str(await world.person("worker").cards())


async def test_gas_help_and_falls_are_never_grouped(world: World) -> None:
    """Each of them is somebody's own."""
    await moved_in(world)
    await world.rings("gas")
    await world.publishes("zigbee2mqtt/301 gas", {"gas": True})
    await world.rings("wristband", sos=True)
    await world.rings("wristband", fall=True)
    for card in await world.person("worker").cards():
        assert "楼道" not in str(card["fields"])
    assert await world.person("worker").rings() == 4
