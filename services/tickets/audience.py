"""Who is told of a ticket: the on-duty worker, the elder, the family, later the backup and all.

Somebody told once keeps one card, which is edited; a new epoch or an escalation rings it again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from core.db import Session, sql
from models import Happened, Part, Severity
from services.duty import on_duty, workers_of
from services.tickets import callers, rings, storm
from services.tickets import protects as who
from services.tickets.chain import lost
from services.tickets.events import Entry, record
from services.tickets.rings import Listener

_DUTIES = ("worker", "backup", "lead")
TOLD_AT_ONCE = frozenset({"life", "care"})
# Nobody knows yet whether anything alarms, so it is the operator's to find out.
OPERATORS_FIRST = frozenset({"unregistered", "unreadable"})


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
        await rings.refresh(session, list(quiet), now=now)
        listeners = [one for one in listeners if one.ticket not in quiet]
    if all(row.severity == Severity.LIFE for row in facts):
        await rings.ring(session, listeners, now=now)
    else:
        await calmly(session, listeners, now=now)


async def calmly(session: Session, listeners: Sequence[Listener], *, now: datetime) -> None:
    """Ring as `ring` does, but in a storm only grow the workers' lists."""
    ringing, quiet = await storm.damp(session, listeners, now=now)
    await rings.ring(session, ringing, now=now)
    await storm.list_only(session, quiet)
    await rings.refresh(session, await storm.to_tell_again(session, quiet, now=now), now=now)


def _listed(row: Any) -> bool:
    """Tell whether a ticket is only for the daily list: it rings nobody. Somebody waits for a talk."""
    maintenance = row.severity == Severity.MAINTENANCE
    return bool(maintenance and row.what != callers.HANDOVER and not lost(row.what))


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
    await rings.refresh(session, [row.id for row in found], now=now)
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
