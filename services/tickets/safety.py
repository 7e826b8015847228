"""平安 or 没联系上: what those who were asked know, and what follows for the ticket.

The worse of two answers wins. Of "spoken with", "with me" and "I guess so" only the first two
resolve; everything can be taken back for ten minutes. No answer ever stops the chain of a life.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.db import Session, sql, wake
from core.errors import UserError
from core.ids import uuid7
from models import Happened, How, Part, Severity, Status
from services.tickets import asking, rings
from services.tickets.answer import reopen
from services.tickets.chain import asks, red_again
from services.tickets.events import Entry, record

UNDO = timedelta(minutes=10)
BEGINS_ANEW = timedelta(hours=24)
SURE = frozenset({How.SELF, How.TOGETHER, How.VOICE})
_ASKED = frozenset({Part.ELDER, Part.FAMILY})


async def answer(session: Session, by: Actor, *, ticket: UUID, how: How, now: datetime) -> Status:
    """Keep somebody's answer in place of their last one; returns the ticket's status that follows.

    Raises UserError `not-allowed` for whom the ticket does not ask, `ticket-is-over` when it is.
    """
    row = await _locked(session, by, ticket)
    if row.status == Status.CLOSED:
        raise UserError("ticket-is-over", status=409)
    await _forget(session, by, row, now=now)
    await session.execute(
        sql(
            """
            INSERT INTO safety_answer (id, community_id, ticket_id, epoch, person_id, how, at)
            VALUES (:id, :community, :ticket, :epoch, :person, :how, :now)
            """
        ),
        {
            "id": uuid7(), "community": row.community_id, "ticket": ticket, "epoch": row.epoch,
            "person": by.person, "how": how.value, "now": now,
        },
    )  # fmt: skip
    await _log(session, row, Happened.ANSWERED, by, now=now, data={"how": how.value})
    return await _follow(session, row, by, now=now)


async def take_back(session: Session, by: Actor, *, ticket: UUID, now: datetime) -> Status:
    """Take the own answer back within ten minutes; returns the ticket's status that follows.

    Raises UserError `safe-too-late` afterwards.
    """
    row = await _locked(session, by, ticket)
    if not await _forget(session, by, row, now=now, since=now - UNDO):
        raise UserError("safe-too-late", status=409)
    await _log(session, row, Happened.TAKEN_BACK, by, now=now, data={})
    return await _follow(session, row, by, now=now)


async def worst(session: Session, ticket: UUID, epoch: int) -> How | None:
    """Return the worst answer that stands."""
    rows = await session.execute(
        sql(
            """
            SELECT how FROM safety_answer
            WHERE ticket_id = :ticket AND epoch = :epoch AND undone_at IS NULL
            """
        ),
        {"ticket": ticket, "epoch": epoch},
    )
    return worst_of([How(how) for how in rows.scalars()])


def worst_of(answers: Collection[How]) -> How | None:
    """Pick the worst of some answers; the enum's order is from best to worst."""
    order = list(How)
    return max(answers, key=order.index, default=None)


async def lives(session: Session, ticket: UUID, *, now: datetime) -> bool:
    """Close a resolved care ticket if its flat has given a sign of life since; tells whether.

    Its rule begins anew from here. The caller has locked the ticket.
    """
    row = (
        await session.execute(
            sql(
                """
                SELECT t.id, t.community_id, t.epoch, t.device_id, t.what FROM ticket t
                JOIN device d ON d.id = t.device_id
                WHERE t.id = :ticket AND t.severity = 'care' AND EXISTS (
                    SELECT 1 FROM device o JOIN device_state s ON s.device_id = o.id
                    WHERE o.home_index = d.home_index AND o.removed_at IS NULL
                      AND s.metric IN ('contact_open', 'water_total', 'motion')
                      AND s.changed_at > t.resolved_at)
                """
            ),
            {"ticket": ticket},
        )
    ).one_or_none()
    if row is None:
        return False
    await session.execute(
        sql(
            """
            UPDATE rule_state SET firing = false, due_at = :again
            WHERE device_id = :device AND key = :what AND firing
            """
        ),
        {"again": now + BEGINS_ANEW, "device": row.device_id, "what": row.what},
    )
    entries = [
        Entry(row.community_id, row.id, row.epoch, kind, now, data={"why": "sign_of_life"})
        for kind in (Happened.RECOVERED, Happened.CLOSED)
    ]
    await _update(
        session, row, "status = 'closed', recovered_at = :now, closed_at = :now, "
        "next_escalation_at = NULL", entries, now=now,
    )  # fmt: skip
    return True


