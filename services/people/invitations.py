"""One-time codes that join whoever has them to a flat or an elder."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.actor import Actor
from core.crypto import keyring
from core.db import Session, sql
from core.errors import UserError
from core.ports import Pace
from models import BindingKind
from services import audit, paces
from services.people import flats
from services.permissions import At, Permission, require

DIGITS = 8
LIFE = timedelta(days=7)
TRIES_AN_HOUR = 5


@dataclass(frozen=True, slots=True)
class Invited:
    """What a code is for, and who made it."""

    kind: BindingKind
    community: UUID
    made_by: UUID
    home: UUID | None
    elder: UUID | None


async def to_home(session: Session, by: Actor, *, home: UUID, now: datetime) -> str:
    """Make a code for a flat of the own grid."""
    door = await flats.door(session, home)
    require(by, Permission.BINDINGS_DECIDE, At(door.community, door.grid))
    audit.note(
        session, by, Permission.BINDINGS_DECIDE, community=door.community, thing=home, now=now
    )
    return await _made(session, by, door.community, home=home, elder=None, now=now)


async def to_elder(session: Session, by: Actor, *, elder: UUID, now: datetime) -> str:
    """Make a code for the relatives of an elder, at the elder's word or a worker's."""
    doors = await flats.lived_in(session, elder)
    if not doors:
        raise UserError("person-lives-nowhere", status=409)
    require(by, Permission.FAMILY_DECIDE, At(doors[0].community, doors[0].grid, elder))
    audit.note(
        session, by, Permission.FAMILY_DECIDE, community=doors[0].community, subject=elder, now=now
    )
    return await _made(session, by, doors[0].community, home=None, elder=elder, now=now)


async def _made(
    session: Session, by: Actor, community: UUID, *, home: UUID | None, elder: UUID | None,
    now: datetime,
) -> str:  # fmt: skip
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    await session.execute(
        sql(
            """
            INSERT INTO invitation (code_index, community_id, kind, home_id, elder_id, made_by,
                                    made_at, expires_at)
            VALUES (:code, :community, :kind, :home, :elder, :by, :now, :expires)
            """
        ),
        {
            "code": _index(code), "community": community, "home": home, "elder": elder,
            "kind": (BindingKind.HOME if home else BindingKind.ELDER).value,
            "by": by.through or by.person, "now": now, "expires": now + LIFE,
        },
    )  # fmt: skip
    return code


async def use(session: Session, by: Actor, code: str, *, now: datetime) -> Invited | None:
    """Use a code up; None for a wrong, used or old one.

    Raises UserError `link-too-often` after five tries within an hour.
    """
    tries = Pace(f"invitation:{by.person}", TRIES_AN_HOUR, 3600)
    if await paces.take(session, [tries], now=now, life=True):  # no share is kept back here
        raise UserError("link-too-often", status=429)
    row = (
        await session.execute(
            sql(
                """
                UPDATE invitation SET used_at = :now, used_by = :by
                WHERE code_index = :code AND used_at IS NULL AND expires_at > :now
                RETURNING kind, community_id, made_by, home_id, elder_id
                """
            ),
            {"code": _index(code), "now": now, "by": by.person},
        )
    ).one_or_none()
    if row is None:
        return None
    require(by, Permission.BINDINGS_ASK, At(row.community_id, person=by.person))
    return Invited(BindingKind(row.kind), row.community_id, row.made_by, row.home_id, row.elder_id)


def _index(code: str) -> bytes:
    return keyring().index(code, "invitation.code_index")
