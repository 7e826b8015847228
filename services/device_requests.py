"""Wishes for devices: asked for with consent, waiting by need, fulfilled by an installation."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from models import DeviceKind, DeviceRequest, Stage
from services.permissions import At, Permission, allowed, reach, require

KINDS: Final = (
    DeviceKind.SMOKE, DeviceKind.GAS, DeviceKind.DOOR, DeviceKind.WRISTBAND, DeviceKind.WATER,
    DeviceKind.CAMERA,
)  # fmt: skip
# Who waits least: those who can't help themselves, then those whom nobody would miss.
_NEEDS: Final = (
    frozenset({"disabled", "dementia", "severe_disability"}),
    frozenset({"living_alone", "over80"}),
    frozenset({"empty_nest", "special_family", "low_income"}),
)
_AN_ELDER, _ANYBODY = len(_NEEDS), len(_NEEDS) + 1
LISTED = 9


@dataclass(frozen=True, slots=True)
class Beneficiary:
    """Somebody for whom the actor may ask: themselves or an elder of theirs, in their flat."""

    person: UUID
    name: str
    community: UUID
    home: UUID
    need: int


@dataclass(frozen=True, slots=True)
class Wish:
    """A line of the waiting list."""

    id: UUID
    kind: DeviceKind
    name: str
    place: str
    asked_at: datetime


def need_of(groups: Collection[str], *, elder: bool) -> int:
    """Rank the need, least first."""
    for rank, some in enumerate(_NEEDS):
        if elder and some & set(groups):
            return rank
    return _AN_ELDER if elder else _ANYBODY


async def beneficiaries(session: Session, by: Actor) -> list[Beneficiary]:
    """List for whom the actor may ask; raises UserError where no flat is known."""
    rows = await session.execute(
        sql(
            """
            SELECT p.id, p.name, r.community_id, r.home_id, r.elder, r.groups
            FROM residence r JOIN person p ON p.id = r.person_id
            WHERE r.until IS NULL AND (p.id = :person OR p.id IN (
                SELECT elder_id FROM family_link
                WHERE relative_id = :person AND ended_at IS NULL))
            ORDER BY p.id <> :person, p.id
            """
        ),
        {"person": by.person},
    )
    found = [
        Beneficiary(
            row.id, open_json(row.name, "person.name"), row.community_id, row.home_id,
            need_of(open_json(row.groups, "residence.groups") or [] if row.groups else [],
                    elder=row.elder),
        )
        for row in rows
        if allowed(by, Permission.DEVICES_REQUEST, At(row.community_id, person=row.id))
    ]  # fmt: skip
    if not found:
        raise UserError("device-request-no-home")
    return found


async def _beneficiary(session: Session, by: Actor, whom: UUID) -> Beneficiary:
    """Find for whom it is; raises UserError `not-allowed` (403) unless the actor may ask."""
    found = next((one for one in await beneficiaries(session, by) if one.person == whom), None)
    if found is None:
        raise UserError("not-allowed", status=403)
    return found


async def ask(
    session: Session, by: Actor, whom: UUID, kind: DeviceKind, *, said: str, now: datetime
) -> int:
    """Put a wish on the waiting list and return its place in it; asking again changes nothing."""
    mine = await _beneficiary(session, by, whom)
    assert by.person is not None
    if await waiting(session, by, whom, kind) is None:
        session.add(
            DeviceRequest(
                community_id=mine.community, person_id=whom, home_id=mine.home, kind=kind,
                need=mine.need, said=said or None, asked_by=by.person, asked_at=now,
                consent_by=by.person,
            )
        )  # fmt: skip
        await session.flush()
    return await waiting(session, by, whom, kind) or 1


async def waiting(session: Session, by: Actor, whom: UUID, kind: DeviceKind) -> int | None:
    """Tell the place of a wish in the list of its kind, None where there is none."""
    await _beneficiary(session, by, whom)
    found = await session.execute(
        sql(
            """
            SELECT place FROM (
                SELECT person_id, row_number() OVER (ORDER BY need, asked_at, id) AS place
                FROM device_request WHERE stage = 'waiting' AND kind = :kind
                  AND community_id = (SELECT community_id FROM device_request
                                      WHERE person_id = :whom AND kind = :kind
                                        AND stage = 'waiting')) listed
            WHERE person_id = :whom
            """
        ),
        {"kind": kind.value, "whom": whom},
    )
    place: int | None = found.scalar_one_or_none()
    return place


async def withdraw(
    session: Session, by: Actor, whom: UUID, kind: DeviceKind, *, now: datetime
) -> None:
    """Take a wish back, by the person or a relative."""
    await _beneficiary(session, by, whom)
    await _end(session, Stage.WITHDRAWN, [whom], kind, now=now)


async def fulfil(
    session: Session, by: Actor, *, community: UUID, grid: UUID, home: UUID, kind: DeviceKind,
    now: datetime,
) -> None:  # fmt: skip
    """Mark the wishes of a flat for a kind as fulfilled, after the device was registered there."""
    require(by, Permission.DEVICES_WRITE, At(community, grid))
    rows = await session.execute(
        sql(
            """
            SELECT person_id FROM device_request
            WHERE home_id = :home AND kind = :kind AND stage = 'waiting'
            """
        ),
        {"home": home, "kind": kind.value},
    )
    await _end(session, Stage.INSTALLED, list(rows.scalars()), kind, now=now)


async def _end(
    session: Session, stage: Stage, people: Sequence[UUID], kind: DeviceKind, *, now: datetime
) -> None:
    await session.execute(
        sql(
            """
            UPDATE device_request SET stage = :stage, ended_at = :now
            WHERE person_id = ANY(CAST(:people AS uuid[])) AND kind = :kind AND stage = 'waiting'
            """
        ),
        {"stage": stage.value, "now": now, "people": list(people), "kind": kind.value},
    )


async def listing(session: Session, by: Actor) -> tuple[list[Wish], int]:
    """List the wishes of the actor's grids by need, and count them all."""
    may = reach(by, Permission.DEVICES_WRITE)
    rows = (
        await session.execute(
            sql(
                """
                SELECT q.id, q.kind, q.asked_at, p.name, b.name AS house, h.label
                FROM device_request q JOIN person p ON p.id = q.person_id
                JOIN home h ON h.id = q.home_id JOIN building b ON b.id = h.building_id
                WHERE q.stage = 'waiting' AND (b.grid_id = ANY(CAST(:grids AS uuid[]))
                   OR b.community_id = ANY(CAST(:communities AS uuid[])))
                ORDER BY q.need, q.asked_at, q.id
                """
            ),
            {"grids": list(may.grids), "communities": list(may.communities)},
        )
    ).all()
    return [_wish(row) for row in rows[:LISTED]], len(rows)


async def fulfilled(session: Session, *, now: datetime) -> list[tuple[UUID, DeviceKind]]:
    """Return (person, kind) of fulfilled wishes whose people have yet to hear."""
    rows = await session.execute(
        sql(
            """
            UPDATE device_request SET told_at = :now WHERE id IN (
                SELECT id FROM device_request WHERE stage = 'installed' AND told_at IS NULL
                FOR UPDATE SKIP LOCKED)
            RETURNING asked_by, kind
            """
        ),
        {"now": now},
    )
    return [(row.asked_by, DeviceKind(row.kind)) for row in rows]


def _wish(row: Any) -> Wish:
    label = open_json(row.label, "home.label").replace(" ", "")
    name = open_json(row.name, "person.name")
    return Wish(row.id, DeviceKind(row.kind), name, f"{row.house}{label}", row.asked_at)
