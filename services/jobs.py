"""Jobs for the outside world, in the outbox: fetch what a person sent, hear what was said."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.act import Fetch
from core.crypto import open_json, seal_json
from core.db import Session, sql, wake
from core.ids import uuid7
from services.outbox import PAYLOAD, REPLY_PRIORITY, TURN_LEASE, WORKER_LEASE


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job; `id` names its result, so a result that comes twice counts once."""

    id: int
    kind: str
    ref: str
    person: UUID
    channel: str
    attempts: int


async def enqueue(
    session: Session, fetch: Fetch, *, person: UUID, channel: str, turn: int, now: datetime
) -> None:
    """Enqueue a job, leased to the request that waits: its process does it after the commit."""
    payload: dict[str, Any] = {"kind": fetch.kind, "ref": fetch.ref}
    await session.execute(
        sql(
            """
            INSERT INTO outbox (kind, object_id, person_id, channel, version, priority, turn,
                                payload, state, due_at, leased_until, attempts, created_at)
            VALUES ('fetch', :object, :person, :channel, 1, :priority, :turn, :payload, 'due',
                    :now, :lease, 0, :now)
            """
        ),
        {
            "object": uuid7(), "person": person, "channel": channel, "turn": turn, "now": now,
            "priority": REPLY_PRIORITY, "payload": seal_json(payload, PAYLOAD),
            "lease": now + TURN_LEASE,
        },
    )  # fmt: skip
    wake(session, "outbox")


async def claim(
    session: Session, *, now: datetime, turn: int | None = None, limit: int = 10
) -> list[Job]:
    """Take due jobs; with a turn, that turn's own. Safe from many processes."""
    free = "turn = :turn" if turn is not None else "(leased_until IS NULL OR leased_until < :now)"
    rows = await session.execute(
        sql(
            f"""
            UPDATE outbox SET leased_until = :lease, attempts = attempts + 1
            WHERE id IN (SELECT id FROM outbox WHERE state = 'due' AND kind = 'fetch'
                           AND due_at <= :now AND {free}
                         ORDER BY due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED)
            RETURNING id, payload, person_id, channel, attempts
            """  # noqa: S608  (both halves are literals above)
        ),
        {"now": now, "lease": now + WORKER_LEASE, "limit": limit}
        | ({"turn": turn} if turn is not None else {}),
    )
    jobs = []
    for row in rows:
        what = open_json(row.payload, PAYLOAD)
        jobs.append(
            Job(row.id, what["kind"], what["ref"], row.person_id, row.channel, row.attempts)
        )
    return jobs


async def done(session: Session, job: Job) -> None:
    """End a job."""
    await session.execute(
        sql("UPDATE outbox SET state = 'sent', leased_until = NULL, turn = NULL WHERE id = :id"),
        {"id": job.id},
    )


async def again(session: Session, job: Job, *, after: float, now: datetime) -> None:
    """Try a job again later."""
    await session.execute(
        sql("UPDATE outbox SET leased_until = NULL, turn = NULL, due_at = :at WHERE id = :id"),
        {"id": job.id, "at": now + timedelta(seconds=after)},
    )