async def _locked(session: Session, by: Actor, ticket: UUID) -> Any:
    """Lock the ticket; only who has a card of it as elder or family is asked."""
    row = (
        await session.execute(
            sql(
                """
                SELECT id, community_id, device_id, severity, status, epoch, chain, step, acked_by,
                       recovered_at
                FROM ticket WHERE id = :ticket FOR UPDATE
                """
            ),
            {"ticket": ticket},
        )
    ).one_or_none()
    if row is None:
        raise UserError("ticket-unknown", status=404)
    part = (
        await session.execute(
            sql(
                """
                SELECT part FROM ticket_card WHERE ticket_id = :ticket AND person_id = :person
                """
            ),
            {"ticket": ticket, "person": by.person},
        )
    ).scalars()
    if not _ASKED & {Part(one) for one in part}:
        raise UserError("not-allowed", status=403)
    return row


async def _forget(
    session: Session, by: Actor, row: Any, *, now: datetime, since: datetime | None = None
) -> bool:
    """End the person's standing answer, if it was given after `since`; tells whether there was."""
    rows = await session.execute(
        sql(
            """
            UPDATE safety_answer SET undone_at = :now
            WHERE ticket_id = :ticket AND person_id = :person AND undone_at IS NULL
              AND epoch = :epoch
              AND (CAST(:since AS timestamptz) IS NULL OR at >= CAST(:since AS timestamptz))
            RETURNING id
            """
        ),
        {
            "now": now, "ticket": row.id, "person": by.person, "epoch": row.epoch, "since": since,
        },
    )  # fmt: skip
    return bool(rows.all())


async def _follow(session: Session, row: Any, by: Actor, *, now: datetime) -> Status:
    """Do what the worst standing answer means for a ticket that nobody has taken yet."""
    known = await worst(session, row.id, row.epoch)
    by_answer = row.acked_by is None
    if row.severity != Severity.CARE or not by_answer or row.status == Status.CLOSED:
        await _update(session, row, "closed_at = closed_at", [], now=now)
        return Status(row.status)
    if row.status == Status.RESOLVED:
        if known in SURE:
            return Status.RESOLVED
        unasked = "not_reached" if known is How.NOT_REACHED else None
        await reopen(session, row.id, now=now, unasked=unasked)
        return Status.OPEN
    if known in SURE:
        return await _resolve(session, row, by, how=known, now=now)
    if known is How.NOT_REACHED and asks(row.chain, row.step):
        await asking.over(session, row, "not_reached", now=now)
    else:
        await _update(session, row, "closed_at = closed_at", [], now=now)
    return Status.OPEN


async def _resolve(session: Session, row: Any, by: Actor, *, how: How, now: datetime) -> Status:
    """Let the family's word resolve it: no trip. It waits for a sign of life, as the rule says."""
    entries = [
        Entry(row.community_id, row.id, row.epoch, Happened.RESOLVED, now, by.person,
              {"seen": "by_family", "how": how.value})
    ]  # fmt: skip
    if row.device_id is None or row.recovered_at is not None:
        entries.append(Entry(row.community_id, row.id, row.epoch, Happened.CLOSED, now, by.person))
        await _update(
            session, row, "status = 'closed', resolved_at = :now, closed_at = :now, "
            "next_escalation_at = NULL", entries, now=now,
        )  # fmt: skip
        return Status.CLOSED
    await _update(
        session, row, "status = 'resolved', resolved_at = :now, "
        "next_escalation_at = CAST(:now AS timestamptz) + CAST(:wait AS interval)",
        entries, now=now, wait=red_again(row.severity),
    )  # fmt: skip
    return Status.RESOLVED


async def _update(
    session: Session, row: Any, changes: str, entries: list[Entry], *, now: datetime, **values: Any
) -> None:
    """Set columns (a literal of this module), log it, and edit every card."""
    given = {"id": row.id} | values | ({"now": now} if ":now" in changes else {})
    await session.execute(
        sql(f"UPDATE ticket SET version = version + 1, {changes} WHERE id = :id"),  # noqa: S608
        given,
    )
    await record(session, entries)
    await rings.refresh(session, [row.id], now=now)
    wake(session, "console", community=str(row.community_id))


async def _log(
    session: Session, row: Any, kind: Happened, by: Actor, *, now: datetime, data: dict[str, Any]
) -> None:
    entry = Entry(row.community_id, row.id, row.epoch, kind, now, by.person, data)
    await record(session, [entry])
