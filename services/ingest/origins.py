"""What devices are and what they speak through, as their messages tell it.

A registered device takes over what it lacks and keeps what somebody entered; of a stranger it is
remembered until somebody registers it. A gateway is registered with the first of its devices.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from core.crypto import open_json, seal_json
from core.db import Session, sql
from core.ids import uuid7
from services.ingest.registry import GATEWAY, Address, Known, Registry, external_index
from services.ingest.rows import Message

_FILL = sql(
    """
    UPDATE device d SET model = CASE d.model WHEN '' THEN w.model ELSE d.model END,
                        gateway_id = coalesce(d.gateway_id, w.gateway)
    FROM unnest(CAST(:ids AS uuid[]), CAST(:models AS text[]), CAST(:gateways AS uuid[]))
        AS w(id, model, gateway)
    WHERE d.id = w.id
    """
)

_ENLIST = sql(
    """
    INSERT INTO device (id, community_id, grid_id, building_id, kind, source, external,
                        external_index, place, lon, lat, model, installed_at)
    SELECT :id, community_id, grid_id, building_id, 'gateway', source, :external, :index, :place,
           lon, lat, '', :now
    FROM device WHERE id = :beside
    ON CONFLICT DO NOTHING
    """
)
_ENLISTED = sql(
    """
    WITH known AS (
        DELETE FROM unknown_device u USING device d
        WHERE d.id = :beside AND u.community_id = d.community_id AND u.source = d.source
          AND u.external_index = :index)
    SELECT g.id FROM device g JOIN device d ON d.community_id = g.community_id
         AND d.source = g.source
    WHERE d.id = :beside AND g.external_index = :index AND g.kind = 'gateway'
      AND g.removed_at IS NULL
    """
)
# Those that a bridge may take: all that no gateway has, or another bridge.
_UNSURE = sql(
    """
    SELECT d.id, d.kind, d.external, d.gateway_id FROM device d
    WHERE d.community_id = :community AND d.source = :source AND d.removed_at IS NULL
      AND (d.kind = 'gateway' OR d.gateway_id IS NULL
           OR d.gateway_id IS DISTINCT FROM CAST(:own AS uuid))
    ORDER BY d.id
    """
)
_TAKE = sql("UPDATE device SET gateway_id = :gateway WHERE id = ANY(CAST(:devices AS uuid[]))")
_BRIDGE = "bridge"


class Told(NamedTuple):
    """A device's model and gateway; `zone` of a camera's own zone, whose gateway is the camera."""

    address: Address
    model: str
    gateway: Address | None
    zone: bool = False


def told(messages: Iterable[Message]) -> list[Told]:
    """Gather what messages tell of devices."""
    found: dict[Told, None] = {}
    for one in messages:
        for about in one.about:
            through = (one.source, about.gateway, one.community) if about.gateway else None
            found[Told((one.source, about.device, one.community), about.model, through)] = None
        for said in one.readings:
            if said.zone is not None:
                camera = (said.source, said.device, one.community)
                found[Told(zone_of(camera, said.zone), "", camera, zone=True)] = None
    return list(found)


def zone_of(camera: Address, zone: str) -> Address:
    """Name the point that a zone of a camera has of its own, where somebody registered one."""
    source, external, community = camera
    return source, f"{external}/{zone}", community


async def enlist(
    session: Session, external: str, *, beside: UUID, name: str = "", now: datetime
) -> UUID | None:
    """Find a gateway by its own name, or register it where this device of its stands.

    None where the name is that of a device of another kind.
    """
    index = external_index(external)
    place: dict[str, object] = {"name": name or external, "home": None, "people": []}
    await session.execute(
        _ENLIST,
        {
            "id": uuid7(), "external": seal_json(external, "device.external"), "index": index,
            "place": seal_json(place, "device.place"), "beside": beside, "now": now,
        },
    )  # fmt: skip
    found = await session.execute(_ENLISTED, {"beside": beside, "index": index})
    gateway: UUID | None = found.scalar_one_or_none()
    return gateway


async def adopt(
    session: Session, registry: Registry, messages: Iterable[Message], *, now: datetime
) -> dict[Address, Known]:
    """Give bridges that say how they stand their devices; returns those that it had to register.

    The path of a bridge's name is what its devices' names begin with: `source/east/bridge` has
    `east/…`. Where bridges lie within each other's, the longest one has the device. What is
    registered here is not remembered before it is committed.
    """
    spoken = {(one.source, one.device, by.community) for by in messages for one in by.gateways}
    made: dict[Address, Known] = {}
    for address in sorted(spoken):
        if await _adopt(session, registry, address, now=now):
            (made[address],) = await registry.look_up(session, [address])
            del registry.devices[address]
    return made


async def _adopt(session: Session, registry: Registry, address: Address, *, now: datetime) -> bool:
    """Give one bridge its devices; tells whether it is registered with them."""
    source, external, slug = address
    known, path = registry.devices.get(address), _path(source, external)
    if path is None or slug not in registry.communities:
        return False
    rows = await session.execute(
        _UNSURE,
        {
            "community": registry.communities[slug], "source": source,
            "own": known.id if known else None,
        },
    )  # fmt: skip
    names = {row: str(open_json(row.external, "device.external")) for row in rows}
    paths: dict[UUID, str | None] = {
        row.id: _path(source, name) for row, name in names.items() if row.kind == GATEWAY
    }
    mine = [
        row.id for row, name in names.items()
        if row.kind != GATEWAY and (row.gateway_id is None or paths.get(row.gateway_id) is not None)
        and _longest(name, {path, *filter(None, paths.values())}) == path
    ]  # fmt: skip
    if not mine:
        return False
    gateway = known.id if known else await enlist(session, external, beside=mine[0], now=now)
    if gateway is not None:
        await session.execute(_TAKE, {"gateway": gateway, "devices": mine})
    return known is None and gateway is not None


def _path(source: str, external: str) -> str | None:
    """Return what the names of a bridge's devices begin with; None for what is no bridge."""
    within = external.removeprefix(f"{source}/")
    return within.removesuffix(_BRIDGE) if f"/{within}".endswith(f"/{_BRIDGE}") else None


