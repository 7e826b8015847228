"""Who is told of a ticket: the on-duty worker, the elder, the family, later the backup and all.

Somebody told once keeps one card, which is edited; a new epoch or an escalation rings it again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.db import Session, sql
from models import Happened, Part, Severity
from services.duty import on_duty, workers_of
from services.outbox import enqueue_tickets
from services.tickets import callers, storm
from services.tickets import protects as who
from services.tickets.chain import lost
from services.tickets.events import Entry, record

_DUTIES = ("worker", "backup", "lead")
TOLD_AT_ONCE = frozenset({"life", "care"})
# Nobody knows yet whether anything alarms, so it is the operator's to find out.
OPERATORS_FIRST = frozenset({"unregistered", "unreadable"})
# Cards in the order of their keys, in which every transaction locks them.
_RING = sql(
    """
    WITH heard AS MATERIALIZED (
        SELECT w.ticket, w.person, w.part, a.channel
        FROM unnest(CAST(:tickets AS uuid[]), CAST(:people AS uuid[]), CAST(:parts AS text[]))
            AS w(ticket, person, part)
        LEFT JOIN (SELECT DISTINCT ON (person_id) person_id, channel FROM channel_account
                   WHERE reachable AND person_id = ANY(CAST(:people AS uuid[]))
                   ORDER BY person_id, used_at DESC NULLS LAST, id) AS a ON a.person_id = w.person),
    rung AS (
        INSERT INTO ticket_card (ticket_id, person_id, channel, part, ring, shown_ring,
                                 shown_version, rung_at)
        SELECT ticket, person, channel, part, 1, 0, 0, CAST(:now AS timestamptz) FROM heard WHERE channel IS NOT NULL
        ORDER BY ticket, person
        ON CONFLICT (ticket_id, person_id, channel) DO UPDATE
        SET ring = ticket_card.ring + 1, rung_at = excluded.rung_at,
            part = CASE WHEN excluded.part = 'caller' THEN 'caller' ELSE ticket_card.part END)
    SELECT ticket, person FROM heard WHERE channel IS NULL ORDER BY ticket, person
    """
)


@dataclass(frozen=True, slots=True)
class Listener:
    """A person who is to see a ticket, and as what."""

    ticket: UUID
    person: UUID
    part: Part


async def tell(
    session: Session,
    tickets: Sequence[UUID],
    *,
    now: datetime,
    quiet: frozenset[UUID] = frozenset(),
) -> None:
    """Ring everyone who hears of these tickets first: at opening and in each new epoch.

    The `quiet` ones only stand in the lists.
    """
    if not tickets:
        return
    facts = [row for row in await _facts(session, tickets) if not _listed(row)]
    clear = [row for row in facts if row.what not in OPERATORS_FIRST]
    listeners = await _called(session, facts)
    listeners += await _already_going(session, facts, now=now)
    listeners += await _on_duty(session, clear, now=now)
    listeners += await _household(session, clear)
    listeners += [Listener(row.id, who, Part.OPERATOR) for row in facts for who in row.operators]
    if quiet:
        await storm.list_only(session, [one for one in listeners if one.ticket in quiet])
        await refresh(session, list(quiet), now=now)
        listeners = [one for one in listeners if one.ticket not in quiet]
    if all(row.severity == Severity.LIFE for row in facts):
        await ring(session, listeners, now=now)
    else:
        await calmly(session, listeners, now=now)


async def calmly(session: Session, listeners: Sequence[Listener], *, now: datetime) -> None:
    """Ring as `ring` does, but in a storm only grow the workers' lists."""
    ringing, quiet = await storm.damp(session, listeners, now=now)
    await ring(session, ringing, now=now)
    await storm.list_only(session, quiet)
    await refresh(session, await storm.to_tell_again(session, quiet, now=now), now=now)


def _listed(row: Any) -> bool:
    """Tell whether a ticket is only for the daily list: it rings nobody. Somebody waits for a talk."""
    maintenance = row.severity == Severity.MAINTENANCE
    return bool(maintenance and row.what != callers.HANDOVER and not lost(row.what))


