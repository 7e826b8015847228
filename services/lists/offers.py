"""What a community offers, as lists: shops, activities, rewards and the merchants who give them."""

from datetime import datetime
from typing import Any

from core.actor import Actor
from core.crypto import open_json
from core.db import Session
from services import masks
from services.lists.pages import WORDS, Asked, Page, Query, all_of, read
from services.permissions import At, Permission, require
from services.points import rewards

_SHOPS = Query(
    "s.id, s.name, s.category, s.address, s.phone, s.hours_raw, s.tags, s.updated_at",
    "shop s",
    (("s.category", "text"), ("s.name", "text"), ("s.id", "uuid")),
)
_ACTIVITIES = Query(
    "a.id, a.title, a.place, a.starts_at, a.ends_at, a.taken, a.capacity, a.points, a.status, "
    "p.name AS organiser",
    "activity a JOIN person p ON p.id = a.organiser_id",
    (("a.starts_at", "timestamptz"), ("a.id", "uuid")),
    down=True,
)
_REWARDS = Query(
    "r.id, r.place, r.item, r.item_en, r.cost, r.stock, r.merchant_id, r.ended_at, p.name, "
    f"{rewards.VERSION} AS version",
    "reward r JOIN person p ON p.id = r.merchant_id",
    (("r.cost", "integer"), ("r.id", "uuid")),
)
_MERCHANTS = Query(
    "m.id, p.id AS person, p.name, p.phone, "
    "ARRAY(SELECT DISTINCT r.place FROM reward r WHERE r.merchant_id = p.id "
    "AND r.community_id = m.community_id AND r.ended_at IS NULL) AS places, "
    "(SELECT count(*) FROM reward r WHERE r.merchant_id = p.id "
    "AND r.community_id = m.community_id AND r.ended_at IS NULL) AS rewards, "
    "(SELECT count(*) FROM redemption d WHERE d.merchant_id = p.id "
    "AND d.community_id = m.community_id AND d.state = 'confirmed') AS confirmed",
    "membership m JOIN person p ON p.id = m.person_id",
    (("m.id", "uuid"),),
)


def _begin(by: Actor, asked: Asked, table: str) -> tuple[list[str], dict[str, Any]]:
    """Ask for the right, which a role over any part of the community is enough for."""
    require(by, Permission.OFFERS_READ, At(asked.community, anywhere=True))
    return [f"{table}.community_id = :community"], {"community": asked.community}


async def shops(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (every list is asked so)
    """List shops and service points by category."""
    conditions, values = _begin(by, asked, "s")
    conditions.append("s.enabled")
    if category := asked.one("category"):
        conditions.append("s.category = :category")
        values["category"] = category
    if words := asked.words.strip()[:WORDS]:
        conditions.append(
            "position(:words IN s.name || s.address || array_to_string(s.tags, ' ')) > 0"
        )
        values["words"] = words
    rows, goes_on, total = await read(session, _SHOPS, conditions, values, asked)
    found = [
        {
            "id": row.id, "name": row.name, "category": row.category, "address": row.address,
            "phone": row.phone or "", "hours": row.hours_raw, "tags": list(row.tags),
        }
        for row in rows
    ]  # fmt: skip
    return Page(found, goes_on, total)


async def activities(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:
    """List activities, the latest first."""
    conditions, values = _begin(by, asked, "a")
    if when := asked.one("when"):
        conditions.append("a.ends_at > :now" if when == "coming" else "a.ends_at <= :now")
        values["now"] = now
    if words := asked.words.strip()[:WORDS]:
        conditions.append("position(:words IN a.title || a.place) > 0")
        values["words"] = words
    rows, goes_on, total = await read(session, _ACTIVITIES, conditions, values, asked)
    found = [
        {
            "id": row.id, "title": row.title, "place": row.place, "starts_at": row.starts_at,
            "ends_at": row.ends_at, "taken": row.taken, "capacity": row.capacity,
            "points": row.points, "organiser": open_json(row.organiser, "person.name"),
            "changeable": row.status == "open" and row.ends_at > now,
        }
        for row in rows
    ]  # fmt: skip
    return Page(found, goes_on, total)


async def on_offer(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (same)
    """List rewards, the cheapest first; those that have ended only when they are asked for."""
    conditions, values = _begin(by, asked, "r")
    conditions.append(f"r.ended_at IS {'NOT ' if asked.one('offered') == 'no' else ''}NULL")
    if words := asked.words.strip()[:WORDS]:
        conditions.append("position(:words IN r.item || r.item_en || r.place) > 0")
        values["words"] = words
    rows, goes_on, total = await read(session, _REWARDS, conditions, values, asked)
    return Page([_reward(row) for row in rows], goes_on, total)


def _reward(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "item": row.item, "place": row.place, "cost": row.cost, "stock": row.stock,
        "merchant": open_json(row.name, "person.name"), "offered": row.ended_at is None,
        "version": row.version,
        "values": {
            "item": row.item, "item_en": row.item_en, "place": row.place, "cost": row.cost,
            "stock": row.stock, "merchant": str(row.merchant_id),
        },
    }  # fmt: skip


async def merchants(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (same)
    """List merchants with their places and what was redeemed there; the telephone is masked."""
    conditions, values = _begin(by, asked, "m")
    conditions.append("m.role = 'merchant'")
    rows, _, _ = await read(
        session, _MERCHANTS, conditions, values, Asked(asked.community, limit=500)
    )
    found = [
        {
            "id": row.id, "name": open_json(row.name, "person.name"),
            "phone": masks.phone(open_json(row.phone, "person.phone")) if row.phone else "",
            "places": list(row.places), "rewards": row.rewards, "confirmed": row.confirmed,
        }
        for row in rows
    ]  # fmt: skip
    return all_of(found, asked)
