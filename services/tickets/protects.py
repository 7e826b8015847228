"""Whom a device protects, or a ticket without one is about."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from core.crypto import open_json
from core.db import Session
from models import DeviceKind
from services.homes import living_in


async def of(session: Session, rows: Iterable[Any]) -> dict[UUID, list[UUID]]:
    """Map each row (`id`, sealed `place`, `kind`, perhaps sealed `people`) to its people.

    A flat's devices protect its elders and whom they are for, as long as they live there; what is
    worn protects whoever wears it.
    """
    rows = list(rows)
    found = {row.id: _named(row) for row in rows if getattr(row, "people", None) is not None}
    places = {
        row.id: open_json(row.place, "device.place")
        for row in rows
        if row.id not in found and row.place is not None
    }
    fixed = {row.id for row in rows if row.kind != DeviceKind.WRISTBAND}
    homes = {UUID(home) for place in places.values() if (home := place.get("home"))}
    living = await living_in(session, homes)
    for one, place in places.items():
        people = [UUID(person) for person in place["people"]]
        if place.get("home") and one in fixed:
            here = living[UUID(place["home"])]
            people = [person for person in here if here[person] or person in people]
        found[one] = people
    return found


def _named(row: Any) -> list[UUID]:
    return [UUID(one) for one in open_json(row.people, "ticket.people")]