async def ring(session: Session, listeners: Sequence[Listener], *, now: datetime) -> None:
    """Give each listener a card, or make the one they have ring again; edit all others.

    A part once given stays; but a worker who calls for help is then the caller.
    """
    if not listeners:
        return
    unique = {(one.ticket, one.person): one for one in reversed(listeners)}
    ordered = sorted(unique)
    unreached = await session.execute(
        _RING,
        {
            "tickets": [ticket for ticket, _ in ordered],
            "people": [person for _, person in ordered],
            "parts": [unique[pair].part.value for pair in ordered],
            "now": now,
        },
    )
    missed = [unique[row.ticket, row.person] for row in unreached]
    await _note_unreached(session, missed, now=now)
    await refresh(session, list({one.ticket for one in listeners}), now=now)


async def refresh(session: Session, tickets: Sequence[UUID], *, now: datetime) -> None:
    """Bring every card of these tickets to the newest version."""
    if not tickets:
        return
    await enqueue_tickets(session, tickets, now=now)


async def ring_workers(session: Session, ticket: UUID, *, now: datetime) -> None:
    """Ring those who have the card to work with it; everyone else sees the edit."""
    rows = await session.execute(
        sql(
            """
            SELECT person_id, part FROM ticket_card
            WHERE ticket_id = :ticket AND part IN ('worker', 'backup', 'operator')
            """
        ),
        {"ticket": ticket},
    )
    workers = [Listener(ticket, row.person_id, Part(row.part)) for row in rows]
    await ring(session, workers, now=now)
    await refresh(session, [ticket], now=now)


async def of_grid(
    session: Session,
    ticket: UUID,
    grid: UUID,
    duties: Iterable[str],
    *,
    now: datetime,
    waking: bool = True,
) -> list[Listener]:
    """List who answers to these duties in a grid now; `all` is everyone on duty there.

    With nobody on such a duty, every worker of the grid answers: a step must reach somebody. Where
    it may not wake people (`waking`), nobody answers then.
    """
    posts = (await on_duty(session, [grid], now=now)).get(grid, {})
    wanted = posts if "all" in duties else {duty: posts.get(duty, []) for duty in duties}
    found = [
        Listener(ticket, person, Part.WORKER if duty == "worker" else Part.BACKUP)
        for duty, people in wanted.items()
        for person in people
    ]
    if found or not waking:
        return found
    everyone = (await workers_of(session, [grid])).get(grid, [])
    return [Listener(ticket, person, Part.BACKUP) for person in everyone]


async def household(session: Session, ticket: UUID) -> list[Listener]:
    """List the elder and the family of a ticket that is about them."""
    facts = await _facts(session, [ticket])
    devices = await _household(session, [row for row in facts if row.what not in OPERATORS_FIRST])
    return await _called(session, facts) + devices


async def of_community(
    session: Session, ticket: UUID, community: UUID, *, now: datetime
) -> list[Listener]:
    """List everyone on duty in a community, for a ticket whose grid nobody knows."""
    found = await callers.on_duty_anywhere(session, [community], now=now, duties=_DUTIES)
    return [
        Listener(ticket, person, Part.WORKER if duty == "worker" else Part.BACKUP)
        for _, person, duty in found
    ]


async def _called(session: Session, facts: list[Any]) -> list[Listener]:
    calls = [row.id for row in facts if row.what in callers.CALLS]
    return [Listener(*one) for one in await callers.household(session, calls)]


async def _facts(session: Session, tickets: Sequence[UUID]) -> list[Any]:
    """Load the tickets, with the operators who have a chat too; the others see the queue."""
    rows = await session.execute(
        sql(
            """
            SELECT t.id, t.grid_id, t.community_id, t.epoch, t.what, t.severity, t.people, d.place,
                   d.kind, ARRAY(SELECT n.id FROM device o JOIN ticket n ON n.device_id = o.id
                                 WHERE o.home_index = d.home_index AND n.id <> t.id
                                   AND n.status = 'acked') AS beside,
                   coalesce(o.people, '{}') AS operators, coalesce(l.households, true) AS at_home
            FROM ticket t LEFT JOIN device d ON d.id = t.device_id
            LEFT JOIN drill l ON l.id = t.drill_id
            LEFT JOIN (SELECT m.community_id, array_agg(DISTINCT m.person_id) AS people
                       FROM membership m
                       JOIN channel_account a ON a.person_id = m.person_id AND a.reachable
                       WHERE m.role = 'operator' GROUP BY m.community_id
                      ) AS o ON o.community_id = t.community_id
            WHERE t.id = ANY(CAST(:tickets AS uuid[]))
            """
        ),
        {"tickets": list(tickets)},
    )
    return list(rows)


