"""Redemptions as they are read: by id, by code, by QR token, by resident."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import keyring, open_json, token_hash
from core.db import Session, sql
from core.errors import UserError
from models.points import RedemptionState
from services import masks
from services.permissions import At, Permission, allowed

SECRET = "redemption.secret"  # noqa: S105  (the name of a column)
PAGE = 20


@dataclass(frozen=True, slots=True)
class RedemptionView:
    """A redemption as both sides see it; code and token are there only while it is held."""

    id: UUID
    number: int
    community: UUID
    person: UUID
    person_name: str
    channel: str
    merchant: UUID
    shop: UUID | None
    reward: UUID
    place: str
    item: str
    item_en: str
    amount: int
    state: RedemptionState
    expires_at: datetime
    ended_at: datetime | None
    code: str
    token: str

    @property
    def receipt(self) -> str:
        """Spell the receipt's number."""
        return f"{self.number:06d}"

    @property
    def masked_name(self) -> str:
        """Show the merchant the family name alone."""
        return masks.name(self.person_name)

    def at(self, now: datetime) -> RedemptionState:
        """Tell the state; a hold is over at its time, whether the sweep has come by or not."""
        lapsed = self.state is RedemptionState.HELD and self.expires_at <= now
        return RedemptionState.EXPIRED if lapsed else self.state


def code_index(code: str) -> bytes:
    """Make the keyed index under which a code is kept."""
    return keyring().index(code, "redemption.code_index")


async def view(session: Session, which: UUID, *, by: Actor) -> RedemptionView:
    """Show a redemption to one of its two sides; raises UserError `redeem-unknown` (404)."""
    found = await views(session, "r.id = :id", {"id": which})
    if not found or not allowed(by, Permission.REDEMPTION_READ, between(found[0])):
        raise UserError("redeem-unknown", status=404)
    return found[0]


def between(one: RedemptionView) -> At:
    """Say whose a redemption is: its resident's and its merchant's."""
    return At(one.community, parties=(one.person, one.merchant))


async def views(session: Session, which: str, values: dict[str, Any]) -> list[RedemptionView]:
    """Read redemptions by a condition of this package, the newest first."""
    rows = await session.execute(
        sql(
            f"""
            SELECT r.id, r.number, r.community_id, r.person_id, p.name, r.channel, r.merchant_id,
                   w.shop_id, r.reward_id, w.place, w.item, w.item_en, r.amount, r.state,
                   r.expires_at, r.ended_at, r.secret
            FROM redemption r JOIN reward w ON w.id = r.reward_id JOIN person p ON p.id = r.person_id
            WHERE {which} ORDER BY r.made_at DESC, r.id DESC LIMIT {PAGE}
            """  # noqa: S608  (literals of this package)
        ),
        values,
    )
    return [_view(row) for row in rows]


def _view(row: Any) -> RedemptionView:
    secret = open_json(row.secret, SECRET) if row.secret is not None else {}
    return RedemptionView(
        row.id, row.number, row.community_id, row.person_id, open_json(row.name, "person.name"),
        row.channel, row.merchant_id, row.shop_id, row.reward_id, row.place, row.item,
        row.item_en, row.amount, RedemptionState(row.state), row.expires_at, row.ended_at,
        secret.get("code", ""), secret.get("token", ""),
    )  # fmt: skip


async def live(session: Session, person: UUID, *, now: datetime) -> list[RedemptionView]:
    """List a resident's holds that can still be confirmed."""
    which = "r.person_id = :person AND r.state = 'held' AND r.expires_at > :now"
    return await views(session, which, {"person": person, "now": now})


async def is_live(session: Session, token: str, *, now: datetime) -> bool:
    """Tell whether a QR token still stands for a hold; the token itself is the permission."""
    found = await session.execute(
        sql(
            """
            SELECT 1 FROM redemption
            WHERE token_hash = :hash AND state = 'held' AND expires_at > :now
            """
        ),
        {"hash": token_hash(token), "now": now},
    )
    return found.one_or_none() is not None
