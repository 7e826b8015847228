"""One person, many accounts: whose a vendor's account is, where to reach them, and who left."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.crypto import keyring, open_json, seal_json
from core.db import Session, sql
from core.ids import uuid7

_EXTERNAL = "channel_account.external"
_FRESH = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Account:
    """An address of a person in a channel.

    What is known of it besides spares a turn the writing of what stands there already: whether it
    is reachable, when it was used, till when its message window is whole, whether something could
    not be delivered to it, and whether its owner at the vendor is known.
    """

    id: UUID
    person: UUID
    external: str
    reachable: bool = False
    used_at: datetime | None = None
    whole_until: datetime | None = None
    owed: bool = False
    known: bool = False


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
    person = await of_union(session, union) if union else None
    person = person or await _newcomer(session, community, name=name, lang=lang, now=now)
    return await add(session, person, channel=channel, external=external, union=union, now=now)


async def _find(session: Session, channel: str, external: str, contact: str) -> Account | None:
    row = (
        await session.execute(
            sql(
                """
                SELECT a.id, a.person_id, a.reachable, a.used_at, w.closes_at,
                       a.union_index IS NOT NULL AS known,
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
        row.id, row.person_id, external, row.reachable, row.used_at, row.closes_at, row.owed,
        row.known,
    )  # fmt: skip


def union_of(union: str) -> bytes:
    """Make the blind index of who somebody is at a vendor."""
    return keyring().index(union, "channel_account.union_index")


async def of_union(session: Session, union: str, *, besides: UUID | None = None) -> UUID | None:
    """Find the person of an account with this union id; `besides` somebody who is known to be."""
    row = (
        await session.execute(
            sql(
                """
                SELECT person_id FROM channel_account
                WHERE union_index = :union AND person_id IS DISTINCT FROM CAST(:besides AS uuid)
                ORDER BY used_at DESC NULLS LAST, id LIMIT 1
                """
            ),
            {"union": union_of(union), "besides": besides},
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
                "union": union_of(union) if union else None,
            },
        )
    ).one()  # fmt: skip
    return Account(row.id, person, external, known=union is not None)


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
