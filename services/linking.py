"""Joining a new account to the person whose it is: by a code, a number, or the vendor's word.

Only a newcomer's account is ever joined: nobody is merged away, and nothing is lost.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from core.crypto import keyring
from core.db import Session, sql
from core.errors import UserError
from core.ports import Pace
from services import paces
from services.accounts import Account, of_union, union_of

_CODE = "link_code.code_index"
CODE_DIGITS = 8
CODE_LIFE = timedelta(minutes=10)
TRIES_AN_HOUR = 5


async def invite(session: Session, person: UUID, *, now: datetime) -> str:
    """Make a one-time code of eight digits with which a new account joins this person.

    It lives ten minutes; an older code of the same person dies.
    """
    await session.execute(
        sql("DELETE FROM link_code WHERE person_id = :person AND used_at IS NULL"),
        {"person": person},
    )
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    await session.execute(
        sql(
            """
            INSERT INTO link_code (code_index, person_id, expires_at)
            VALUES (:code, :person, :expires)
            """
        ),
        {"code": keyring().index(code, _CODE), "person": person, "expires": now + CODE_LIFE},
    )
    return code


async def join(
    session: Session, *, channel: str, newcomer: UUID, code: str, now: datetime
) -> UUID | None:
    """Join the account of a newcomer to the person of a code; returns that person.

    None for a wrong, used or old code. Raises UserError `link-too-often` after five tries within
    an hour, `link-not-new` when the account's owner is more than a newcomer.
    """
    tries = Pace(f"link:{newcomer}", TRIES_AN_HOUR, 3600)
    if await paces.take(session, [tries], now=now, life=True):  # no share is kept back here
        raise UserError("link-too-often", status=429)
    row = (
        await session.execute(
            sql(
                """
                UPDATE link_code SET used_at = :now
                WHERE code_index = :code AND used_at IS NULL AND expires_at > :now
                RETURNING person_id
                """
            ),
            {"code": keyring().index(code, _CODE), "now": now},
        )
    ).one_or_none()
    if row is None:
        return None
    await merge(session, channel=channel, newcomer=newcomer, person=row.person_id, now=now)
    return UUID(str(row.person_id))


async def recognise(
    session: Session, account: Account, *, channel: str, union: str, now: datetime
) -> UUID | None:
    """Keep who an account's owner is at the vendor, and join a newcomer to the person known by that.

    Returns that person; None when nobody else is known by it or somebody would lose something.
    """
    await session.execute(
        sql("UPDATE channel_account SET union_index = :union WHERE id = :id"),
        {"union": union_of(union), "id": account.id},
    )
    person = await of_union(session, union, besides=account.person)
    if person is None or not await is_newcomer(session, account.person):
        return None
    await merge(session, channel=channel, newcomer=account.person, person=person, now=now)
    return person


async def of_phone(session: Session, phone: str) -> UUID | None:
    """Find the one person who is registered with this number; None without one or with several."""
    digits = "".join(c for c in phone if c.isdigit()).removeprefix("86")
    rows = (
        await session.execute(
            sql("SELECT id FROM person WHERE phone_index = :index LIMIT 2"),
            {"index": keyring().index(digits, "person.phone_index")},
        )
    ).all()
    return UUID(str(rows[0].id)) if len(rows) == 1 else None


async def merge(
    session: Session, *, channel: str, newcomer: UUID, person: UUID, now: datetime
) -> None:
    """Give a newcomer's account to a person; raises UserError where somebody would lose something."""
    if person == newcomer:
        raise UserError("link-same-account", status=409)
    if not await is_newcomer(session, newcomer):
        raise UserError("link-not-new", status=409)
    await _move(session, channel=channel, old=newcomer, new=person, now=now)


async def is_newcomer(session: Session, person: UUID) -> bool:
    """Tell whether a person is no more than one account.

    That is: no role but a resident's, no home, no relatives, no points, no activity, no ticket.
    """
    row = await session.execute(
        sql(
            """
            SELECT (SELECT count(*) FROM channel_account WHERE person_id = :p) = 1
               AND NOT EXISTS (SELECT 1 FROM membership WHERE person_id = :p
                               AND role <> 'resident')
               AND NOT EXISTS (SELECT 1 FROM residence WHERE person_id = :p)
               AND NOT EXISTS (SELECT 1 FROM family_link
                               WHERE elder_id = :p OR relative_id = :p)
               AND NOT EXISTS (SELECT 1 FROM account WHERE person_id = :p)
               AND NOT EXISTS (SELECT 1 FROM enrolment WHERE person_id = :p)
               AND NOT EXISTS (SELECT 1 FROM ticket_card WHERE person_id = :p)
            """
        ),
        {"p": person},
    )
    return bool(row.scalar_one())


async def _move(session: Session, *, channel: str, old: UUID, new: UUID, now: datetime) -> None:
    """Give the account, and what came and went by it, to the other person.

    What was received goes along because the vendor's retry of this very message must find its
    answer, the buttons because cards with them stand in the chat.
    """
    given = {"old": old, "new": new, "channel": channel}
    await session.execute(
        sql(
            """
            UPDATE channel_account SET person_id = :new, used_at = :now
            WHERE person_id = :old AND channel = :channel
            """
        ),
        given | {"now": now},
    )
    for table in ("inbound", "outbox", "button"):
        await session.execute(
            sql(
                f"UPDATE {table} SET person_id = :new "  # noqa: S608  (names from the line above)
                "WHERE person_id = :old AND channel = :channel"
            ),
            given,
        )
    await session.execute(
        sql("DELETE FROM last_card WHERE person_id = :old AND channel = :channel"),
        {"old": old, "channel": channel},
    )
