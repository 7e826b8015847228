"""Who lives where, over time: a move ends one row and begins another, and nothing is forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core.actor import Actor, Role
from core.crypto import open_json, seal_json
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from models import HomeUse, Standing
from services import audit
from services.people import flats
from services.people.flats import Door
from services.permissions import At, Permission, allowed, require

_ENDS = (
    "UPDATE residence SET until = :now WHERE person_id = :person AND until IS NULL",
    """
    UPDATE family_link SET ended_at = :now
    WHERE ended_at IS NULL AND :person IN (elder_id, relative_id)
    """,
    "UPDATE contact SET ended_at = :now WHERE person_id = :person AND ended_at IS NULL",
    """
    UPDATE binding SET state = 'withdrawn', decided_at = :now
    WHERE state = 'asked' AND :person IN (person_id, elder_id)
    """,
)
_DROPS = (
    "DELETE FROM membership WHERE scope_kind = 'person' AND :person IN (person_id, scope_id)",
    "DELETE FROM proxy WHERE person_id = :person",
    "UPDATE channel_account SET reachable = FALSE WHERE person_id = :person",
)


@dataclass(frozen=True, slots=True)
class Stay:
    """One time of living somewhere; `until` is None while it lasts."""

    place: str
    household: int
    since: datetime
    until: datetime | None


async def move_in(
    session: Session, by: Actor, *, person: UUID, home: UUID, now: datetime,
    relation: str = "", household: int = 1, standing: Standing = Standing.LIVES,
    elder: bool = False, groups: Sequence[str] = (), use: HomeUse = HomeUse.OWNED,
) -> Door:  # fmt: skip
    """Let a person live in a flat from now on; an empty flat is then used as `use`.

    Raises UserError `lives-here-already`.
    """
    door = await _allowed(session, by, home)
    made = await session.execute(
        sql(
            """
            INSERT INTO residence (id, community_id, person_id, home_id, household, relation,
                                   standing, elder, groups, since)
            VALUES (:id, :community, :person, :home, :household, :relation, :standing, :elder,
                    :groups, :now)
            ON CONFLICT (person_id, home_id) WHERE until IS NULL DO NOTHING RETURNING id
            """
        ),
        {
            "id": uuid7(), "community": door.community, "person": person, "home": home,
            "household": household, "standing": standing.value, "elder": elder, "now": now,
            "relation": seal_json(relation, "residence.relation") if relation else None,
            "groups": seal_json(list(groups), "residence.groups") if groups else None,
        },
    )  # fmt: skip
    if made.scalar_one_or_none() is None:
        raise UserError("lives-here-already", status=409, place=door.place)
    await session.execute(
        sql("UPDATE home SET use = :use WHERE id = :home AND use = 'vacant'"),
        {"use": use.value, "home": home},
    )
    await _resident(session, person, door.community)
    _noted(session, by, door, person, now=now)
    return door


async def move_out(session: Session, by: Actor, *, person: UUID, home: UUID, now: datetime) -> Door:
    """Let a person live there no more; a flat that nobody lives in is vacant.

    Raises UserError `lives-not-here`.
    """
    door = await _allowed(session, by, home)
    ended = await session.execute(
        sql(
            """
            UPDATE residence SET until = :now
            WHERE person_id = :person AND home_id = :home AND until IS NULL RETURNING id
            """
        ),
        {"now": now, "person": person, "home": home},
    )
    if ended.scalar_one_or_none() is None:
        raise UserError("lives-not-here", status=409)
    await _emptied(session, [home])
    _noted(session, by, door, person, now=now)
    return door


async def move(session: Session, by: Actor, *, person: UUID, home: UUID, now: datetime) -> Door:
    """Let a person live in another flat instead of all the present ones, as who they are.

    The flats that are left may lie in grids of others: whoever may move somebody in may end this.
    """
    door = await _allowed(session, by, home)
    rows = (
        await session.execute(
            sql(
                """
                SELECT id, home_id, relation, elder, groups, standing FROM residence
                WHERE person_id = :person AND until IS NULL AND home_id <> :home
                ORDER BY since DESC, id DESC FOR UPDATE
                """
            ),
            {"person": person, "home": home},
        )
    ).all()
    await session.execute(
        sql("UPDATE residence SET until = :now WHERE id = ANY(CAST(:rows AS uuid[]))"),
        {"now": now, "rows": [row.id for row in rows]},
    )
    await _emptied(session, [row.home_id for row in rows])
    last = rows[0] if rows else None
    groups = open_json(last.groups, "residence.groups") if last and last.groups else ()
    await move_in(
        session, by, person=person, home=home, now=now, elder=bool(last and last.elder),
        groups=groups, standing=Standing(last.standing) if last else Standing.LIVES,
    )  # fmt: skip
    return door


async def change_household(
    session: Session, by: Actor, *, person: UUID, home: UUID, household: int, now: datetime,
    relation: str = "",
) -> None:  # fmt: skip
    """Let a person belong to another household of the same flat; the row before is kept."""
    door = await _allowed(session, by, home)
    row = (
        await session.execute(
            sql(
                """
                UPDATE residence SET until = :now
                WHERE person_id = :person AND home_id = :home AND until IS NULL
                RETURNING elder, groups, standing
                """
            ),
            {"now": now, "person": person, "home": home},
        )
    ).one_or_none()
    if row is None:
        raise UserError("lives-not-here", status=409)
    await move_in(
        session, by, person=person, home=door.home, now=now, household=household,
        relation=relation, elder=row.elder, standing=Standing(row.standing),
        groups=open_json(row.groups, "residence.groups") if row.groups else (),
    )  # fmt: skip


async def deceased(session: Session, by: Actor, *, person: UUID, now: datetime) -> Door:
    """Note that a person has died: they live nowhere, nothing is asked of or sent about them.

    What was written stays; relatives hear no alarms for them any more.
    """
    door = await written_about(session, by, person, now=now)
    homes = [one.home for one in await flats.lived_in(session, person)]
    for statement in _ENDS:
        await session.execute(sql(statement), {"person": person, "now": now})
    for statement in _DROPS:
        await session.execute(sql(statement), {"person": person})
    await _emptied(session, homes)
    return door


async def history(session: Session, by: Actor, *, person: UUID, now: datetime) -> list[Stay]:
    """List where a person lives and has lived in the actor's grids, the newest first."""
    rows = await session.execute(
        sql(
            """
            SELECT r.household, r.since, r.until, b.community_id, b.grid_id, b.name, h.label
            FROM residence r JOIN home h ON h.id = r.home_id
            JOIN building b ON b.id = h.building_id
            WHERE r.person_id = :person
            ORDER BY r.until IS NOT NULL, r.since DESC, r.id DESC
            """
        ),
        {"person": person},
    )
    seen = [row for row in rows if _reads(by, row.community_id, row.grid_id, person)]
    if not seen:
        raise UserError("not-allowed", status=403)
    audit.note(
        session, by, Permission.PEOPLE_READ, community=seen[0].community_id, subject=person, now=now
    )
    return [
        Stay(
            f"{row.name} {open_json(row.label, 'home.label')}", row.household, row.since, row.until
        )
        for row in seen
    ]


