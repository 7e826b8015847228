"""Who looked at whom: entries gathered in a turn and chained, one digest over the last, at its end.

The chain's end is one row a community, the last lock of every transaction that takes it. The
digests are keyed: whoever can write to the database alone can't forge the rest of a chain.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from core.actor import Actor
from core.crypto import keyring, seal_json
from core.db import Session, before_commit, sql
from services.permissions import Permission

START = hashlib.sha256(b"linling access log").digest()
REASON = "access_entry.reason"
_DIGEST = "access_entry.digest"


@dataclass(frozen=True, slots=True)
class Look:
    """One entry before it has its place in the chain."""

    community: UUID
    at: datetime
    actor: UUID | None
    stands_for: UUID | None
    role: str
    way: str
    action: Permission
    subject: UUID | None
    how_many: int
    thing: UUID | None
    reason: str | None


def note(
    session: Session,
    by: Actor,
    what: Permission,
    *,
    community: UUID,
    now: datetime,
    subject: UUID | None = None,
    how_many: int = 1,
    thing: UUID | None = None,
    reason: str = "",
) -> None:
    """Write down that the actor sees or changes what is said of `subject`, or of several people.

    A look at oneself is not written down. Kept with the transaction, lost with it.
    """
    if by.person is not None and by.person == subject and by.through is None:
        return
    actor, stands_for = (by.through, by.person) if by.through else (by.person, None)
    roles = sorted(grant.role for grant in by.grants if grant.community == community)
    look = Look(
        community, now, actor, stands_for, "machine" if by.machine else ",".join(dict.fromkeys(roles)),
        by.way, what, subject, how_many, thing, reason or None,
    )  # fmt: skip
    session.info.setdefault("looks", []).append(look)
    before_commit(session, "access log", _append)


async def _append(session: Session) -> None:
    """Chain what was gathered, community by community in one order."""
    found: dict[UUID, list[Look]] = defaultdict(list)
    for look in session.info.pop("looks", []):
        found[look.community].append(look)
    for community in sorted(found):
        await _chain(session, community, found[community])


async def _chain(session: Session, community: UUID, looks: list[Look]) -> None:
    head = (
        await session.execute(
            sql(
                """
                INSERT INTO access_head (community_id, number, digest) VALUES (:community, 0, :start)
                ON CONFLICT (community_id) DO UPDATE SET number = access_head.number
                RETURNING number, digest
                """
            ),
            {"community": community, "start": START},
        )
    ).one()
    digest, rows = bytes(head.digest), []
    for number, look in enumerate(looks, head.number + 1):
        digest = digest_of(digest, number, look)
        rows.append(
            {
                "community": community, "number": number, "at": look.at, "actor": look.actor,
                "stands_for": look.stands_for, "role": look.role, "way": look.way,
                "action": look.action, "subject": look.subject, "how_many": look.how_many,
                "thing": look.thing, "digest": digest,
                "reason": seal_json(look.reason, REASON) if look.reason else None,
            }
        )  # fmt: skip
    await session.execute(
        sql(
            """
            INSERT INTO access_entry (community_id, number, at, actor_id, for_id, role, way, action,
                                      subject_id, how_many, object_id, reason, digest)
            VALUES (:community, :number, :at, :actor, :stands_for, :role, :way, :action, :subject,
                    :how_many, :thing, :reason, :digest)
            """
        ),
        rows,
    )
    await session.execute(
        sql("UPDATE access_head SET number = :number, digest = :digest WHERE community_id = :id"),
        {"number": rows[-1]["number"], "digest": digest, "id": community},
    )


def digest_of(before: bytes, number: int, look: Look) -> bytes:
    """Make the digest of an entry: over the digest before it and everything that it says.

    The reason counts as it was said, so that sealing it anew under another key changes nothing.
    """
    ids = (look.community, look.actor, look.stands_for, look.subject, look.thing)
    said = (
        number, int(look.at.timestamp() * 1_000_000), look.role, look.way, look.action,
        look.how_many, look.reason, *(str(one) if one else None for one in ids),
    )  # fmt: skip
    # A driver's own kind of UUID is written as any other.
    return keyring().digest(before + orjson.dumps(said, default=str), _DIGEST)
