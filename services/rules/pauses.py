"""Which flats' absence rules rest because everybody is away, and what was not told meanwhile."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.crypto import open_json
from core.db import Session, sql
from services.rules.memory import Slot

# So long after the planned return without a sign of life somebody is asked.
GRACE = timedelta(hours=24)
_PERSONAL = frozenset({"wristband"})


@dataclass(frozen=True, slots=True)
class Pause:
    """`because` is a time away of somebody of the flat while all are; `resumed_at` the last end."""

    because: UUID | None
    resumed_at: datetime | None


async def of(session: Session, devices: Collection[UUID], *, now: datetime) -> dict[UUID, Pause]:
    """Say for each device whether its flat rests; a wristband rests with its own wearer.

    A flat with somebody at home does not rest, and neither does one whose people nobody knows.
    """
    people = await _people(session, devices)
    rows = await session.execute(
        sql(
            """
            SELECT id, person_id, begins_at, ends_at, ended_at FROM away
            WHERE person_id = ANY(CAST(:people AS uuid[])) AND begins_at <= :now
              AND (ended_at IS NULL OR ended_at > CAST(:now AS timestamptz) - interval '30 days')
            ORDER BY person_id, begins_at
            """
        ),
        {"people": sorted({one for some in people.values() for one in some}), "now": now},
    )
    away: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        away[row.person_id].append(row)
    return {device: _pause(some, away, now=now) for device, some in people.items()}


def _pause(people: frozenset[UUID], away: Mapping[UUID, list[Any]], *, now: datetime) -> Pause:
    live = {
        row.person_id: row.id
        for one in people
        for row in away.get(one, ())
        if row.ended_at is None and now < row.ends_at + GRACE
    }
    ended = [row.ended_at for one in people for row in away.get(one, ()) if row.ended_at]
    resumed = max(ended, default=None)
    if people and live.keys() == people:
        return Pause(min(live.values()), resumed)
    return Pause(None, resumed)


async def _people(session: Session, devices: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Find who would have to be away: whom a device protects, and who else lives in the flat."""
    rows = (
        await session.execute(
            sql("SELECT id, kind, place FROM device WHERE id = ANY(CAST(:devices AS uuid[]))"),
            {"devices": list(devices)},
        )
    ).all()
    places = {row.id: (row.kind, open_json(row.place, "device.place")) for row in rows}
    homes = {UUID(place["home"]) for _, place in places.values() if place["home"]}
    living: dict[UUID, set[UUID]] = defaultdict(set)
    for row in await session.execute(
        sql(
            """
            SELECT home_id, person_id FROM residence
            WHERE home_id = ANY(CAST(:homes AS uuid[])) AND until IS NULL
              AND standing IN ('both', 'lives')
            """
        ),
        {"homes": list(homes)},
    ):
        living[row.home_id].add(row.person_id)
    found = {}
    for device, (kind, place) in places.items():
        people = {UUID(one) for one in place["people"]}
        if place["home"] and kind not in _PERSONAL:
            people |= living[UUID(place["home"])]
        found[device] = frozenset(people)
    return found


async def note(session: Session, held: Mapping[Slot, Pause], *, now: datetime) -> None:
    """Record alarms that were not told; each once until it is judged again."""
    if not held:
        return
    ordered = sorted(held)
    await session.execute(
        sql(
            """
            INSERT INTO suppression (community_id, device_id, key, because_id, at)
            SELECT d.community_id, w.device, w.key, w.because, :now
            FROM unnest(CAST(:devices AS uuid[]), CAST(:keys AS text[]), CAST(:reasons AS uuid[]))
                AS w(device, key, because) JOIN device d ON d.id = w.device
            ON CONFLICT (device_id, key) WHERE judged_at IS NULL DO NOTHING
            """
        ),
        {
            "now": now,
            "devices": [device for device, _ in ordered],
            "keys": [key for _, key in ordered],
            "reasons": [held[slot].because for slot in ordered],
        },
    )


async def judged(session: Session, outcome: Mapping[Slot, bool], *, now: datetime) -> None:
    """Close the records of alarms that were not told: it was looked again, without a pause."""
    if not outcome:
        return
    ordered = sorted(outcome)
    await session.execute(
        sql(
            """
            UPDATE suppression s SET judged_at = :now, alarmed = w.alarmed
            FROM unnest(CAST(:devices AS uuid[]), CAST(:keys AS text[]), CAST(:outcomes AS bool[]))
                AS w(device, key, alarmed)
            WHERE s.device_id = w.device AND s.key = w.key AND s.judged_at IS NULL
            """
        ),
        {
            "now": now,
            "devices": [device for device, _ in ordered],
            "keys": [key for _, key in ordered],
            "outcomes": [outcome[slot] for slot in ordered],
        },
    )