def _reads(by: Actor, community: UUID, grid: UUID, person: UUID) -> bool:
    return allowed(by, Permission.PEOPLE_READ, At(community, grid, person))


async def written_about(session: Session, by: Actor, person: UUID, *, now: datetime) -> Door:
    """Return where a person lives, if the actor may write about them there, and note that they do.

    Raises UserError `not-allowed`, `person-lives-nowhere`.
    """
    doors = await flats.lived_in(session, person)
    if not doors:
        raise UserError("person-lives-nowhere", status=409)
    require(by, Permission.PEOPLE_WRITE, At(doors[0].community, doors[0].grid))
    _noted(session, by, doors[0], person, now=now)
    return doors[0]


async def _allowed(session: Session, by: Actor, home: UUID) -> Door:
    try:
        door = await flats.door(session, home)
    except LookupError:
        raise UserError("home-unknown", status=404) from None
    require(by, Permission.PEOPLE_WRITE, At(door.community, door.grid))
    return door


async def _emptied(session: Session, homes: Sequence[UUID]) -> None:
    await session.execute(
        sql(
            """
            UPDATE home SET use = 'vacant'
            WHERE id = ANY(CAST(:homes AS uuid[])) AND NOT EXISTS (
                SELECT 1 FROM residence r WHERE r.home_id = home.id AND r.until IS NULL)
            """
        ),
        {"homes": list(homes)},
    )


async def _resident(session: Session, person: UUID, community: UUID) -> None:
    """Let somebody who lives here be a resident, if they are nothing else here yet."""
    await session.execute(
        sql(
            """
            INSERT INTO membership (id, person_id, community_id, role, scope_kind, scope_id)
            SELECT :id, CAST(:person AS uuid), CAST(:community AS uuid), :role, 'community',
                   CAST(:community AS uuid)
            WHERE EXISTS (SELECT 1 FROM channel_account WHERE person_id = CAST(:person AS uuid))
            ON CONFLICT (person_id, role, scope_id) DO NOTHING
            """
        ),
        {"id": uuid7(), "person": person, "community": community, "role": Role.RESIDENT.value},
    )


def _noted(session: Session, by: Actor, door: Door, person: UUID, *, now: datetime) -> None:
    audit.note(
        session, by, Permission.PEOPLE_WRITE, community=door.community, subject=person,
        thing=door.home, now=now,
    )  # fmt: skip
