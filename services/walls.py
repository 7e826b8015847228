"""Wall screens: a named token that shows map, queue and figures of a community, and nobody's name."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.actor import Actor, Grant, Role, ScopeKind
from core.crypto import new_token, open_json, token_hash
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from services import audit, login
from services.permissions import At, Permission, require

NAME_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Wall:
    """A wall screen as it is listed; `used` is when it last asked for anything."""

    id: UUID
    name: str
    by: str
    made: datetime
    used: datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a wall's session shows: a community, as the actor that only looks."""

    actor: Actor
    community: UUID
    idle_until: datetime


async def make(
    session: Session, by: Actor, *, community: UUID, name: str, now: datetime
) -> tuple[UUID, str]:
    """Make a screen and its token, which is shown this once; raises UserError `wall-name-wanted`."""
    require(by, Permission.WALLS_MAKE, At(community))
    called = " ".join(name.split())
    if not 1 <= len(called) <= NAME_LIMIT:
        raise UserError("wall-name-wanted", limit=NAME_LIMIT)
    made, token = uuid7(), new_token(32)
    await session.execute(
        sql(
            """
            INSERT INTO wall_screen (id, community_id, name, token_hash, made_by, made_at)
            VALUES (:id, :community, :name, :hash, :by, :now)
            """
        ),
        {
            "id": made, "community": community, "name": called, "hash": token_hash(token),
            "by": by.person, "now": now,
        },
    )  # fmt: skip
    audit.note(
        session, by, Permission.WALLS_MAKE, community=community, now=now, thing=made, how_many=0
    )
    return made, token


async def listing(session: Session, by: Actor, *, community: UUID) -> list[Wall]:
    """List a community's screens, the newest first."""
    require(by, Permission.WALLS_MAKE, At(community))
    rows = await session.execute(
        sql(
            """
            SELECT w.id, w.name, w.made_at, w.used_at, p.name AS by
            FROM wall_screen w JOIN person p ON p.id = w.made_by
            WHERE w.community_id = :community AND w.ended_at IS NULL ORDER BY w.made_at DESC
            """
        ),
        {"community": community},
    )
    return [
        Wall(row.id, row.name, open_json(row.by, "person.name"), row.made_at, row.used_at)
        for row in rows
    ]


async def end(session: Session, by: Actor, wall: UUID, *, community: UUID, now: datetime) -> None:
    """Take a screen's token back, its sessions end; raises UserError `wall-unknown` (404)."""
    require(by, Permission.WALLS_MAKE, At(community))
    ended = await session.execute(
        sql(
            """
            UPDATE wall_screen SET ended_at = :now
            WHERE id = :wall AND community_id = :community AND ended_at IS NULL RETURNING id
            """
        ),
        {"wall": wall, "community": community, "now": now},
    )
    if ended.scalar_one_or_none() is None:
        raise UserError("wall-unknown", status=404)
    await session.execute(sql("DELETE FROM web_session WHERE wall_id = :wall"), {"wall": wall})
    login.look_again(session)
    audit.note(
        session, by, Permission.WALLS_MAKE, community=community, now=now, thing=wall, how_many=0
    )


async def enter(session: Session, token: str, *, now: datetime) -> str:
    """Exchange a screen's token for a session; raises UserError `login-needed` (401)."""
    wall = await session.execute(
        sql("SELECT id FROM wall_screen WHERE token_hash = :hash AND ended_at IS NULL"),
        {"hash": token_hash(token)},
    )
    found = wall.scalar_one_or_none()
    if found is None:
        raise UserError("login-needed", status=401)
    made = new_token(32)
    await session.execute(
        sql(
            """
            INSERT INTO web_session (token_hash, wall_id, kind, masked, created_at, idle_until,
                                     absolute_until)
            VALUES (:hash, :wall, 'wall', true, :now, :idle, :absolute)
            """
        ),
        {
            "hash": token_hash(made), "wall": found, "now": now, "idle": now + login.IDLE["wall"],
            "absolute": now + login.ABSOLUTE["wall"],
        },
    )  # fmt: skip
    return made


async def shown(session: Session, token: str, *, now: datetime) -> Shown:
    """Find what a session shows; raises UserError `login-needed` (401) when it is over."""
    row = (
        await session.execute(
            sql(
                """
                SELECT w.name, w.community_id, s.idle_until
                FROM web_session s JOIN wall_screen w ON w.id = s.wall_id
                WHERE s.token_hash = :hash AND s.kind = 'wall' AND s.idle_until > :now
                  AND s.absolute_until > :now AND w.ended_at IS NULL
                """
            ),
            {"hash": token_hash(token), "now": now},
        )
    ).one_or_none()
    if row is None:
        raise UserError("login-needed", status=401)
    where = row.community_id
    grant = Grant(Role.WALL, where, ScopeKind.COMMUNITY, where)
    return Shown(Actor(None, row.name, (grant,), way="wall", masked=True), where, row.idle_until)


async def was_used(session: Session, token: str, *, now: datetime) -> None:
    """Note that a screen is there, and let its session live on."""
    await session.execute(
        sql(
            """
            WITH there AS (
                UPDATE web_session SET idle_until = :idle WHERE token_hash = :hash RETURNING wall_id)
            UPDATE wall_screen SET used_at = :now WHERE id = (SELECT wall_id FROM there)
            """
        ),
        {"hash": token_hash(token), "now": now, "idle": now + login.IDLE["wall"]},
    )
