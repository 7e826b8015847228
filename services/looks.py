"""The access log as it is read: by the person looked at, by an operator, and link by link."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import SealBrokenError, open_json
from core.db import Session, sql
from core.event import NOBODY
from services import identity
from services.audit import REASON, START, Look, digest_of
from services.permissions import At, Permission, require

BATCH = 1000
_COLUMNS = """
    e.community_id, e.number, e.at, e.actor_id, e.for_id, e.role, e.way, e.action, e.subject_id,
    e.how_many, e.object_id, e.reason, e.digest
"""
# Tables in and out concern everybody who was known by then; whoever is in a list is not named.
_ABOUT = """
    (e.subject_id = :person OR (
        e.subject_id IS NULL AND e.action IN ('tables.import', 'tables.export')
        AND e.community_id IN (
            SELECT community_id FROM residence WHERE person_id = :person AND since <= e.at
            UNION SELECT m.community_id FROM membership m JOIN person p ON p.id = m.person_id
            WHERE m.person_id = :person AND p.created_at <= e.at)))
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One look as it is told: who by name and role, what, why; `after` is where the next page begins.

    `who` is empty for the machine, `stood_for` names whom a worker acted for.
    """

    community: UUID
    number: int
    at: datetime
    who: str
    stood_for: str
    role: str
    way: str
    action: str
    subject: UUID | None
    how_many: int
    reason: str


@dataclass(frozen=True, slots=True)
class Proof:
    """How a chain stands: so many entries are whole, and the first that is not, if one is not."""

    entries: int
    broken: int | None = None


async def about(
    session: Session, by: Actor, person: UUID, *, after: tuple[datetime, int] | None, limit: int
) -> list[Entry]:
    """List who looked at a person, newest first, to themselves or a relative they consented to.

    `after` is the moment and number of the last entry shown before.
    """
    require(by, Permission.ACCESS_READ, At(NOBODY, person=person))
    return await _entries(session, _ABOUT, {"person": person}, after, limit)


async def listing(
    session: Session, by: Actor, *, community: UUID, person: UUID | None, since: datetime | None,
    before: int | None, limit: int, actor: UUID | None = None, action: Permission | None = None, people: list[UUID] | None = None,
    until: datetime | None = None,
) -> list[Entry]:  # fmt: skip
    """List a community's log, newest first: all of it, or what one did, about one, of one kind.

    Reading it is the caller's to write down.
    """
    require(by, Permission.ACCESS_READ, At(community))
    wanted: dict[str, tuple[str, Any]] = {
        "person": ("e.subject_id = :person", person),
        "people": ("e.subject_id = ANY(CAST(:people AS uuid[]))", people),
        "actor": ("(e.actor_id = :actor OR e.for_id = :actor)", actor),
        "action": ("e.action = :action", action),
        "since": ("e.at >= :since", since),
        "until": ("e.at < :until", until),
        "before": ("e.number < :before", before),
    }
    asked = {name: value for name, (_, value) in wanted.items() if value is not None}
    which = " AND ".join(["e.community_id = :community", *(wanted[name][0] for name in asked)])
    return await _entries(session, which, {"community": community, **asked}, None, limit)


async def subjects(session: Session, by: Actor, *, community: UUID, called: str) -> list[UUID]:
    """Find whom the log is about by the whole name or telephone; a part of a name finds nobody."""
    require(by, Permission.ACCESS_READ, At(community))
    number = identity.phone_index(called) if any(char.isdigit() for char in called) else None
    rows = await session.execute(
        sql(
            """
            SELECT p.id, p.name, p.phone_index = CAST(:number AS bytea) AS rung FROM person p
            WHERE p.id IN (SELECT subject_id FROM access_entry WHERE community_id = :community)
            """
        ),
        {"community": community, "number": number},
    )
    return [row.id for row in rows if row.rung or open_json(row.name, "person.name") == called]


async def _entries(
    session: Session, which: str, values: dict[str, Any], after: tuple[datetime, int] | None,
    limit: int,
) -> list[Entry]:  # fmt: skip
    older = ""
    if after is not None:
        older = "AND (e.at, e.number) < (:at, :number)"
        values = values | {"at": after[0], "number": after[1]}
    rows = await session.execute(
        sql(
            f"""
            SELECT {_COLUMNS}, a.name AS who, f.name AS stood_for FROM access_entry e
            LEFT JOIN person a ON a.id = e.actor_id LEFT JOIN person f ON f.id = e.for_id
            WHERE {which} {older} ORDER BY e.at DESC, e.number DESC LIMIT :limit
            """  # noqa: S608  (literals of this module)
        ),
        values | {"limit": limit},
    )
    return [
        Entry(
            row.community_id, row.number, row.at, _name(row.who), _name(row.stood_for), row.role,
            row.way, row.action, row.subject_id, row.how_many, open_json(row.reason, REASON) if row.reason else "",
        )
        for row in rows
    ]  # fmt: skip


def _name(sealed: bytes | None) -> str:
    return open_json(sealed, "person.name") if sealed is not None else ""


async def verify(session: Session, community: UUID, *, last: int | None = None) -> Proof:
    """Walk a community's chain from its beginning, or only its `last` entries, up to its end.

    An entry is broken that is missing, says anything else than it did, or does not follow the one
    before it.
    """
    head = (
        await session.execute(
            sql("SELECT number, digest FROM access_head WHERE community_id = :id"),
            {"id": community},
        )
    ).one_or_none()
    end = head.number if head is not None else 0
    whole = 0 if last is None else max(0, end - last)
    digest = await _digest_at(session, community, whole)
    async for row in _walk(session, community, whole, end):
        if digest is None or row.number != whole + 1 or not _follows(row, digest):
            return Proof(whole, whole + 1)
        whole, digest = row.number, bytes(row.digest)
    if head is not None and (whole != end or digest != bytes(head.digest)):
        return Proof(whole, min(whole + 1, end))
    return Proof(whole, await _beyond(session, community))


async def communities(session: Session) -> Sequence[tuple[UUID, str]]:
    """List every community with its slug, in the order in which chains are walked."""
    rows = await session.execute(sql("SELECT id, slug FROM community ORDER BY slug"))
    return [(row.id, row.slug) for row in rows]


async def _walk(session: Session, community: UUID, after: int, end: int) -> AsyncIterator[Any]:
    """Yield entries in their order up to the end, a batch at a time."""
    while after < end:
        rows = await session.execute(
            sql(
                f"""
                SELECT {_COLUMNS} FROM access_entry e
                WHERE e.community_id = :id AND e.number > :after AND e.number <= :end
                ORDER BY e.number LIMIT {BATCH}
                """  # noqa: S608  (literals of this module)
            ),
            {"id": community, "after": after, "end": end},
        )
        found = rows.all()
        for row in found:
            yield row
        if len(found) < BATCH:
            return
        after = found[-1].number


async def _beyond(session: Session, community: UUID) -> int | None:
    """Find the first entry beyond the end, in one statement: others may be appending."""
    found = await session.execute(
        sql(
            """
            SELECT min(number) FROM access_entry
            WHERE community_id = :id AND number > coalesce(
                (SELECT number FROM access_head WHERE community_id = :id), 0)
            """
        ),
        {"id": community},
    )
    number: int | None = found.scalar_one()
    return number


async def _digest_at(session: Session, community: UUID, number: int) -> bytes | None:
    """Return what the next entry builds upon; None where the entry is gone."""
    if number == 0:
        return START
    found = await session.execute(
        sql("SELECT digest FROM access_entry WHERE community_id = :id AND number = :number"),
        {"id": community, "number": number},
    )
    digest = found.scalar_one_or_none()
    return None if digest is None else bytes(digest)


def _follows(row: Any, before: bytes) -> bool:
    try:
        reason = open_json(row.reason, REASON) if row.reason is not None else None
        look = Look(
            row.community_id, row.at, row.actor_id, row.for_id, row.role, row.way,
            Permission(row.action), row.subject_id, row.how_many, row.object_id, reason,
        )  # fmt: skip
    except (SealBrokenError, ValueError):
        return False
    return digest_of(before, row.number, look) == bytes(row.digest)
