"""Drills and test rings as lists."""

from dataclasses import asdict
from datetime import datetime

from core.actor import Actor
from core.crypto import open_json
from core.db import Session
from services.lists.pages import Asked, Page, Query, all_of, read
from services.permissions import At, Permission, require
from services.tickets import bell

_DRILLS = Query(
    "d.id, d.begins_at, d.ends_at, d.ended_at, d.households, p.name, "
    "(SELECT count(*) FROM drill_device v WHERE v.drill_id = d.id) AS devices",
    "drill d LEFT JOIN person p ON p.id = d.begun_by",
    (("d.begins_at", "timestamptz"), ("d.id", "uuid")),
    down=True,
)


async def drills(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (every list is asked so)
    """List drills, the newest first; one that runs can be ended."""
    require(by, Permission.TICKETS_READ, At(asked.community))
    rows, goes_on, total = await read(
        session, _DRILLS, ["d.community_id = :community"], {"community": asked.community}, asked
    )
    found = [
        {
            "id": row.id, "begins_at": row.begins_at, "ends_at": row.ended_at or row.ends_at,
            "state": "over" if row.ended_at else "runs", "devices": row.devices,
            "households": row.households, "runs": row.ended_at is None,
            "person": open_json(row.name, "person.name") if row.name else "",
        }
        for row in rows
    ]  # fmt: skip
    return Page(found, goes_on, total)


async def missed(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (same)
    """List whom the newest test ring did not reach, or who did not answer it."""
    found = await bell.newest(session, by, asked.community)
    rows = [asdict(one) | {"at": found.at} for one in found.missed] if found else []
    return all_of(rows, asked)
