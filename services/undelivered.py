"""Messages that were given up, for the operator: what, to whom, why, and sending them again."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.actor import Actor
from core.db import Session, sql, wake
from core.errors import UserError
from services import masks
from services.permissions import At, Permission, require

LIMIT = 200
WAITS = timedelta(hours=48)
# A ticket's card belongs to the ticket's community, anything else to those of its person.
_OURS = """
    CASE o.kind WHEN 'ticket'
        THEN EXISTS (SELECT 1 FROM ticket x WHERE x.id = o.object_id AND x.community_id = :community)
        ELSE EXISTS (SELECT 1 FROM membership m
                     WHERE m.person_id = o.person_id AND m.community_id = :community) END
"""
# What senders write into outbox.error (core/errors, channels/), most telling first.
_CAUSES = {
    "left": r"no account|telegram 403|no such chat|not an id|wecom (invaliduser|81013)$"
    r"|errcode (43004|43019|40003|48002)$",
    "window": r"no window|no template|template unknown|errcode (45015|45047|43101|40037|43116)$",
    "unlicensed": r"wecom unlicenseduser",
    "silent": r"http (429|5\d\d)|telegram (429|5)|errcode (-1|45033|45011|50002)$"
    r"|wecom (-1|45033)$|no (JSON|answer)|unreadable answer|token is being|Timeout$"
    r"|(Timeout|Connect|Connection|Connector|Disconnected|Read|Write|Network|Protocol|OS)Error$",
    "refused": r"http 4|errcode|wecom|telegram|not one member",
}
CAUSES = frozenset({*_CAUSES, "fault"})


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that nobody tries to send any more.

    `cause` is one of CAUSES, `detail` the sender's own word for it, without any content. `what`
    and `number` tell the ticket of a ticket's card. The name is masked except for staff.
    """

    id: int
    kind: str
    who: str
    channel: str
    cause: str
    detail: str
    since: datetime
    ticket: UUID | None
    what: str
    number: int


def cause(error: str) -> str:
    """Sort a sender's word into one of CAUSES; what no vendor says is a fault of ours."""
    return next((name for name, words in _CAUSES.items() if re.search(words, error)), "fault")


async def letters(session: Session, by: Actor, *, community: UUID) -> list[Letter]:
    """List at most 200 of them, the most urgent first; operators of the community only."""
    require(by, Permission.DELIVERY_READ, At(community))
    rows = await session.execute(
        sql(
            f"""
            SELECT o.id, o.kind, o.channel, o.error, o.created_at, p.name, t.id AS ticket, t.what,
                   t.number, EXISTS (
                       SELECT 1 FROM membership s WHERE s.person_id = p.id
                       AND s.community_id = :community AND s.role IN ('worker', 'operator')) AS staff
            FROM outbox o JOIN person p ON p.id = o.person_id
            LEFT JOIN ticket t ON o.kind = 'ticket' AND t.id = o.object_id
            WHERE o.state = 'dead' AND {_OURS} ORDER BY o.priority, o.created_at, o.id LIMIT {LIMIT}
            """  # noqa: S608  (literals of this module)
        ),
        {"community": community},
    )
    return [
        Letter(
            row.id, row.kind, masks.shown(row.name, whole=row.staff),
            row.channel, cause(row.error or ""), row.error or "", row.created_at, row.ticket,
            row.what or "", row.number or 0,
        )
        for row in rows
    ]  # fmt: skip


async def count(session: Session, by: Actor, *, community: UUID) -> int:
    """Count what was given up in a community."""
    require(by, Permission.DELIVERY_READ, At(community))
    row = await session.execute(
        sql(f"SELECT count(*) FROM outbox o WHERE o.state = 'dead' AND {_OURS}"),  # noqa: S608
        {"community": community},
    )
    return int(row.scalar_one())


async def resend(
    session: Session, by: Actor, *, community: UUID, letter: int, now: datetime
) -> bool:
    """Try one again from the beginning; False when somebody has done so already.

    A ticket's card goes out as the ticket is then. Where the person has left the letter's channel
    and come back to one that it had gone on from, it goes there. Raises UserError
    `undelivered-unknown` (404) for another community's letter.
    """
    require(by, Permission.DELIVERY_RESEND, At(community))
    ours = await session.execute(
        sql(f"SELECT 1 FROM outbox o WHERE o.id = :id AND {_OURS}"),  # noqa: S608
        {"id": letter, "community": community},
    )
    if ours.scalar_one_or_none() is None:
        raise UserError("undelivered-unknown", status=404)
    return bool(await _revive(session, [letter], now=now))


async def resend_all(session: Session, by: Actor, *, community: UUID, now: datetime) -> int:
    """Try all of a community's again; returns how many."""
    require(by, Permission.DELIVERY_RESEND, At(community))
    rows = await session.execute(
        sql(f"SELECT o.id FROM outbox o WHERE o.state = 'dead' AND {_OURS}"),  # noqa: S608
        {"community": community},
    )
    return await _revive(session, [row.id for row in rows], now=now)


async def send_what_waits(session: Session, *, person: UUID, channel: str, now: datetime) -> None:
    """Send what had no way to a person before they wrote again; older than two days it rests.

    What a vendor refused for itself stays: it would be refused at every word of theirs.
    """
    rows = await session.execute(
        sql(
            """
            SELECT id, error FROM outbox
            WHERE person_id = :person AND channel = :channel AND state = 'dead'
              AND kind <> 'fetch' AND created_at > :since
            """
        ),
        {"person": person, "channel": channel, "since": now - WAITS},
    )
    waiting = [row.id for row in rows if cause(row.error or "") in {"left", "window"}]
    if waiting:
        await _revive(session, waiting, now=now)


async def _revive(session: Session, rows: list[int], *, now: datetime) -> int:
    """Make given-up rows due, or in their place the row of a channel in which they can arrive."""
    revived = await session.execute(
        sql(
            """
            WITH dead AS (
                SELECT id, kind, object_id, person_id, channel FROM outbox
                WHERE id = ANY(CAST(:rows AS bigint[])) AND state = 'dead'
                ORDER BY id FOR UPDATE),
            way AS (
                SELECT d.id AS dead, coalesce(
                    (SELECT o.id FROM outbox o
                     JOIN channel_account a ON a.person_id = o.person_id
                          AND a.channel = o.channel AND a.reachable
                     WHERE o.kind = d.kind AND o.object_id = d.object_id
                       AND o.person_id = d.person_id
                       AND (o.id = d.id OR (o.state = 'sent' AND o.error LIKE 'by %'))
                     ORDER BY o.id <> d.id, a.used_at DESC NULLS LAST, o.id LIMIT 1), d.id) AS id
                FROM dead d)
            UPDATE outbox o
            SET state = CASE WHEN o.id = w.id THEN 'due' ELSE 'sent' END,
                version = greatest(o.version, coalesce(
                    (SELECT t.version FROM ticket t
                     WHERE o.kind = 'ticket' AND t.id = o.object_id), 0)),
                due_at = :now, created_at = :now, attempts = 0, error = NULL, turn = NULL,
                leased_until = NULL, sending_at = NULL
            FROM way w WHERE o.id IN (w.dead, w.id)
            RETURNING o.id = w.id AS due
            """
        ),
        {"rows": rows, "now": now},
    )
    found = sum(int(row.due) for row in revived)
    if found:
        wake(session, "outbox")
        wake(session, "channels")
    return found
