"""A grid's lead in the command centre: the own grid to see and to work on, and nothing beside it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from core.actor import Role
from core.clock import utcnow
from core.db import Session
from ops.embedded import Urls
from tests import make
from tests.channels.centre_stage import Centre, opened
from tests.channels.test_roles import got
from tests.world import World

pytestmark = pytest.mark.real_clock


@pytest.fixture
async def centre(world: World, db_url: str, urls: Urls) -> AsyncIterator[Centre]:
    """Run the product as outside of the demo, with an alarm that somebody has taken."""
    await world.rings("smoke")
    await world.person("worker").clicks("ticket.ack")
    async with opened(world, db_url, urls) as one:
        yield one


async def test_a_lead_sees_the_own_grid_alone(centre: Centre) -> None:
    """On map, queue, figures and the stream; what lies next door is not there."""
    world = centre.world
    await centre.account("gridlead", role=Role.LEAD)

    async def next_door(session: Session) -> UUID:
        grid = await make.grid(session, world.community, number=2)
        flat = await make.home(session, grid, name="9幢")
        device = await make.device(session, "gas", where=grid, at=flat, external="9-1-101")
        found: UUID = device.id
        world.devices["beside"] = device
        return found

    beside = str(await world.db.run(next_door))
    await world.rings("beside", gas=True)
    who, operator = await centre.session("gridlead"), await centre.session("operator")
    for path in ("/points", "/buildings", "/tickets"):
        status, text = await got(centre, path, operator)
        assert (status, beside in text or "9幢" in text) == (200, True), path
        status, text = await got(centre, path, who)
        assert (status, beside in text or "9幢" in text) == (200, False), path
    assert "3幢" in (await got(centre, "/points", who))[1]
    figures = (await centre.client.get("/api/console/stats", headers=who)).json()
    assert (figures["open"], figures["acked"], figures["devices"]["gas"]["total"]) == (0, 1, 1)
    assert (figures["population"], figures["workers_on_duty"]) == (1, 3)
    stream = centre.stream(who)
    name, snapshot = await anext(stream)
    assert (name, len(snapshot["tickets"])) == ("snapshot", 1)
    await stream.aclose()


async def test_a_lead_sends_somebody_within_the_own_grid(centre: Centre) -> None:
    """Whom to send is listed for the own tickets, not for the whole community."""
    world = centre.world
    await centre.account("gridlead", role=Role.LEAD)
    await world.rings("gas", gas=True)
    who = await centre.session("gridlead")
    rows = await world.fetch(
        "SELECT id FROM ticket WHERE status = 'open' AND grid_id = :grid", grid=world.grid
    )
    path = f"/api/console/tickets/{rows[0].id}/dispatch"
    listed = await centre.client.get(
        "/api/console/workers", params={"ticket": str(rows[0].id)}, headers=who
    )
    assert listed.status_code == 200, listed.text
    worker = str(world.person("worker").id)
    assert worker in [one["id"] for one in listed.json()["workers"]]
    sent = await centre.client.post(path, json={"worker": worker}, headers=who)
    assert sent.status_code == 200, sent.text
    assert (await centre.client.get("/api/console/workers", headers=who)).status_code == 403


async def test_a_lead_searches_and_mutes_but_leaves_the_watch_to_the_desk(centre: Centre) -> None:
    """The search finds the own grid's buildings alone; a mute is one's own page's."""
    world = centre.world
    await centre.account("gridlead", role=Role.LEAD)

    async def next_door(session: Session) -> None:
        grid = await make.grid(session, world.community, number=2)
        await make.home(session, grid, name="9幢")

    await world.db.run(next_door)
    who, operator = await centre.session("gridlead"), await centre.session("operator")
    for word, lead_sees in (("3幢", True), ("9幢", False)):
        for headers, sees in ((who, lead_sees), (operator, True)):
            found = await centre.client.post(
                "/api/console/search", json={"text": word}, headers=headers
            )
            assert found.status_code == 200, found.text
            assert (word in [one["name"] for one in found.json()["buildings"]]) is sees
    until = (utcnow() + timedelta(minutes=10)).isoformat()
    muted = await centre.client.post(
        "/api/console/watch/mute", json={"reason": "打电话", "until": until}, headers=who
    )
    assert muted.status_code == 200, muted.text
    given = await centre.client.post("/api/console/watch/handovers", json={"text": ""}, headers=who)
    assert given.status_code == 403
    may = (await centre.client.get("/api/console/me", headers=who)).json()["may"]
    assert "watch.keep" not in may