async def _on_duty(session: Session, facts: list[Any], *, now: datetime) -> list[Listener]:
    """Pick the worker on duty, else the backup, else the lead; else every worker of the grid.

    A person's call without a known grid goes to all on duty in the community. For somebody who
    only wants to talk nobody off duty is rung.
    """
    grids = {row.grid_id for row in facts if row.grid_id is not None}
    posts = await on_duty(session, grids, now=now)
    waking = {row.grid_id for row in facts if row.what != callers.HANDOVER}
    first = {grid: _first(posts.get(grid, {})) for grid in grids}
    empty = [grid for grid in grids & waking if not first[grid]]
    everyone = await workers_of(session, empty) if empty else {}
    unmanned = [row for row in facts if row.grid_id in empty and row.severity in TOLD_AT_ONCE]
    entries = [Entry(r.community_id, r.id, r.epoch, Happened.UNMANNED, now) for r in unmanned]
    await record(session, entries)
    anywhere = [
        one
        for row in facts
        if row.grid_id is None and row.what in callers.CALLS
        for one in await of_community(session, row.id, row.community_id, now=now)
    ]
    return anywhere + [
        Listener(row.id, person, Part.WORKER)
        for row in facts
        for person in first.get(row.grid_id) or everyone.get(row.grid_id, [])
    ]


def _first(posts: Mapping[str, list[UUID]]) -> list[UUID]:
    """Pick who hears first: without a worker the backup counts, without either the lead."""
    return next((posts[duty] for duty in _DUTIES if posts.get(duty)), [])


async def _already_going(session: Session, facts: list[Any], *, now: datetime) -> list[Listener]:
    """List who is on the way to the same door for another alarm, whose card shows this one too."""
    beside = {other: row.id for row in facts for other in row.beside}
    if not beside:
        return []
    rows = await session.execute(
        sql(
            """
            UPDATE ticket SET version = version + 1 WHERE id IN (
                SELECT id FROM ticket WHERE id = ANY(CAST(:beside AS uuid[])) AND status = 'acked'
                ORDER BY id FOR UPDATE SKIP LOCKED)
            RETURNING id, acked_by
            """
        ),
        {"beside": sorted(beside)},
    )
    found = rows.all()
    await refresh(session, [row.id for row in found], now=now)
    return [Listener(beside[row.id], row.acked_by, Part.WORKER) for row in found]


async def _household(session: Session, facts: list[Any]) -> list[Listener]:
    """Find the people that a device protects, or a ticket names, and their relatives.

    A drill leaves them out unless it was begun with them.
    """
    told = [row for row in facts if row.severity in TOLD_AT_ONCE and row.at_home]
    protects: dict[UUID, list[UUID]] = defaultdict(list)
    for ticket, people in (await who.of(session, told)).items():
        for person in people:
            protects[person].append(ticket)
    if not protects:
        return []
    links = await session.execute(
        sql(
            """
            SELECT elder_id, relative_id FROM family_link
            WHERE elder_id = ANY(CAST(:elders AS uuid[])) AND ended_at IS NULL
            """
        ),
        {"elders": list(protects)},
    )
    found = [
        Listener(ticket, elder, Part.ELDER)
        for elder, tickets in protects.items()
        for ticket in tickets
    ]
    found += [
        Listener(ticket, row.relative_id, Part.FAMILY)
        for row in links
        for ticket in protects[row.elder_id]
    ]
    return found


async def _note_unreached(
    session: Session, listeners: Sequence[Listener], *, now: datetime
) -> None:
    if not listeners:
        return
    rows = await session.execute(
        sql("SELECT id, community_id, epoch FROM ticket WHERE id = ANY(CAST(:tickets AS uuid[]))"),
        {"tickets": [one.ticket for one in listeners]},
    )
    facts = {row.id: row for row in rows}
    await record(
        session,
        [
            Entry(
                facts[one.ticket].community_id, one.ticket, facts[one.ticket].epoch,
                Happened.UNREACHABLE, now, person=one.person, data={"part": one.part.value},
            )
            for one in listeners
        ],
    )  # fmt: skip
