"""What devices are and what they speak through, as their messages tell it.

A registered device takes over what it lacks and keeps what somebody entered; of a stranger it is
remembered until somebody registers it.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from core.db import Session, sql
from services.ingest.registry import GATEWAY, Address, Known, Registry
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


async def fill(session: Session, registry: Registry, heard: Sequence[Told]) -> None:
    """Let registered devices take over what they lack; their gateway once it is registered too."""
    lacking = [
        (known, one)
        for one in heard
        if (known := registry.devices.get(one.address)) is not None and _news(known, one)
    ]
    if not lacking:
        return
    wanted = [one.gateway for known, one in lacking if one.gateway and known.gateway is None]
    await registry.look_up(session, wanted)
    models: dict[UUID, str] = {}
    gateways: dict[UUID, UUID] = {}
    for known, one in lacking:
        if one.model:
            models[known.id] = one.model
        through = registry.devices.get(one.gateway) if one.gateway else None
        if through is not None and (one.zone or through.kind == GATEWAY):
            gateways[known.id] = through.id
    learned = sorted(models.keys() | gateways.keys())
    if not learned:
        return
    await session.execute(
        _FILL,
        {
            "ids": learned,
            "models": [models.get(one, "") for one in learned],
            "gateways": [gateways.get(one) for one in learned],
        },
    )
    for known, one in lacking:
        if known.id in models or known.id in gateways:
            registry.devices.pop(one.address, None)  # to be read anew


def _news(known: Known, one: Told) -> bool:
    return bool((one.model and not known.model) or (one.gateway and known.gateway is None))
