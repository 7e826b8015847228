"""What a camera saw when it raised a ticket, on the card of whoever goes there."""

import re
from typing import Any

import httpx
import pytest

from channels.recorder import Recorder
from core.crypto import SealBrokenError, keyring
from core.db import sql
from core.settings import Frigate
from handlers import sights
from ops import check
from ops.fakes.frigate import FakeFrigate, create_app
from ops.fakes.transport import Wire
from services import snapshots
from tests.journeys.test_kinds import equipped
from tests.town import BASE_URL, Town
from tests.world import World

CAR = "1764230000.5-lane"
SEEN = "看现场照片"


@pytest.fixture
def recorder() -> FakeFrigate:
    """Have a recorder that heard of the car as the broker did."""
    return FakeFrigate()


async def stops(world: World, recorder: FakeFrigate, event: str = CAR) -> None:
    """Let a car stop in the lane, by day."""
    world.registry.pictures = True
    after = {"id": event, "camera": "cam", "label": "car", "current_zones": ["fire_lane"]}
    said = {"type": "update", "before": {}, "after": after | {"stationary": True}}
    recorder.events[event] = ("cam", "car")
    await world.publishes("frigate/events", said)


async def looks(world: World, recorder: FakeFrigate) -> int:
    """Let the worker's process ask the recorder for what is due."""
    http = httpx.AsyncClient(transport=Wire(create_app(recorder)))
    client = Recorder(Frigate(base_url="http://frigate.test/"), http)
    try:
        return await sights.fetch(world.db, client.snapshot, world.folder / "media", now=world.now)
    finally:
        await client.aclose()
        await world.settle()


async def actions(world: World, name: str) -> list[dict[str, Any]]:
    """List the buttons of somebody's newest ticket card."""
    found: list[dict[str, Any]] = (await world.person(name).card())["actions"]
    return found


@pytest.fixture
async def lane(world: World) -> World:
    """Have a camera over a fire lane."""
    await equipped(world, "camera", source="frigate", external="cam")
    return world


async def test_the_card_shows_what_the_camera_saw(lane: World, recorder: FakeFrigate) -> None:
    """The worker knows before the way there whether it is a van or a bicycle; it rings once."""
    await stops(lane, recorder)
    assert SEEN not in [one["label"] for one in await actions(lane, "worker")]
    assert await looks(lane, recorder) == 1
    (link,) = [one["url"] for one in await actions(lane, "worker") if one["label"] == SEEN]
    assert re.fullmatch(r"/api/chat/pictures/tickets/[0-9a-f-]{36}\.jpg", link)
    assert await lane.person("worker").rings() == 1
    async with lane.db.reading() as session:
        assert not [one for one in await check.run(session, now=lane.now) if one["broken"]]


async def test_the_picture_is_sealed_on_the_disk(lane: World, recorder: FakeFrigate) -> None:
    """A stolen disk shows nobody's car."""
    await stops(lane, recorder)
    await looks(lane, recorder)
    (row,) = await lane.fetch("SELECT m.sha256, m.mime FROM media m")
    raw = (lane.folder / "media" / row.sha256).read_bytes()
    assert not raw.startswith(b"\xff\xd8")
    assert keyring().open(raw, "media.file").startswith(b"\xff\xd8")
    with pytest.raises(SealBrokenError):
        keyring().open(raw, "another.place")


async def test_one_picture_for_a_ticket(lane: World, recorder: FakeFrigate) -> None:
    """Ten cars in one lane are one ticket; the recorder is not asked ten times."""
    for number in range(3):
        await stops(lane, recorder, f"{CAR}-{number}")
    await looks(lane, recorder)
    assert recorder.calls == 1


async def test_a_recorder_that_is_slow_is_asked_again(lane: World, recorder: FakeFrigate) -> None:
    """It chooses its best picture some seconds after it told of the car."""
    recorder.unseen.add(CAR)
    await stops(lane, recorder)
    assert await looks(lane, recorder) == 1
    assert await looks(lane, recorder) == 0
    recorder.unseen.clear()
    await lane.passes(seconds=10)
    assert await looks(lane, recorder) == 1
    assert SEEN in [one["label"] for one in await actions(lane, "worker")]


async def test_a_picture_that_never_comes_is_given_up(lane: World, recorder: FakeFrigate) -> None:
    """The ticket stands without it, and nobody asks for ever."""
    recorder.unseen.add(CAR)
    await stops(lane, recorder)
    for _ in range(snapshots.GIVE_UP_AFTER + 3):
        await looks(lane, recorder)
        await lane.passes(minutes=1)
    assert recorder.calls == snapshots.GIVE_UP_AFTER
    assert await lane.person("worker").rings() == 1


async def test_without_a_recorder_nothing_is_asked(lane: World, recorder: FakeFrigate) -> None:
    """No address, no job that waits for one."""
    await stops(lane, recorder)
    await lane.db.run(lambda s: s.execute(_forget()))
    lane.registry.pictures = False
    after = {"id": "x", "camera": "cam", "label": "car", "current_zones": ["bins"]}
    said = {"type": "update", "before": {}, "after": after | {"stationary": True}}
    await lane.publishes("frigate/events", said)
    assert not await lane.fetch("SELECT 1 FROM snapshot")


def _forget() -> Any:
    return sql("DELETE FROM snapshot")


async def test_the_link_opens_for_who_works_on_it_while_it_lives(
    town: Town, recorder: FakeFrigate
) -> None:
    """From a vendor's chat by its own key; for nobody else, and not after the end."""
    worker = await town.hand("worker", "telegram")
    await equipped(town.world, "camera", source="frigate", external="cam")
    # The next early afternoon in Changzhou: by night such a card waits for the morning.
    town.passes(hours=(6 - town.clock().hour) % 24)
    town.world.now = town.clock()
    await stops(town.world, recorder)
    await looks(town.world, recorder)
    await town.settle()
    screen = str([one.raw for one in worker.shown()])
    found = re.search(
        re.escape(BASE_URL) + r"(/api/chat/pictures/tickets/[\w-]+\.jpg)\?key=([\w-]+)", screen
    )
    assert found is not None, screen
    path, key = found.groups()
    shown = await town.http.get(path, params={"key": key})
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert (await town.http.get(path)).status_code == 401
    async with town.world.db.reading() as session:
        (ticket,) = await town.world.fetch("SELECT id FROM ticket")
        resident = town.world.person("resident").id
        assert await snapshots.picture(session, resident, ticket.id) is None
    await town.world.db.run(lambda s: s.execute(_close()))
    assert (await town.http.get(path, params={"key": key})).status_code == 404


def _close() -> Any:
    return sql("UPDATE ticket SET status = 'closed', closed_at = now(), next_escalation_at = NULL")
