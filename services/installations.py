"""Devices into the registry and out of it, by the workers of the grid."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from models import Device, DeviceKind, Installation
from services.homes import home_index
from services.ingest import origins, trials
from services.ingest.registry import external_index
from services.permissions import At, Permission, reach, require
from services.places import Site, protected

LISTED = 6
_HEARD_WITHIN = timedelta(days=7)
_SHORTEST_ENDING = 4


@dataclass(frozen=True, slots=True)
class Stranger:
    """A device on the bus that nobody registered, and what it told of its model and gateway."""

    community: UUID
    source: str
    external: str
    model: str = ""
    gateway: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A registered device of a flat or place, for whoever takes it down."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Test:
    """A live test of which its worker does not know the outcome yet; `heard` is a metric."""

    worker: UUID
    name: str
    heard: str | None


async def strangers(session: Session, by: Actor, *, now: datetime) -> list[Stranger]:
    """List what was heard lately and is not registered, the newest first; for staff alone."""
    may = reach(by, Permission.DEVICES_WRITE)
    rows = await session.execute(
        sql(
            """
            SELECT community_id, source, external, model, gateway FROM unknown_device
            WHERE last_seen > :since AND community_id IN (
                SELECT unnest(CAST(:communities AS uuid[]))
                UNION SELECT community_id FROM grid WHERE id = ANY(CAST(:grids AS uuid[])))
            ORDER BY last_seen DESC LIMIT 500
            """
        ),
        {
            "communities": list(may.communities), "grids": list(may.grids),
            "since": now - _HEARD_WITHIN,
        },
    )  # fmt: skip
    return [
        Stranger(
            row.community_id, row.source, open_json(row.external, "unknown_device.external"),
            open_json(row.model, "unknown_device.model") if row.model else "",
            open_json(row.gateway, "unknown_device.gateway") if row.gateway else "",
        )
        for row in rows
    ]  # fmt: skip


def matching(found: Sequence[Stranger], code: str) -> list[Stranger]:
    """Pick those that a typed or scanned code means: the whole name, else its ending."""
    wanted = _bare(code)
    exact = [one for one in found if _bare(one.external) == wanted]
    if exact or len(wanted) < _SHORTEST_ENDING:
        return exact
    return [
        one
        for one in found
        if _bare(one.external).endswith(wanted) or wanted.endswith(_bare(one.external))
    ]


async def register(
    session: Session,
    by: Actor,
    stranger: Stranger,
    *,
    kind: DeviceKind,
    at: Site,
    name: str,
    gateway_name: str = "",
    wearer: UUID | None = None,
    now: datetime,
) -> UUID:
    """Register a device and begin its live test; a gateway has none.

    It protects the elders of its flat, or of them the `wearer` alone. The gateway that it told of
    is registered with it, under `gateway_name`, where nobody has done that.
    """
    require(by, Permission.DEVICES_WRITE, At(at.community, at.grid))
    assert by.person is not None
    index = external_index(stranger.external)
    if not await _no_stranger(session, at.community, stranger.source, index):
        raise UserError("device-known", status=409)
    is_gateway = kind is DeviceKind.GATEWAY
    people = await protected(session, at.home) if at.home else []
    if wearer is not None:
        people = [person for person in people if person == wearer]
    device = Device(
        community_id=at.community, grid_id=at.grid, building_id=at.building, kind=kind,
        source=stranger.source, external=stranger.external, external_index=index,
        place={
            "name": name, "home": str(at.home) if at.home else None,
            "people": [str(person) for person in people],
        },
        home_index=home_index(at.home) if at.home else None, lon=at.lon, lat=at.lat,
        model=stranger.model, installed_at=now,
    )  # fmt: skip
    session.add(device)
    await session.flush()
    if is_gateway:
        return device.id
    if stranger.gateway:
        device.gateway_id = await origins.enlist(
            session, stranger.gateway, beside=device.id, name=gateway_name, now=now
        )
    session.add(
        Installation(
            community_id=at.community, device_id=device.id, worker_id=by.person, began_at=now,
            until=now + trials.LASTS,
        )
    )  # fmt: skip
    await session.flush()
    return device.id


async def _no_stranger(session: Session, community: UUID, source: str, index: bytes) -> bool:
    """Strike a device off the list of strangers; tell whether it was on it."""
    gone = await session.execute(
        sql(
            """
            DELETE FROM unknown_device
            WHERE community_id = :community AND source = :source AND external_index = :index
            RETURNING source
            """
        ),
        {"community": community, "source": source, "index": index},
    )
    return gone.one_or_none() is not None


async def standing(session: Session, by: Actor, at: Site) -> list[Standing]:
    """List the devices of a flat, or of a house and what is around it."""
    require(by, Permission.DEVICES_WRITE, At(at.community, at.grid))
    rows = await session.execute(
        sql(
            """
            SELECT id, place FROM device WHERE removed_at IS NULL AND community_id = :community
               AND CASE WHEN CAST(:home AS bytea) IS NULL
                        THEN building_id = :building AND home_index IS NULL
                        ELSE home_index = :home END
            ORDER BY kind, id
            """
        ),
        {
            "community": at.community, "building": at.building,
            "home": home_index(at.home) if at.home else None,
        },
    )  # fmt: skip
    return [Standing(row.id, open_json(row.place, "device.place")["name"]) for row in rows]


async def remove(session: Session, by: Actor, device: UUID, *, now: datetime) -> str:
    """Take a device out of the registry and return its name; one with a live ticket stays.

    Its readings stay too; if it speaks again, it is a stranger.
    """
    row: Any = (
        await session.execute(
            sql(
                """
                SELECT d.community_id, d.grid_id, d.place,
                       EXISTS (SELECT 1 FROM ticket t
                               WHERE t.device_id = d.id AND t.status <> 'closed') AS busy
                FROM device d WHERE d.id = :device AND d.removed_at IS NULL FOR UPDATE
                """
            ),
            {"device": device},
        )
    ).one_or_none()
    if row is None:
        raise UserError("device-unknown", status=404)
    require(by, Permission.DEVICES_WRITE, At(row.community_id, row.grid_id))
    if row.busy:
        raise UserError("device-has-ticket", status=409)
    values = {"device": device, "now": now}
    await session.execute(sql("UPDATE device SET removed_at = :now WHERE id = :device"), values)
    await session.execute(
        sql("UPDATE device SET gateway_id = NULL WHERE gateway_id = :device"), {"device": device}
    )
    await session.execute(
        sql(
            "UPDATE installation SET ended_at = :now WHERE device_id = :device AND ended_at IS NULL"
        ),
        values,
    )
    name: str = open_json(row.place, "device.place")["name"]
    return name


async def outcomes(session: Session, *, now: datetime) -> list[Test]:
    """End the tests that are over; return those of which the worker has yet to hear."""
    await trials.end(session, now=now)
    rows = await session.execute(
        sql(
            """
            WITH told AS (
                UPDATE installation SET told_at = :now WHERE id IN (
                    SELECT id FROM installation WHERE told_at IS NULL
                       AND (heard_at IS NOT NULL OR until < :now)
                    FOR UPDATE SKIP LOCKED)
                RETURNING device_id, worker_id, heard)
            SELECT told.worker_id, told.heard, d.place
            FROM told JOIN device d ON d.id = told.device_id AND d.removed_at IS NULL
            """
        ),
        {"now": now},
    )
    return [
        Test(row.worker_id, open_json(row.place, "device.place")["name"], row.heard) for row in rows
    ]


def _bare(text: str) -> str:
    """Fold what people leave out or add when they type a code: blanks, dashes, case."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()
