"""外出报备: who is away from when until when, who said so, and how it ends.

It belongs to a person, suppresses absence rules only, and only while everybody of the flat is
away (`services/rules/pauses.py`). Any use inside ends it; a day after the planned return without
a sign of life the family is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.clock import local
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from models import AwayEnd
from services.homes import home_index
from services.permissions import At, Permission, allowed
from services.rules import pauses
from services.tickets import alarms
from services.tickets.judge import Signal

LONGEST = timedelta(days=14)
NOT_BACK = "not_back"
# What nobody does in an empty flat.
USES = ["contact_open", "water_total", "motion"]
BATCH = 100


@dataclass(frozen=True, slots=True)
class Away:
    """A time away as people see it."""

    id: UUID
    community: UUID
    person: UUID
    name: str
    begins_at: datetime
    ends_at: datetime
    wanted_until: datetime | None
    set_by: UUID
    setter: str
    ended_how: AwayEnd | None = None


_AWAY = """
    SELECT a.id, a.community_id, a.person_id, p.name, a.begins_at, a.ends_at, a.wanted_until,
           a.set_by, s.name AS setter, a.ended_how
    FROM away a JOIN person p ON p.id = a.person_id JOIN person s ON s.id = a.set_by
"""


def _away(row: Any) -> Away:
    return Away(
        row.id, row.community_id, row.person_id, open_json(row.name, "person.name"), row.begins_at,
        row.ends_at, row.wanted_until, row.set_by, open_json(row.setter, "person.name"),
        AwayEnd(row.ended_how) if row.ended_how else None,
    )  # fmt: skip


async def candidates(session: Session, by: Actor) -> list[tuple[UUID, str]]:
    """List who somebody may report away in chat: their elders, and themselves if they live here."""
    rows = await session.execute(
        sql(
            """
            SELECT p.id, p.name FROM person p
            WHERE EXISTS (SELECT 1 FROM family_link l WHERE l.elder_id = p.id
                          AND l.relative_id = :person AND l.ended_at IS NULL)
               OR (p.id = :person AND EXISTS (SELECT 1 FROM residence r WHERE r.person_id = p.id
                                              AND r.until IS NULL))
            ORDER BY p.id
            """
        ),
        {"person": by.person},
    )
    return [(row.id, open_json(row.name, "person.name")) for row in rows]


async def leave(
    session: Session, by: Actor, *, person: UUID, begins: date, ends: date, now: datetime
) -> Away:
    """Report somebody away from the beginning of a day to the end of another.

    At most fourteen days: the rest is kept as a wish, to be confirmed then. A new report takes the
    place of the last. Raises UserError `away-past`, `away-no-home`, `not-allowed`.
    """
    home = await _home(session, person)
    if home is None:
        raise UserError("away-no-home", status=409)
    await _require(session, by, person, At(home.community_id, home.grid_id, person))
    begins_at, wanted = max(now, _midnight(begins, now)), _midnight(ends + timedelta(days=1), now)
    if wanted <= begins_at:
        raise UserError("away-past", status=422)
    ends_at = min(wanted, begins_at + LONGEST)
    await _end(session, [person], AwayEnd.REPLACED, by=by.person, now=now)
    made = uuid7()
    await session.execute(
        sql(
            """
            INSERT INTO away (id, community_id, person_id, home_index, begins_at, ends_at,
                              wanted_until, set_by, set_at)
            VALUES (:id, :community, :person, :home, :begins, :ends, :wanted, :by, :now)
            """
        ),
        {
            "id": made, "community": home.community_id, "person": person,
            "home": home_index(home.home_id), "begins": begins_at, "ends": ends_at,
            "wanted": wanted if wanted > ends_at else None, "by": by.person or person, "now": now,
        },
    )  # fmt: skip
    await _look_again(session, [home_index(home.home_id)], now=now)
    return await get(session, made)


async def get(session: Session, away: UUID) -> Away:
    """Load one; raises NoResultFound for an unknown id."""
    rows = await session.execute(sql(_AWAY + "WHERE a.id = :id"), {"id": away})
    return _away(rows.one())


async def live(session: Session, by: Actor) -> list[Away]:
    """List who is reported away, of those that somebody may report."""
    people = [person for person, _ in await candidates(session, by)]
    rows = await session.execute(
        sql(
            _AWAY + "WHERE a.ended_at IS NULL AND a.person_id = ANY(CAST(:people AS uuid[])) "
            "ORDER BY a.begins_at"
        ),
        {"people": people},
    )
    return [_away(row) for row in rows]


async def back(session: Session, by: Actor, *, away: UUID, now: datetime) -> Away:
    """End a time away early: they are back. Raises UserError `away-over` when it has ended."""
    found = await get(session, away)
    await _require(session, by, found.person, At(found.community, person=found.person))
    if not await _end(session, [found.person], AwayEnd.BACK, by=by.person, now=now):
        raise UserError("away-over", status=409)
    return found


async def used(session: Session, *, now: datetime) -> list[Away]:
    """End the pause of flats in which something was used while everybody was away."""
    rows = (
        await session.execute(
            sql(
                """
                SELECT DISTINCT ON (a.id) a.id, a.person_id, d.id AS device
                FROM away a JOIN device d ON d.home_index = a.home_index AND d.removed_at IS NULL
                JOIN device_state s ON s.device_id = d.id
                WHERE a.ended_at IS NULL AND a.begins_at <= :now
                  AND s.metric = ANY(CAST(:uses AS text[]))
                  AND s.changed_at > greatest(a.begins_at, a.set_at)
                ORDER BY a.id
                """
            ),
            {"now": now, "uses": USES},
        )
    ).all()
    if not rows:
        return []
    paused = await pauses.of(session, {row.device for row in rows}, now=now)
    empty = [row for row in rows if paused[row.device].because is not None]
    ended = await _end(session, [row.person_id for row in empty], AwayEnd.USE, by=None, now=now)
    return [await get(session, one) for one in ended]


async def due_back(session: Session, *, now: datetime) -> list[Away]:
    """Take those whose planned return has come; each is to be asked about once."""
    rows = await session.execute(
        sql(
            """
            UPDATE away SET asked_at = :now WHERE id IN (
                SELECT id FROM away WHERE ended_at IS NULL AND asked_at IS NULL AND ends_at <= :now
                ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED)
            RETURNING id
            """
        ),
        {"now": now},
    )
    return [await get(session, one) for one in rows.scalars().all()]


async def overdue(session: Session, *, now: datetime) -> int:
    """Ask the family about those of whom there was no sign of life a day after their return."""
    rows = (
        await session.execute(
            sql(
                """
                SELECT a.id, a.person_id, a.community_id, b.grid_id, b.name AS building, h.label
                FROM away a
                JOIN residence r ON r.person_id = a.person_id AND r.until IS NULL
                JOIN home h ON h.id = r.home_id JOIN building b ON b.id = h.building_id
                WHERE a.ended_at IS NULL AND a.ends_at <= CAST(:now AS timestamptz) - CAST(:grace AS interval)
                ORDER BY a.id LIMIT 100
                """
            ),
            {"now": now, "grace": pauses.GRACE},
        )
    ).all()
    signals = [
        Signal(
            key=f"{NOT_BACK}:{row.id}", what=NOT_BACK, severity="care", community=row.community_id,
            grid=row.grid_id, device=None, active=True, ts=now,
            place=f"{row.building} {open_json(row.label, 'home.label')}",
            people=(str(row.person_id),),
        )
        for row in rows
    ]  # fmt: skip
    await _end(session, [row.person_id for row in rows], AwayEnd.OVERDUE, by=None, now=now)
    if signals:
        await alarms.apply(session, signals, now=now)
    return len(rows)


async def _end(
    session: Session, people: Sequence[UUID], how: AwayEnd, *, by: UUID | None, now: datetime
) -> list[UUID]:
    """End what is live of these people and let what was suppressed be judged again."""
    rows = (
        await session.execute(
            sql(
                """
                UPDATE away SET ended_at = :now, ended_how = :how, ended_by = :by
                WHERE person_id = ANY(CAST(:people AS uuid[])) AND ended_at IS NULL
                RETURNING id, home_index
                """
            ),
            {"now": now, "how": how.value, "by": by, "people": list(people)},
        )
    ).all()
    await _look_again(session, [row.home_index for row in rows], now=now)
    return [row.id for row in rows]


async def _look_again(session: Session, homes: Sequence[bytes | None], *, now: datetime) -> None:
    """Let the timers of these flats fall due at once."""
    if homes:
        await session.execute(
            sql(
                """
                UPDATE rule_state s SET due_at = :now FROM device d
                WHERE d.id = s.device_id AND d.home_index = ANY(CAST(:homes AS bytea[]))
                  AND s.due_at IS NOT NULL
                """
            ),
            {"now": now, "homes": [home for home in homes if home is not None]},
        )


async def _home(session: Session, person: UUID) -> Any:
    rows = await session.execute(
        sql(
            """
            SELECT r.community_id, r.home_id, b.grid_id FROM residence r
            JOIN home h ON h.id = r.home_id JOIN building b ON b.id = h.building_id
            WHERE r.person_id = :person AND r.until IS NULL ORDER BY r.since DESC LIMIT 1
            """
        ),
        {"person": person},
    )
    return rows.one_or_none()


async def _require(session: Session, by: Actor, person: UUID, at: At) -> None:
    """Let staff of the place, the person, and relatives whom the elder agreed to."""
    if allowed(by, Permission.AWAY_SET, at):
        return
    rows = await session.execute(
        sql(
            """
            SELECT 1 FROM family_link
            WHERE elder_id = :person AND relative_id = :by AND ended_at IS NULL
            """
        ),
        {"person": person, "by": by.person},
    )
    if rows.scalar_one_or_none() is None:
        raise UserError("not-allowed", status=403)


def _midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(0), tzinfo=local(now).tzinfo).astimezone(now.tzinfo)
