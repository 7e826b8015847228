"""代办: a worker acts for somebody whom no message reaches; the log names both.

Locks: the worker's own conversation, which the turn holds already.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from core.actor import Actor, Grant, Role, ScopeKind
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from services import actors, audit
from services.people import flats
from services.permissions import At, Permission, require

IDLE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Standing:
    """For whom a worker acts now; `since` is when it began."""

    community: UUID
    person: UUID
    name: str
    since: datetime


async def begin(session: Session, by: Actor, *, person: UUID, now: datetime) -> Standing:
    """Act for somebody of the own grid from now on, for nobody else any more.

    Raises UserError `proxy-has-chat` for somebody who can be asked themselves, `not-allowed`.
    """
    doors = await flats.lived_in(session, person)
    if not doors:
        raise UserError("person-lives-nowhere", status=409)
    require(by, Permission.PROXY_ACT, At(doors[0].community, doors[0].grid))
    if by.person is None or by.person == person:
        raise UserError("not-allowed", status=403)
    if person in await actors.reachable(session, [person]):
        raise UserError("proxy-has-chat", status=409)
    await session.execute(
        sql(
            """
            INSERT INTO proxy (worker_id, community_id, person_id, began_at, ends_at)
            VALUES (:worker, :community, :person, :now, :ends)
            ON CONFLICT (worker_id) DO UPDATE
            SET community_id = excluded.community_id, person_id = excluded.person_id,
                began_at = excluded.began_at, ends_at = excluded.ends_at
            """
        ),
        {
            "worker": by.person, "community": doors[0].community, "person": person, "now": now,
            "ends": now + IDLE,
        },
    )  # fmt: skip
    standing = await live(session, by.person, now=now)
    assert standing is not None
    _noted(session, await stands_in(session, by, standing), standing, now=now)
    return standing


async def live(session: Session, worker: UUID, *, now: datetime) -> Standing | None:
    """Tell for whom a worker acts; None after fifteen idle minutes."""
    row = (
        await session.execute(
            sql(
                """
                SELECT x.community_id, x.person_id, p.name, x.began_at
                FROM proxy x JOIN person p ON p.id = x.person_id
                WHERE x.worker_id = :worker AND x.ends_at > :now
                """
            ),
            {"worker": worker, "now": now},
        )
    ).one_or_none()
    if row is None:
        return None
    return Standing(
        row.community_id, row.person_id, open_json(row.name, "person.name"), row.began_at
    )


async def stands_in(session: Session, by: Actor, standing: Standing) -> Actor:
    """Make the actor who is the person, through the worker; at least a resident."""
    own = await actors.actor(session, standing.person)
    resident = Grant(Role.RESIDENT, standing.community, ScopeKind.COMMUNITY, standing.community)
    return replace(own, grants=own.grants or (resident,), way=by.way, through=by.person)


async def acted(session: Session, by: Actor, standing: Standing, *, now: datetime) -> None:
    """Write down that something was done or seen as the person, and wait anew."""
    await session.execute(
        sql("UPDATE proxy SET ends_at = :ends WHERE worker_id = :worker AND person_id = :person"),
        {"ends": now + IDLE, "worker": by.through, "person": standing.person},
    )
    _noted(session, by, standing, now=now)


async def end(session: Session, by: Actor, *, now: datetime) -> str:
    """Be oneself again; returns whom it was for. Raises UserError `proxy-none`."""
    assert by.person is not None
    standing = await live(session, by.person, now=now)
    await session.execute(sql("DELETE FROM proxy WHERE worker_id = :worker"), {"worker": by.person})
    if standing is None:
        raise UserError("proxy-none", status=409)
    return standing.name


async def recipient(session: Session, person: UUID, *, now: datetime) -> UUID | None:
    """Name who is to hear what is for a person: they themselves, or the worker who acts for them."""
    if person in await actors.reachable(session, [person]):
        return person
    rows = await session.execute(
        sql(
            """
            SELECT worker_id FROM proxy WHERE person_id = :person AND ends_at > :now
            ORDER BY began_at DESC, worker_id LIMIT 1
            """
        ),
        {"person": person, "now": now},
    )
    worker: UUID | None = rows.scalar_one_or_none()
    return worker


def _noted(session: Session, by: Actor, standing: Standing, *, now: datetime) -> None:
    audit.note(
        session, by, Permission.PROXY_ACT, community=standing.community, subject=standing.person,
        now=now,
    )  # fmt: skip
