"""Alarms in sets: one statement opens, reopens, recovers or closes the tickets of a whole batch.

Lock order: every live ticket of the batch is locked by id before it is judged, whatever its
status, so that a clearing reading and a worker's "resolved" can't miss each other.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson

from core.crypto import seal_json
from core.db import Session, sql, wake
from core.ids import uuid7
from models import Happened, Severity, Status
from services.tickets import asking, audience, flapping, hush, lanes, rings, stairs
from services.tickets.chain import first, own, policy_of, snapshot
from services.tickets.events import Entry, record
from services.tickets.judge import Live, Outcome, Signal, judge

_LINKED_WITHIN = timedelta(days=1)
_RACES = 3
_AGAIN = {"reopened", "alarm_again"}


@dataclass(frozen=True, slots=True)
class _Opened:
    id: UUID
    signal: Signal
    live: Live
    previous: UUID | None


async def apply(session: Session, signals: Sequence[Signal], *, now: datetime) -> None:
    """Judge signals in their order; open, reopen, recover and close tickets, tell the people.

    What a silenced device says is recorded and not told. Another process may open the same key first: then the key is judged again against its ticket.
    """
    by_key: dict[str, list[Signal]] = defaultdict(list)
    for signal in await hush.told(session, signals, now=now):
        by_key[signal.key].append(signal)
    for _ in range(_RACES if by_key else 0):
        live = await _lock_live(session, sorted(by_key))
        outcomes = {key: judge(live.get(key), run) for key, run in by_key.items()}
        flaps = await _update(session, live, outcomes, by_key, now=now)
        lost, more = await _open(session, outcomes, by_key, now=now)
        if flaps or more:
            await apply(session, [*flaps, *more], now=now)
        if not lost:
            return
        by_key = {key: by_key[key] for key in lost}


async def _lock_live(session: Session, keys: list[str]) -> dict[str, Live]:
    rows = await session.execute(
        sql(
            """
            SELECT id, key, status, epoch, alarm_at, recovered_at FROM ticket
            WHERE key = ANY(:keys) AND status <> 'closed' ORDER BY id FOR UPDATE
            """
        ),
        {"keys": keys},
    )
    return {
        row.key: Live(row.id, Status(row.status), row.epoch, row.alarm_at, row.recovered_at)
        for row in rows
    }


async def _update(
    session: Session,
    live: dict[str, Live],
    outcomes: dict[str, Outcome],
    by_key: dict[str, list[Signal]],
    *,
    now: datetime,
) -> Sequence[Signal]:
    """Write what became of live tickets and tell; returns what flaps, for the daily list."""
    changed = [
        (key, after)
        for key, outcome in outcomes.items()
        if (after := outcome.live) is not None and after.id is not None and after != live.get(key)
    ]
    if not changed:
        return ()
    about = [by_key[key][0] for key, _ in changed]
    chains = [snapshot(one.severity, one.what) for one in about]
    await session.execute(
        sql(
            f"""
            UPDATE ticket t SET
                status = c.status, epoch = c.epoch, alarm_at = c.alarm_at,
                recovered_at = c.recovered_at, version = t.version + c.bump,
                acked_at = CASE WHEN c.epoch > t.epoch THEN NULL ELSE acked_at END,
                acked_by = CASE WHEN c.epoch > t.epoch THEN NULL ELSE acked_by END,
                assigned_to = CASE WHEN c.epoch > t.epoch THEN NULL ELSE assigned_to END,
                arrived_at = CASE WHEN c.epoch > t.epoch THEN NULL ELSE arrived_at END,
                resolved_at = CASE WHEN c.epoch > t.epoch THEN NULL ELSE resolved_at END,
                step = CASE WHEN c.epoch > t.epoch THEN 0 ELSE step END,
                chain = CASE WHEN c.epoch > t.epoch THEN c.chain ELSE t.chain END,
                closed_at = CASE WHEN c.status = 'closed' THEN CAST(:now AS timestamptz) END,
                next_escalation_at = CASE
                    WHEN c.epoch > t.epoch THEN CAST(:now AS timestamptz) + {first("c.chain")}
                    WHEN c.status = 'closed' THEN NULL
                    ELSE next_escalation_at END
            FROM (SELECT u.id, u.status, u.epoch, u.alarm_at, u.recovered_at, u.bump,
                         coalesce({own("u.community", "u.policy")}, u.chain) AS chain
                  FROM unnest(CAST(:ids AS uuid[]), CAST(:statuses AS text[]),
                              CAST(:epochs AS int[]), CAST(:alarms AS timestamptz[]),
                              CAST(:recoveries AS timestamptz[]), CAST(:chains AS jsonb[]),
                              CAST(:communities AS uuid[]), CAST(:policies AS text[]),
                              CAST(:bumps AS int[]))
                      AS u(id, status, epoch, alarm_at, recovered_at, chain, community, policy,
                           bump)) AS c
            WHERE t.id = c.id
            """  # noqa: S608  (spelled by chain.py)
        ),
        {
            "now": now,
            "ids": [after.id for _, after in changed],
            "statuses": [after.status.value for _, after in changed],
            "epochs": [after.epoch for _, after in changed],
            "alarms": [after.alarm_at for _, after in changed],
            "recoveries": [after.recovered_at for _, after in changed],
            "chains": [orjson.dumps(chain).decode() for chain in chains],
            "communities": [one.community for one in about],
            "policies": [policy_of(one.severity, one.what) for one in about],
            "bumps": [int(bool(after.happened)) for _, after in changed],
        },
    )
    told = [(key, after) for key, after in changed if after.happened]
    await record(
        session,
        [
            Entry(by_key[key][0].community, after.id, after.epoch, Happened(kind), now)
            for key, after in told
            for kind in after.happened
            if after.id is not None
        ],
    )
    reopened = {
        after.id: by_key[key][0].what
        for key, after in told
        if "reopened" in after.happened and after.id
    }
    again = [after.id for _, after in told if _AGAIN & set(after.happened) and after.id]
    flaps = await flapping.of(session, again, now=now)
    await _ask(session, _cared(list(reopened), changed, by_key), flaps.quiet, now=now)
    await _tell(session, reopened, flaps.quiet, now=now)
    await rings.refresh(
        session, [after.id for _, after in told if after.id and after.id not in reopened], now=now
    )
    for key, _ in told:
        wake(session, "console", community=str(by_key[key][0].community))
    return flaps.listed


def _cared(
    tickets: list[UUID], changed: list[tuple[str, Live]], by_key: dict[str, list[Signal]]
) -> list[UUID]:
    care = {after.id for key, after in changed if by_key[key][0].severity == Severity.CARE}
    return [one for one in tickets if one in care]


async def _open(
    session: Session,
    outcomes: dict[str, Outcome],
    by_key: dict[str, list[Signal]],
    *,
    now: datetime,
) -> tuple[list[str], Sequence[Signal]]:
    """Open tickets and tell; returns the keys that somebody else opened, and what flaps."""
    wanted = {
        key: _Opened(
            uuid7(), by_key[key][0], outcome.opened, outcome.live.id if outcome.live else None
        )
        for key, outcome in sorted(outcomes.items())
        if outcome.opened is not None
    }
    if not wanted:
        return [], ()
    made = await _insert(session, list(wanted.values()), now=now)
    opened = [one for one in wanted.values() if one.id in made]
    await record(
        session,
        [
            Entry(o.signal.community, o.id, 1, Happened(kind), now)
            for o in opened
            for kind in o.live.happened
        ],
    )
    cared = [one.id for one in opened if one.signal.severity == Severity.CARE]
    flaps = await flapping.of(session, [one for one, linked in made.items() if linked], now=now)
    await _ask(session, cared, flaps.quiet, now=now)
    await _tell(session, {one.id: one.signal.what for one in opened}, flaps.quiet, now=now)
    for community in {one.signal.community for one in opened}:
        wake(session, "console", community=str(community))
    return [key for key, one in wanted.items() if one.id not in made], flaps.listed


async def _ask(
    session: Session, cared: list[UUID], quiet: frozenset[UUID], *, now: datetime
) -> None:
    """Ask elder and family about these; not once more within the hour about what flaps."""
    await asking.begin(session, [one for one in cared if one not in quiet], now=now)
    again = [one for one in cared if one in quiet]
    await asking.begin(session, again, now=now, unasked="flapping")


async def _tell(
    session: Session, tickets: dict[UUID, str], quiet: frozenset[UUID], *, now: datetime
) -> None:
    """Ring for tickets newly open, by what they are about, and for lanes that a fire needs."""
    mates = await stairs.mark(session, tickets)
    about = [ticket for ticket, what in tickets.items() if what in lanes.CONCERNED]
    lanes_too = await lanes.urge(session, about, now=now)
    await audience.tell(session, list({*tickets, *lanes_too}), quiet=quiet, now=now)
    await rings.refresh(session, mates, now=now)


async def _insert(session: Session, wanted: list[_Opened], *, now: datetime) -> dict[UUID, bool]:
    """Open tickets and log it in one statement; returns those whose key nobody else had.

    Each with whether it follows one that was closed lately.
    """
    chains = [snapshot(one.signal.severity, one.signal.what) for one in wanted]
    rows = await session.execute(
        sql(
            f"""
            WITH made AS (
                INSERT INTO ticket (id, community_id, grid_id, device_id, key, what, severity, status,
                                    epoch, version, opened_at, alarm_at, recovered_at, chain, step,
                                    next_escalation_at, place, people, drill_id, previous_id)
                SELECT w.id, w.community, w.grid, w.device, w.key, w.what, w.severity, 'open', 1, 1,
                       :now, w.alarm_at, w.recovered_at, c.chain, 0,
                       CAST(:now AS timestamptz) + {first("c.chain")}, w.place, w.people,
                       (SELECT x.drill_id FROM drill_device x JOIN drill l ON l.id = x.drill_id
                        WHERE x.device_id = w.device AND l.ended_at IS NULL AND l.ends_at > :now),
                       (SELECT p.id FROM ticket p WHERE p.key = w.key
                        AND (p.status = 'closed' AND p.closed_at > :linked) ORDER BY p.id DESC LIMIT 1)
                FROM unnest(CAST(:ids AS uuid[]), CAST(:communities AS uuid[]),
                            CAST(:grids AS uuid[]), CAST(:devices AS uuid[]), CAST(:keys AS text[]),
                            CAST(:whats AS text[]), CAST(:severities AS text[]),
                            CAST(:alarms AS timestamptz[]), CAST(:recoveries AS timestamptz[]),
                            CAST(:chains AS jsonb[]), CAST(:policies AS text[]),
                            CAST(:places AS bytea[]), CAST(:about AS bytea[]))
                    AS w(id, community, grid, device, key, what, severity, alarm_at, recovered_at,
                         chain, policy, place, people)
                CROSS JOIN LATERAL (
                    SELECT coalesce({own("w.community", "w.policy")}, w.chain) AS chain) AS c
                ON CONFLICT (key) WHERE status <> 'closed' DO NOTHING
                RETURNING id, community_id, previous_id),
            logged AS (
                INSERT INTO ticket_event (community_id, ticket_id, epoch, at, kind, data)
                SELECT community_id, id, 1, :now, :opened, '{{}}' FROM made)
            SELECT id, previous_id FROM made
            """  # noqa: S608  (spelled by chain.py)
        ),
        {
            "now": now,
            "linked": now - _LINKED_WITHIN,
            "opened": Happened.OPENED.value,
            "ids": [one.id for one in wanted],
            "communities": [one.signal.community for one in wanted],
            "grids": [one.signal.grid for one in wanted],
            "devices": [one.signal.device for one in wanted],
            "keys": [one.signal.key for one in wanted],
            "whats": [one.signal.what for one in wanted],
            "severities": [one.signal.severity for one in wanted],
            "alarms": [one.live.alarm_at for one in wanted],
            "recoveries": [one.live.recovered_at for one in wanted],
            "chains": [orjson.dumps(chain).decode() for chain in chains],
            "policies": [policy_of(one.signal.severity, one.signal.what) for one in wanted],
            "places": [
                seal_json(one.signal.place, "ticket.place") if one.signal.place else None
                for one in wanted
            ],
            "about": [
                seal_json(one.signal.people, "ticket.people") if one.signal.people else None
                for one in wanted
            ],
        },
    )
    return {row.id: row.previous_id is not None for row in rows}
