"""The demo's partner shops with what they give for points, and the personas' first points."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from core.actor import CLOCK, Role, ScopeKind
from core.db import Session, sql
from models import Reason, Reward
from ops.seed import data
from ops.seed.roles import People
from ops.seed.rows import Rows
from services.points import ledger


async def keep_up(session: Session, community: UUID, *, now: datetime) -> Mapping[str, int]:
    """Write what is missing, once the personas and the shops are there; return how many rows."""
    about = data.demo("rewards")
    personas = await _personas(session)
    for persona, amount in about["opening"].items():
        await ledger.transfer(
            session, community=community, debit=ledger.ISSUANCE,
            credit=ledger.resident(personas[persona]), amount=amount, reason=Reason.CARRIED_OVER,
            key=f"demo:opening:{persona}", by=CLOCK, now=now,
        )  # fmt: skip
    rows = Rows()
    if not await _offered(session, community):
        people = People(rows, community, now)
        shops = await _shops(session, community)
        owners = [
            personas.get(one.get("persona", "")) or _merchant(people, one)
            for one in about["merchants"]
        ]
        for one, who in zip(about["merchants"], owners, strict=True):
            _rewards(rows, people, one, who, shops.get(one["place"]))
    return await rows.write(session)


async def _personas(session: Session) -> dict[str, UUID]:
    rows = await session.execute(sql("SELECT persona, person_id FROM demo_persona"))
    return {row.persona: row.person_id for row in rows}


async def _offered(session: Session, community: UUID) -> bool:
    found = await session.execute(
        sql("SELECT EXISTS (SELECT 1 FROM reward WHERE community_id = :community)"),
        {"community": community},
    )
    return bool(found.scalar_one())


async def _shops(session: Session, community: UUID) -> dict[str, UUID]:
    rows = await session.execute(
        sql("SELECT name, id FROM shop WHERE community_id = :community"), {"community": community}
    )
    return {row.name: row.id for row in rows}


def _merchant(people: People, about: dict[str, Any]) -> UUID:
    made = people.person(about["name"], phone=about["phone"]).id
    people.account(made)
    people.member(made, Role.MERCHANT, ScopeKind.COMMUNITY, people.community)
    return made


def _rewards(
    rows: Rows, people: People, merchant: dict[str, Any], who: UUID, shop: UUID | None
) -> None:
    for one in merchant["rewards"]:
        rows.make(
            Reward, community_id=people.community, shop_id=shop, merchant_id=who,
            place=merchant["place"], item=one["item"], item_en=one["en"], cost=one["cost"],
            stock=one.get("stock"), created_at=people.began, ended_at=None,
        )  # fmt: skip
