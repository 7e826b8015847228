"""What a merchant enters: six digits, or what the QR code says; wrong digits lock for a while."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.actor import Actor
from core.crypto import token_hash
from core.db import Session, sql
from core.errors import UserError
from models.points import RedemptionState
from services.permissions import Permission, reach
from services.points.holds import RedemptionView, code_index, views

WRONG_AT_MOST = 5
LOCK_FOR = timedelta(minutes=10)
REMEMBERED = timedelta(days=1)  # a code used so lately is told apart from a wrong one
_SIX = re.compile(r"(?<!\d)(?:\d[ -]?){5}\d(?!\d)")
_BARE = re.compile(
    r"\s*(?:核销|兑换码?|确认|码|code|redeem|confirm)?[\s:：是]*(?:\d[ -]?){5}\d\s*", re.IGNORECASE
)
_SCANNED = re.compile(r"redeem[=:]([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])")


@dataclass(frozen=True, slots=True)
class Found:
    """A redemption of this merchant; it may be over."""

    redemption: RedemptionView


@dataclass(frozen=True, slots=True)
class Wrong:
    """No hold has this code; so many tries are left."""

    left: int


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many wrong codes; digits count again after so many minutes."""

    minutes: int


Entered = Found | Wrong | Locked


def looks_like_code(text: str) -> bool:
    """Tell whether a merchant's words are nothing but a code, or a scanned QR code."""
    folded = unicodedata.normalize("NFKC", text)
    return bool(_BARE.fullmatch(folded) or _SCANNED.search(folded))


async def enter(session: Session, by: Actor, text: str, *, now: datetime) -> Entered | None:
    """Find the redemption that a merchant's words name; None when they hold no code.

    Digits are counted, as they could be guessed; a QR token could not. Raises UserError
    `not-allowed` (403) to whoever is no merchant, `redeem-other-shop` (404) for another's QR code.
    """
    reach(by, Permission.REDEMPTION_END)
    folded = unicodedata.normalize("NFKC", text)
    if scanned := _SCANNED.search(folded):
        which = "r.token_hash = :hash AND r.merchant_id = :merchant"
        values = {"hash": token_hash(scanned[1]), "merchant": by.person}
        if found := await views(session, which, values):
            return Found(found[0])
        raise UserError("redeem-other-shop", status=404)
    digits = _SIX.search(folded)
    return await _by_digits(session, by, re.sub(r"\D", "", digits[0]), now) if digits else None


async def _by_digits(session: Session, by: Actor, code: str, now: datetime) -> Entered:
    entry = await _lock_entry(session, by, now)
    if entry.locked_until is not None and entry.locked_until > now:
        return Locked(_minutes(entry.locked_until - now))
    which = """
        r.merchant_id = :merchant AND r.code_index = :code
        AND (r.state = 'held' OR r.made_at > :since)
        """
    values = {"merchant": by.person, "code": code_index(code), "since": now - REMEMBERED}
    if found := await views(session, which, values):
        await _count(session, by, wrong=0, since=now, locked=None)
        live = [one for one in found if one.at(now) is RedemptionState.HELD]
        return Found((live or found)[0])
    fresh = entry.since <= now - LOCK_FOR
    wrong = 1 if fresh else entry.wrong + 1
    since = now if fresh else entry.since
    if wrong < WRONG_AT_MOST:
        await _count(session, by, wrong=wrong, since=since, locked=None)
        return Wrong(WRONG_AT_MOST - wrong)
    await _count(session, by, wrong=0, since=now, locked=now + LOCK_FOR)
    return Locked(_minutes(LOCK_FOR))


def _minutes(span: timedelta) -> int:
    """Count the minutes to wait, begun ones in full."""
    return -(-int(span.total_seconds()) // 60)


async def _lock_entry(session: Session, by: Actor, now: datetime) -> Any:
    community = reach(by, Permission.REDEMPTION_END).communities[0]
    made = await session.execute(
        sql(
            """
            INSERT INTO code_entry (merchant_id, community_id, wrong, since)
            VALUES (:merchant, :community, 0, :now)
            ON CONFLICT (merchant_id) DO UPDATE SET merchant_id = excluded.merchant_id
            RETURNING wrong, since, locked_until
            """
        ),
        {"merchant": by.person, "community": community, "now": now},
    )
    return made.one()


async def _count(
    session: Session, by: Actor, *, wrong: int, since: datetime, locked: datetime | None
) -> None:
    await session.execute(
        sql(
            """
            UPDATE code_entry SET wrong = :wrong, since = :since, locked_until = :locked
            WHERE merchant_id = :merchant
            """
        ),
        {"merchant": by.person, "wrong": wrong, "since": since, "locked": locked},
    )
