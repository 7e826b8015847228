"""Requests to be joined to a flat or an elder, as those who decide see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from core.errors import UserError
from models import BindingKind, BindingState
from services.people import flats
from services.permissions import Permission

PAGE = 3
SAID, RELATION = "binding.said", "binding.relation"


class Wish(StrEnum):
    """What somebody wants with a flat."""

    JOIN = "join"
    MOVE = "move"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Registered:
    """Somebody who lives in the flat by the register; `joinable` when they have no chat."""

    person: UUID
    name: str
    joinable: bool


@dataclass(frozen=True, slots=True)
class Request:
    """A request as those who decide see it."""

    id: UUID
    kind: BindingKind
    state: BindingState
    community: UUID
    grid: UUID
    person: UUID
    name: str
    place: str
    home: UUID | None
    wish: Wish
    elder: UUID | None
    elder_name: str
    relation: str
    registered: tuple[Registered, ...]
    decided_by: str


async def waiting(session: Session, person: UUID) -> list[Request]:
    """List what a person still waits for."""
    rows = await session.execute(
        sql("SELECT id FROM binding WHERE person_id = :person AND state = 'asked' ORDER BY id"),
        {"person": person},
    )
    return [await request(session, one) for one in rows.scalars().all()]


async def open_in(session: Session, by: Actor) -> list[Request]:
    """List the requests that wait in the actor's grids, the oldest first."""
    grids = await flats.own_grids(session, by, Permission.BINDINGS_DECIDE)
    if not grids:
        raise UserError("not-allowed", status=403)
    rows = await session.execute(
        sql(
            """
            SELECT id FROM binding
            WHERE state = 'asked' AND grid_id = ANY(CAST(:grids AS uuid[])) ORDER BY id
            """
        ),
        {"grids": list(grids)},
    )
    return [await request(session, one) for one in rows.scalars().all()]


async def request(session: Session, binding: UUID) -> Request:
    """Load a request, for those who were asked for permission."""
    row: Any = (
        await session.execute(
            sql(
                """
                SELECT b.*, p.name, e.name AS elder, d.name AS decider
                FROM binding b JOIN person p ON p.id = b.person_id
                LEFT JOIN person e ON e.id = b.elder_id LEFT JOIN person d ON d.id = b.decided_by
                WHERE b.id = :id
                """
            ),
            {"id": binding},
        )
    ).one()
    return Request(
        row.id, BindingKind(row.kind), BindingState(row.state), row.community_id, row.grid_id,
        row.person_id, open_json(row.name, "person.name"), await _place(session, row), row.home_id,
        Wish(open_json(row.said, SAID)["wish"]) if row.said else Wish.JOIN,
        row.elder_id, open_json(row.elder, "person.name") if row.elder else "",
        open_json(row.relation, RELATION) if row.relation else "",
        await _registered(session, row) if row.home_id else (),
        open_json(row.decider, "person.name") if row.decider else "",
    )  # fmt: skip


async def _place(session: Session, row: Any) -> str:
    if row.home_id is not None:
        return (await flats.door(session, row.home_id)).place
    doors = await flats.lived_in(session, row.elder_id)
    return doors[0].place if doors else ""


async def _registered(session: Session, row: Any) -> tuple[Registered, ...]:
    rows = await session.execute(
        sql(
            """
            SELECT p.id, p.name, NOT EXISTS (SELECT 1 FROM channel_account a
                                             WHERE a.person_id = p.id) AS joinable
            FROM residence r JOIN person p ON p.id = r.person_id
            WHERE r.home_id = :home AND r.until IS NULL AND p.id <> :asker
            ORDER BY r.elder DESC, r.id
            """
        ),
        {"home": row.home_id, "asker": row.person_id},
    )
    return tuple(
        Registered(one.id, open_json(one.name, "person.name"), one.joinable) for one in rows
    )


def alike(one: Request) -> Sequence[Registered]:
    """List who of the registered has the asker's name."""
    return [who for who in one.registered if who.name == one.name]
