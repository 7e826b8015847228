"""What people say is wrong about a shop: counted, checked by staff, then put right for everybody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from core.actor import Actor
from core.crypto import open_json, seal_json
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from core.ports import Pace
from models import Duty, ShopFault
from services import paces
from services.duty import on_duty
from services.imports import Faulty
from services.permissions import At, Permission, reach, require
from services.shops.imports import hours_of, phone_of

SAID_LIMIT = 60
REPORTS_AN_HOUR = 5
_SAID = "shop_report.said"
_READ: Mapping[ShopFault, Callable[[str], object]] = {
    ShopFault.HOURS: hours_of, ShopFault.PHONE: phone_of,
}  # fmt: skip
# What is gone leaves the list; the row stays, for points and for whoever opens there next.
GONE = frozenset({ShopFault.CLOSED, ShopFault.MOVED})


@dataclass(frozen=True, slots=True)
class Report:
    """A report that waits, with everybody who says the same of the shop."""

    id: UUID
    community: UUID
    shop: UUID
    name: str
    address: str
    fault: ShopFault
    said: str
    people: tuple[UUID, ...]


async def report(
    session: Session, by: Actor, *, shop: UUID, fault: ShopFault, said: str, now: datetime
) -> tuple[Report, bool]:
    """Write down what is wrong; whose own shop it is puts it right at once: then True.

    Said again by the same person it replaces what they said before. Raises UserError `shop-gone`,
    `shop-report-too-often`, and for what can't be read `shop-hours-unread`, `shop-phone-unread`,
    `note-too-long`.
    """
    row = await _shop(session, shop)
    require(by, Permission.SHOPS_REPORT, At(row.community_id, anywhere=True))
    said = checked(fault, said)
    own = row.merchant_person_id is not None and row.merchant_person_id == by.person
    # Each report sends somebody to look.
    pace = Pace(f"shop-report:{by.person}", REPORTS_AN_HOUR, 3600)
    if not own and await paces.take(session, [pace], now=now, life=True):
        raise UserError("shop-report-too-often", status=429)
    written = await session.execute(
        sql(
            """
            INSERT INTO shop_report (id, community_id, shop_id, fault, said, asked_by, at, state)
            VALUES (:id, :community, :shop, :fault, :said, :person, :now, 'open')
            ON CONFLICT (shop_id, fault, asked_by) WHERE state = 'open'
            DO UPDATE SET said = excluded.said, at = excluded.at
            RETURNING id
            """
        ),
        {
            "id": uuid7(), "community": row.community_id, "shop": shop, "fault": fault.value,
            "said": seal_json(said, _SAID), "person": by.person, "now": now,
        },
    )  # fmt: skip
    one = await _load(session, written.scalar_one())
    if own:
        await _put_right(session, one, by, now=now)
    return one, own


def checked(fault: ShopFault, said: str) -> str:
    """Return what was given as right, if it can be read; raises UserError as `report` does."""
    said = said.strip()
    if len(said) > SAID_LIMIT:
        raise UserError("note-too-long", limit=SAID_LIMIT)
    read = _READ.get(fault)
    try:
        unread = read is not None and not read(said)
    except Faulty:
        unread = True
    if unread:
        raise UserError(f"shop-{fault.value}-unread")
    return said


async def waiting(session: Session, by: Actor) -> list[Report]:
    """List what waits for staff of the own communities, the oldest first, one a shop and fault."""
    may = reach(by, Permission.SHOPS_DECIDE)
    rows = await session.execute(
        sql(
            f"""
            {_REPORTS} WHERE r.state = 'open' AND r.community_id IN (
                SELECT unnest(CAST(:communities AS uuid[]))
                UNION SELECT community_id FROM grid WHERE id = ANY(CAST(:grids AS uuid[])))
            ORDER BY r.at, r.id
            """  # noqa: S608  (a literal of this module)
        ),
        {"communities": list(may.communities), "grids": list(may.grids)},
    )
    found: dict[tuple[UUID, str], Report] = {}
    for row in rows:
        found.setdefault((row.shop_id, row.fault), _report(row))
    return list(found.values())


async def decide(
    session: Session, by: Actor, *, report: UUID, accept: bool, now: datetime
) -> Report:
    """Put the shop right, or leave it as it is, for everybody who reported the same.

    Raises UserError `shop-report-over` where somebody has decided.
    """
    one = await _load(session, report)
    require(by, Permission.SHOPS_DECIDE, At(one.community, anywhere=True))
    if accept:
        await _put_right(session, one, by, now=now)
    elif not await _end(session, one, by, "refused", now=now):
        raise UserError("shop-report-over", status=409)
    return one


async def checkers(session: Session, community: UUID, *, now: datetime) -> list[UUID]:
    """List the workers on duty in the community, whom a look on the way costs least."""
    grids = await session.execute(
        sql("SELECT id FROM grid WHERE community_id = :community"), {"community": community}
    )
    found = await on_duty(session, grids.scalars(), now=now)
    return sorted({one for posts in found.values() for one in posts[Duty.WORKER]})


async def _put_right(session: Session, one: Report, by: Actor, *, now: datetime) -> None:
    if not await _end(session, one, by, "accepted", now=now):
        raise UserError("shop-report-over", status=409)
    changes: dict[str, Any] = {"now": now, "shop": one.shop}
    if one.fault in GONE:
        change = "enabled = false"
    elif one.fault is ShopFault.PHONE:
        change, changes["phone"] = "phone = :phone", phone_of(one.said)
    else:
        change = "hours_raw = :raw, hours = CAST(:hours AS jsonb)"
        changes |= {"raw": one.said, "hours": orjson.dumps(hours_of(one.said)).decode()}
    await session.execute(
        sql(f"UPDATE shop SET {change}, updated_at = :now WHERE id = :shop"),  # noqa: S608  (a literal from above)
        changes,
    )


async def _end(session: Session, one: Report, by: Actor, state: str, *, now: datetime) -> bool:
    ended = await session.execute(
        sql(
            """
            UPDATE shop_report SET state = :state, decided_by = :by, decided_at = :now
            WHERE shop_id = :shop AND fault = :fault AND state = 'open' RETURNING id
            """
        ),
        {"state": state, "by": by.person, "now": now, "shop": one.shop, "fault": one.fault.value},
    )
    return bool(ended.all())


_REPORTS = """
    SELECT r.id, r.community_id, r.shop_id, r.fault, r.said, s.name, s.address, ARRAY(
               SELECT o.asked_by FROM shop_report o
               WHERE o.shop_id = r.shop_id AND o.fault = r.fault AND o.state = 'open'
               ORDER BY o.at, o.id) AS people
    FROM shop_report r JOIN shop s ON s.id = r.shop_id
"""


async def _load(session: Session, report: UUID) -> Report:
    row = (await session.execute(sql(f"{_REPORTS} WHERE r.id = :id"), {"id": report})).one_or_none()
    if row is None:
        raise UserError("shop-report-over", status=404)
    return _report(row)


def _report(row: Any) -> Report:
    return Report(
        row.id, row.community_id, row.shop_id, row.name, row.address, ShopFault(row.fault),
        open_json(row.said, _SAID), tuple(row.people),
    )  # fmt: skip


async def _shop(session: Session, shop: UUID) -> Any:
    row = (
        await session.execute(
            sql("SELECT community_id, merchant_person_id FROM shop WHERE id = :id AND enabled"),
            {"id": shop},
        )
    ).one_or_none()
    if row is None:
        raise UserError("shop-gone", status=404)
    return row
