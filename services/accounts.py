"""One person, many accounts: whose a vendor's account is, joining them, and who left."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.crypto import keyring, open_json, seal_json
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from core.ports import Pace
from services import paces

_EXTERNAL = "channel_account.external"
_UNION = "channel_account.union_index"
_CODE = "link_code.code_index"
CODE_DIGITS = 8
_FRESH = timedelta(minutes=1)
CODE_LIFE = timedelta(minutes=10)
WRONG_AN_HOUR = 5


@dataclass(frozen=True, slots=True)
class Account:
    """An address of a person in a channel.

    What is known of it besides spares a turn the writing of what stands there already: whether it
    is reachable, when it was used, till when its message window is whole, and whether something
    could not be delivered to it.
    """

    id: UUID
    person: UUID
    external: str
    reachable: bool = False
    used_at: datetime | None = None
    whole_until: datetime | None = None
    owed: bool = False


def index(external: str) -> bytes:
    """Make the blind index by which an account is found."""
    return keyring().index(external, _EXTERNAL)


async def identify(
    session: Session,
    *,
    channel: str,
    external: str,
    union: str | None,
    contact: str,
    community: str,
    name: str,
    lang: str,
    now: datetime,
) -> Account:
    """Find the account, or make one: for the person of the same `union`, else for a newcomer.

    A newcomer is a resident of the community without a home: whoever writes is answered. Two first
    messages at once make one person.
    """
    if (found := await _find(session, channel, external, contact)) is not None:
        return found
    key = f"{channel}:{index(external).hex()}"
    await session.execute(sql("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": key})
    if (found := await _find(session, channel, external, contact)) is not None:
        return found
    person = await _of_union(session, union) if union else None
    person = person or await _newcomer(session, community, name=name, lang=lang, now=now)
    return await add(session, person, channel=channel, external=external, union=union, now=now)


async def _find(session: Session, channel: str, external: str, contact: str) -> Account | None:
    row = (
        await session.execute(
            sql(
                """
                SELECT a.id, a.person_id, a.reachable, a.used_at, w.closes_at,
                       EXISTS (SELECT 1 FROM outbox o WHERE o.person_id = a.person_id
                               AND o.channel = a.channel AND o.state = 'dead') AS owed
                FROM channel_account a
                LEFT JOIN message_window w ON w.account_id = a.id AND w.contact = :contact
                                          AND w.used = 0
                WHERE a.channel = :channel AND a.external_index = :index
                """
            ),
            {"channel": channel, "index": index(external), "contact": contact},
        )
    ).one_or_none()
    if row is None:
        return None
    return Account(
        row.id, row.person_id, external, row.reachable, row.used_at, row.closes_at, row.owed
    )


async def _of_union(session: Session, union: str) -> UUID | None:
    row = (
        await session.execute(
            sql("SELECT person_id FROM channel_account WHERE union_index = :union LIMIT 1"),
            {"union": keyring().index(union, _UNION)},
        )
    ).one_or_none()
    return row.person_id if row is not None else None


async def _newcomer(
    session: Session, community: str, *, name: str, lang: str, now: datetime
) -> UUID:
    person = uuid7()
    await session.execute(
        sql(
            """
            INSERT INTO person (id, name, lang, large_type, created_at)
            VALUES (:id, :name, :lang, FALSE, :now)
            """
        ),
        {"id": person, "name": seal_json(name, "person.name"), "lang": lang, "now": now},
    )
    await session.execute(
        sql(
            """
            INSERT INTO membership (id, person_id, community_id, role, scope_kind, scope_id)
            SELECT :id, :person, id, 'resident', 'community', id FROM community WHERE slug = :slug
            """
        ),
        {"id": uuid7(), "person": person, "slug": community},
    )
    return person


async def add(
    session: Session,
    person: UUID,
    *,
    channel: str,
    external: str,
    union: str | None = None,
    now: datetime,
) -> Account:
    """Give a person an account; one that exists already is theirs from now on."""
    row = (
        await session.execute(
            sql(
                """
                INSERT INTO channel_account (id, person_id, channel, external, external_index,
                                             union_index, reachable, used_at)
                VALUES (:id, :person, :channel, :external, :index, :union, TRUE, :now)
                ON CONFLICT (channel, external_index)
                DO UPDATE SET person_id = excluded.person_id, reachable = TRUE
                RETURNING id
                """
            ),
            {
                "id": uuid7(), "person": person, "channel": channel, "now": now,
                "external": seal_json(external, _EXTERNAL), "index": index(external),
                "union": keyring().index(union, _UNION) if union else None,
            },
        )
    ).one()  # fmt: skip
    return Account(row.id, person, external)


async def heard(session: Session, account: Account, *, reachable: bool, now: datetime) -> None:
    """Note that somebody wrote, so they can be reached there; or that they left.

    Within a minute of the last note nothing is written again.
    """
    fresh = account.used_at is not None and now - account.used_at < _FRESH
    if reachable and account.reachable and fresh:
        return
    await session.execute(
        sql(
            """
            UPDATE channel_account
            SET reachable = :reachable,
                used_at = CASE WHEN :reachable THEN CAST(:now AS timestamptz) ELSE used_at END
            WHERE id = :id
            """
        ),
        {"id": account.id, "reachable": reachable, "now": now},
    )


async def used(session: Session, person: UUID, channel: str, *, now: datetime) -> None:
    """Note that somebody wrote in a channel, at most once a minute: what is for them goes there."""
    await session.execute(
        sql(
            """
            UPDATE channel_account SET used_at = :now
            WHERE person_id = :person AND channel = :channel
              AND (used_at IS NULL OR used_at < :stale)
            """
        ),
        {"person": person, "channel": channel, "now": now, "stale": now - _FRESH},
    )


async def of(session: Session, person: UUID, channel: str) -> Account | None:
    """Find where to reach a person in a channel; the account used last, None if they left."""
    row = (
        await session.execute(
            sql(
                """
                SELECT id, external FROM channel_account
                WHERE person_id = :person AND channel = :channel AND reachable
                ORDER BY used_at DESC NULLS LAST, id LIMIT 1
                """
            ),
            {"person": person, "channel": channel},
        )
    ).one_or_none()
    return Account(row.id, person, open_json(row.external, _EXTERNAL)) if row is not None else None


async def gone(session: Session, account: UUID) -> None:
    """Mark an account unreachable until its owner writes again."""
    await session.execute(
        sql("UPDATE channel_account SET reachable = FALSE WHERE id = :id"), {"id": account}
    )


async def channels_of(session: Session, person: UUID) -> list[str]:
    """List the channels in which a person can be reached, the one used last first."""
    rows = await session.execute(
        sql(
            """
            SELECT channel FROM channel_account WHERE person_id = :person AND reachable
            GROUP BY channel ORDER BY max(used_at) DESC NULLS LAST, channel
            """
        ),
        {"person": person},
    )
    return [row.channel for row in rows]


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

    None for a wrong, used or old code; only five of those an hour count for one account. Raises
    UserError `link-not-new` when the account's owner is more than a newcomer: nobody is merged
    away by a code.
    """
    if await paces.take(session, [Pace(f"link:{newcomer}", WRONG_AN_HOUR, 3600)], now=now):
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