def _longest(name: str, paths: set[str]) -> str:
    return max((one for one in paths if name.startswith(one)), key=len, default="")


async def fill(
    session: Session, registry: Registry, heard: Sequence[Told], *, now: datetime
) -> None:
    """Let registered devices take over what they lack, and their gateway, which is registered so."""
    lacking = [
        (known, one)
        for one in heard
        if (known := registry.devices.get(one.address)) is not None and _news(known, one)
    ]
    models: dict[UUID, str] = {}
    gateways: dict[UUID, UUID] = {}
    for known, one in lacking:
        if one.model:
            models[known.id] = one.model
        through = await _through(session, registry, known, one, now=now)
        if through is not None:
            gateways[known.id] = through
    await _learn(session, models, gateways)
    for known, one in lacking:
        if known.id in models or known.id in gateways:
            registry.devices.pop(one.address, None)  # to be read anew


async def _through(
    session: Session, registry: Registry, known: Known, one: Told, *, now: datetime
) -> UUID | None:
    """Find the gateway that a device told of and lacks; one of which nobody knew is registered."""
    if one.gateway is None or known.gateway is not None:
        return None
    if not one.zone:
        return await enlist(session, one.gateway[1], beside=known.id, now=now)
    await registry.look_up(session, [one.gateway])
    camera = registry.devices.get(one.gateway)
    return camera.id if camera else None


async def _learn(session: Session, models: dict[UUID, str], gateways: dict[UUID, UUID]) -> None:
    learned = sorted(models.keys() | gateways.keys())
    if learned:
        await session.execute(
            _FILL,
            {
                "ids": learned,
                "models": [models.get(one, "") for one in learned],
                "gateways": [gateways.get(one) for one in learned],
            },
        )


def _news(known: Known, one: Told) -> bool:
    return bool((one.model and not known.model) or (one.gateway and known.gateway is None))
