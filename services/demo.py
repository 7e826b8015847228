"""What the demo's panel may ring, and how such a device speaks."""

from typing import Any
from uuid import UUID

from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError

LISTED = 60
_METRIC = {"smoke": "smoke", "gas": "gas", "wristband": "sos"}


async def ringable(session: Session) -> list[dict[str, Any]]:
    """List smoke and gas sensors and wristbands, those of the demo's own elder first."""
    rows = await session.execute(
        sql(
            """
            SELECT d.id, d.kind, d.place, b.name AS building,
                   (SELECT person_id FROM demo_persona WHERE persona = 'elder') AS elder
            FROM device d LEFT JOIN building b ON b.id = d.building_id
            WHERE d.kind IN ('smoke', 'gas', 'wristband') AND d.removed_at IS NULL ORDER BY d.id
            """
        )
    )
    found = [(row, open_json(row.place, "device.place")) for row in rows]
    found.sort(key=lambda pair: str(pair[0].elder) not in pair[1]["people"])
    return [
        {
            "id": str(row.id),
            "kind": _METRIC[row.kind],
            "name": place["name"],
            "place": row.building or "",
        }
        for row, place in found[:LISTED]
    ]


async def alarm_metric(session: Session, device: UUID) -> str:
    """Name the metric by which a device alarms."""
    row = await _device(session, device)
    return str(_METRIC.get(row.kind, row.kind))


async def message(
    session: Session, device: UUID, metric: str, *, active: bool
) -> tuple[str, dict[str, Any]]:
    """Make the topic and payload with which this device says that its metric is so."""
    row = await _device(session, device)
    name = open_json(row.external, "device.external")
    if row.source == "zigbee2mqtt":
        return f"zigbee2mqtt/{name}", {metric: active}
    if row.source == "wristband":
        return f"atom/g616/status/{name}", {"imei": name, metric: active}
    return f"linling/{row.slug}/{name}/event", {"metrics": {metric: active}}


async def _device(session: Session, device: UUID) -> Any:
    found = await session.execute(
        sql(
            """
            SELECT d.kind, d.source, d.external, c.slug FROM device d
            JOIN community c ON c.id = d.community_id WHERE d.id = :device
            """
        ),
        {"device": device},
    )
    row = found.one_or_none()
    if row is None:
        raise UserError("device-unknown", status=404)
    return row