async def merge(
    session: Session, *, channel: str, newcomer: UUID, person: UUID, now: datetime
) -> None:
    """Give a newcomer's account to a person; raises UserError where somebody would lose something."""
    if person == newcomer:
        raise UserError("link-same-account", status=409)
    if not await is_newcomer(session, newcomer):
        raise UserError("link-not-new", status=409)
    await _move(session, channel=channel, old=newcomer, new=person, now=now)


async def recognise(
    session: Session, *, channel: str, person: UUID, union: str, now: datetime
) -> UUID | None:
    """Keep who an account is at its vendor, and join a newcomer to the person known by that.

    Returns that person; None when nobody is known by it or somebody would lose something.
    """
    known = await _of_union(session, union)
    await session.execute(
        sql(
            """
            UPDATE channel_account SET union_index = :union
            WHERE person_id = :person AND channel = :channel
            """
        ),
        {"union": keyring().index(union, _UNION), "person": person, "channel": channel},
    )
    if known is None or known == person or not await is_newcomer(session, person):
        return None
    await merge(session, channel=channel, newcomer=person, person=known, now=now)
    return known


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


async def is_newcomer(session: Session, person: UUID) -> bool:
    """Tell whether a person is no more than an account, so that a merge loses nothing: one account, no home, no points, no relatives."""
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
               AND NOT EXISTS (SELECT 1 FROM ticket_card WHERE person_id = :p)
            """
        ),
        {"p": person},
    )
    return bool(row.scalar_one())


async def _move(session: Session, *, channel: str, old: UUID, new: UUID, now: datetime) -> None:
    """Give the account and what was received by it to the other person.

    The inbound rows go along: the vendor's retry of this very message must find its answer.
    """
    given: dict[str, Any] = {"old": old, "new": new, "channel": channel}
    await session.execute(
        sql(
            """
            UPDATE channel_account SET person_id = :new, used_at = :now
            WHERE person_id = :old AND channel = :channel
            """
        ),
        given | {"now": now},
    )
    for statement in (
        "UPDATE inbound SET person_id = :new WHERE person_id = :old AND channel = :channel",
        "UPDATE outbox SET person_id = :new WHERE person_id = :old AND channel = :channel",
    ):
        await session.execute(sql(statement), given)
    await session.execute(
        sql("DELETE FROM last_card WHERE person_id = :old AND channel = :channel"),
        {"old": old, "channel": channel},
    )
