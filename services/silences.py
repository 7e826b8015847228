"""Silence of a single device: at most two hours by two people, or an installer's test of ten minutes.

What would have rung meanwhile is recorded and judged again at the end. What rings already goes on.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.actor import Actor
from core.crypto import seal_json
from core.db import Session, sql
from core.errors import UserError
from core.ids import uuid7
from models import SilenceKind
from services import audit
from services.permissions import At, Permission, require
from services.rules import pauses
from services.rules.book import Book
from services.rules.kinds import RuleInForce
from services.tickets import alarms
from services.tickets.judge import Signal

LONGEST = {SilenceKind.SILENCE: 120, SilenceKind.TEST: 10}


async def ask(
    session: Session,
    by: Actor,
    *,
    device: UUID,
    kind: SilenceKind,
    minutes: int,
    reason: str,
    now: datetime,
) -> UUID:
    """Ask for a silence, which begins when a second person agrees; a test begins at once.

    Raises UserError `silence-longest`, `silence-reason`, `silence-live` for a device that has one.
    """
    place = await _device(session, device)
    require(by, Permission.DEVICES_SILENCE, At(place.community_id, place.grid_id))
    if not 1 <= minutes <= LONGEST[kind]:
        raise UserError("silence-longest", status=422, minutes=LONGEST[kind])
    if not reason.strip():
        raise UserError("silence-reason", status=422)
    begins = now if kind is SilenceKind.TEST else None
    made = uuid7()
    rows = await session.execute(
        sql(
            """
            INSERT INTO silence (id, community_id, device_id, kind, reason, asked_by, asked_at,
                                 minutes, begins_at, ends_at)
            VALUES (:id, :community, :device, :kind, :reason, :by, :now, :minutes, :begins, :ends)
            ON CONFLICT (device_id) WHERE ended_at IS NULL DO NOTHING RETURNING id
            """
        ),
        {
            "id": made, "community": place.community_id, "device": device, "kind": kind.value,
            "reason": seal_json(reason.strip(), "silence.reason"), "by": by.person, "now": now,
            "minutes": minutes, "begins": begins,
            "ends": begins + timedelta(minutes=minutes) if begins else None,
        },
    )  # fmt: skip
    if rows.scalar_one_or_none() is None:
        raise UserError("silence-live", status=409)
    _note(session, by, place, device, f"{kind.value} {minutes} min: {reason.strip()}", now=now)
    return made


async def agree(session: Session, by: Actor, *, silence: UUID, now: datetime) -> None:
    """Be the second person: from now on the device is silent.

    Raises UserError `silence-two` for whoever asked, `silence-over` when it is too late.
    """
    row = await _silence(session, silence)
    require(by, Permission.DEVICES_SILENCE, At(row.community_id, row.grid_id))
    if by.person == row.asked_by:
        raise UserError("silence-two", status=403)
    if row.ended_at is not None or row.begins_at is not None:
        raise UserError("silence-over", status=409)
    await session.execute(
        sql(
            """
            UPDATE silence SET agreed_by = :by, begins_at = :now,
                   ends_at = CAST(:now AS timestamptz) + make_interval(mins => minutes)
            WHERE id = :id
            """
        ),
        {"by": by.person, "now": now, "id": silence},
    )
    _note(session, by, row, row.device_id, "agreed", now=now)


async def end(session: Session, by: Actor, *, silence: UUID, now: datetime) -> None:
    """End it early, or withdraw what nobody agreed to; one person is enough for that."""
    row = await _silence(session, silence)
    require(by, Permission.DEVICES_SILENCE, At(row.community_id, row.grid_id))
    if row.ended_at is not None:
        raise UserError("silence-over", status=409)
    await session.execute(
        sql("UPDATE silence SET ends_at = least(ends_at, :now) WHERE id = :id"),
        {"now": now, "id": silence},
    )
    if row.begins_at is None:
        await _finish(session, [silence], now=now)
    _note(session, by, row, row.device_id, "ended", now=now)


async def sweep(session: Session, book: Book, *, now: datetime) -> list[UUID]:
    """End what is over and judge again what was not told meanwhile; returns those."""
    rows = await session.execute(
        sql(
            """
            SELECT id FROM silence
            WHERE ended_at IS NULL AND coalesce(ends_at, asked_at + interval '2 hours') <= :now
            ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED
            """
        ),
        {"now": now},
    )
    over = list(rows.scalars())
    if over:
        await book.refresh(session, now=now)
        await _finish(session, over, now=now)
        await _judge_again(session, book, over, now=now)
    return over


async def _finish(session: Session, silences: Sequence[UUID], *, now: datetime) -> None:
    await session.execute(
        sql("UPDATE silence SET ended_at = :now WHERE id = ANY(CAST(:ids AS uuid[]))"),
        {"now": now, "ids": list(silences)},
    )


async def _judge_again(
    session: Session, book: Book, silences: Sequence[UUID], *, now: datetime
) -> None:
    """Ring now for whatever still alarms."""
    rows = (
        await session.execute(
            sql(
                """
                SELECT u.key, d.id, d.community_id AS community, d.grid_id AS grid, d.kind, d.source,
                       d.home_index, coalesce(s.people, '{}') AS people, m.firing,
                       (SELECT jsonb_object_agg(st.metric, st.value) FROM device_state st
                        WHERE st.device_id = d.id) AS state
                FROM suppression u JOIN device d ON d.id = u.device_id
                LEFT JOIN device_scope s ON s.device_id = d.id
                LEFT JOIN rule_state m ON m.device_id = d.id AND m.key = u.key
                WHERE u.because_id = ANY(CAST(:ids AS uuid[])) AND u.judged_at IS NULL
                ORDER BY d.id, u.key
                """
            ),
            {"ids": list(silences)},
        )
    ).all()
    rules = {(row.id, row.key): _rule(book, row) for row in rows}
    outcome = {(row.id, row.key): _still(rules[row.id, row.key], row) for row in rows}
    await pauses.judged(session, outcome, now=now)
    signals = [
        Signal(
            key=f"{row.id}:{row.key}", what=row.key, severity=rule.severity,
            community=row.community, grid=row.grid, device=row.id, active=True, ts=now,
        )
        for row in rows
        if (rule := rules[row.id, row.key]) is not None and outcome[row.id, row.key]
    ]  # fmt: skip
    if signals:
        await alarms.apply(session, signals, now=now)


def _rule(book: Book, row: Any) -> RuleInForce | None:
    return next((rule for rule in book.rules_of(row) if rule.key == row.key), None)


def _still(rule: RuleInForce | None, row: Any) -> bool:
    """Tell whether it alarms now: by what the rule remembers, else by the newest value."""
    if rule is None:
        return False
    if rule.remembers:
        return bool(row.firing)
    value = (row.state or {}).get(rule.metric)
    return value is not None and rule.holds(value)


async def _device(session: Session, device: UUID) -> Any:
    rows = await session.execute(
        sql("SELECT community_id, grid_id FROM device WHERE id = :id AND removed_at IS NULL"),
        {"id": device},
    )
    if (row := rows.one_or_none()) is None:
        raise UserError("silence-no-device", status=404)
    return row


async def _silence(session: Session, silence: UUID) -> Any:
    rows = await session.execute(
        sql(
            """
            SELECT q.device_id, q.asked_by, q.begins_at, q.ended_at, d.community_id, d.grid_id
            FROM silence q JOIN device d ON d.id = q.device_id WHERE q.id = :id FOR UPDATE OF q
            """
        ),
        {"id": silence},
    )
    if (row := rows.one_or_none()) is None:
        raise UserError("silence-over", status=404)
    return row


def _note(
    session: Session, by: Actor, place: Any, device: UUID, reason: str, *, now: datetime
) -> None:
    audit.note(
        session, by, Permission.DEVICES_SILENCE, community=place.community_id, now=now,
        thing=UUID(str(device)), reason=reason,
    )  # fmt: skip
