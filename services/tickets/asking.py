"""Asking first: elder and family say whether all is well before somebody goes there.

The worker sees the card from the start and may go at once. DESIGN section 5 says when nobody is
asked.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from core.clock import local
from core.crypto import open_json
from core.db import Session, sql
from models import Happened
from services.tickets import protects, rings
from services.tickets.chain import CARE, first, own, patient, policy_of, snapshot, wait_after
from services.tickets.events import Entry, record

FRAIL = frozenset({"disabled", "dementia", "bedridden"})
AT_RISK = FRAIL | {"living_alone", "empty_nest", "over80", "severe_disability"}
_ALONE = "living_alone"
_OLD, _OLD_CODE = 80, "over80"
_TICKETS = sql(
    """
    SELECT t.id, t.community_id, t.epoch, t.what, t.people, d.place, d.kind,
           coalesce(l.households, true) AS at_home,
           EXISTS (SELECT 1 FROM device o JOIN ticket n ON n.device_id = o.id
                   WHERE o.home_index = d.home_index AND o.id <> d.id AND n.id <> t.id
                     AND n.status IN ('open', 'acked') AND n.severity IN ('life', 'care')) AS second
    FROM ticket t LEFT JOIN device d ON d.id = t.device_id LEFT JOIN drill l ON l.id = t.drill_id
    WHERE t.id = ANY(CAST(:tickets AS uuid[])) ORDER BY t.id
    """
)
_BESIDE = sql(
    """
    SELECT n.id, n.community_id, n.epoch, n.chain FROM ticket t
    JOIN device d ON d.id = t.device_id
    JOIN device o ON o.home_index = d.home_index AND o.id <> d.id
    JOIN ticket n ON n.device_id = o.id AND n.status = 'open' AND n.severity = 'care'
    WHERE t.id = ANY(CAST(:tickets AS uuid[])) AND n.id <> ALL(CAST(:tickets AS uuid[]))
      AND CAST(n.chain -> least(n.step, jsonb_array_length(n.chain) - 1) ->> 'asks' AS bool)
    ORDER BY n.id FOR UPDATE OF n SKIP LOCKED
    """
)


async def begin(
    session: Session, tickets: Sequence[UUID], *, now: datetime, unasked: str | None = None
) -> None:
    """Ask about these care tickets, or say why nobody is; before anybody is told of them.

    A second sign in the same flat also ends the asking about the first.
    """
    if not tickets:
        return
    rows = (await session.execute(_TICKETS, {"tickets": list(tickets)})).all()
    people: dict[UUID, list[UUID]] = {row.id: [] for row in rows}
    people |= await protects.of(session, rows)
    frail = await _frail(session, {one for some in people.values() for one in some}, now=now)
    reached = await _reachable(session, {one for some in people.values() for one in some})
    entries = []
    for row in rows:
        why = unasked or _unasked(row, people[row.id], frail, reached)
        policy, chain = (
            ("care", CARE) if why else (policy_of("care", row.what), snapshot("care", row.what))
        )
        await _set(session, row.id, policy, chain, now=now)
        kind = Happened.ASK_OVER if why else Happened.ASKED
        data = {"why": why} if why else {}
        entries.append(Entry(row.community_id, row.id, row.epoch, kind, now, data=data))
    await record(session, entries)
    for beside in (await session.execute(_BESIDE, {"tickets": list(tickets)})).all():
        await over(session, beside, "second_sign", now=now)


async def over(session: Session, row: Any, why: str, *, now: datetime) -> None:
    """Wait no longer: the worker is rung, and the chain goes on from there.

    `row` holds id, community_id, epoch and chain of the ticket, which the caller has locked.
    """
    await session.execute(
        sql(
            """
            UPDATE ticket SET step = 1, version = version + 1,
                   next_escalation_at = CAST(:now AS timestamptz) + CAST(:wait AS interval)
            WHERE id = :id
            """
        ),
        {"id": row.id, "now": now, "wait": wait_after(row.chain, 0)},
    )
    entry = Entry(row.community_id, row.id, row.epoch, Happened.ASK_OVER, now, data={"why": why})
    await record(session, [entry])
    await rings.ring_workers(session, row.id, now=now)


async def _set(
    session: Session, ticket: UUID, policy: str, chain: list[dict[str, Any]], *, now: datetime
) -> None:
    await session.execute(
        sql(
            f"""
            UPDATE ticket SET chain = c.chain, step = 0,
                   next_escalation_at = CAST(:now AS timestamptz) + {first("c.chain")}
            FROM (SELECT coalesce({own("n.community_id", ":policy")}, CAST(:chain AS jsonb)) AS chain
                  FROM ticket n WHERE n.id = :id) AS c
            WHERE id = :id
            """  # noqa: S608  (spelled by chain.py)
        ),
        {
            "id": ticket, "policy": policy, "chain": orjson.dumps(chain).decode(), "now": now,
        },
    )  # fmt: skip


def _unasked(row: Any, people: list[UUID], frail: set[UUID], reached: set[UUID]) -> str | None:
    """Say why asking makes no sense, or None."""
    if not row.at_home:
        return "drill"
    if row.second:
        return "second_sign"
    if any(one in frail for one in people) and not patient(row.what):
        return "frail"
    if not any(one in reached for one in people):
        return "nobody_reachable"
    return None


async def at_risk(session: Session, devices: Collection[UUID], *, now: datetime) -> set[UUID]:
    """Find the devices that protect somebody at risk: old, alone, 失能 or 失智."""
    rows = (
        await session.execute(
            sql("SELECT id, kind, place FROM device WHERE id = ANY(CAST(:devices AS uuid[]))"),
            {"devices": list(devices)},
        )
    ).all()
    people = await protects.of(session, rows)
    codes = await _codes(session, {one for some in people.values() for one in some}, now=now)
    return {device for device, some in people.items() if any(codes[one] & AT_RISK for one in some)}


async def _frail(session: Session, people: set[UUID], *, now: datetime) -> set[UUID]:
    """Find who is not to be asked about: 失能, 失智, or 80 and over and living alone."""
    return {
        person
        for person, codes in (await _codes(session, people, now=now)).items()
        if codes & FRAIL or {_OLD_CODE, _ALONE} <= codes
    }


async def _codes(session: Session, people: set[UUID], *, now: datetime) -> dict[UUID, set[str]]:
    """Collect what is known of people's groups and needs; their age counts as one of them."""
    rows = await session.execute(
        sql(
            """
            SELECT p.id, p.born, p.needs, r.groups FROM person p
            LEFT JOIN residence r ON r.person_id = p.id AND r.until IS NULL
            WHERE p.id = ANY(CAST(:people AS uuid[]))
            """
        ),
        {"people": sorted(people)},
    )
    found: dict[UUID, set[str]] = defaultdict(set)
    for row in rows:
        found[row.id] |= (
            set(open_json(row.groups, "residence.groups") or ()) if row.groups else set()
        )
        found[row.id] |= set(open_json(row.needs, "person.needs") or ()) if row.needs else set()
        born = open_json(row.born, "person.born") if row.born else None
        if born is not None and _age(born, now) >= _OLD:
            found[row.id].add(_OLD_CODE)
    return found


def _age(born: str, now: datetime) -> int:
    day, today = date.fromisoformat(born), local(now).date()
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))


async def _reachable(session: Session, people: set[UUID]) -> set[UUID]:
    """Find about whom somebody can be asked: themselves or a relative, in any chat."""
    rows = await session.execute(
        sql(
            """
            SELECT w.person FROM unnest(CAST(:people AS uuid[])) AS w(person)
            WHERE EXISTS (
                SELECT 1 FROM channel_account a WHERE a.reachable AND (a.person_id = w.person
                    OR a.person_id IN (SELECT l.relative_id FROM family_link l
                                       WHERE l.elder_id = w.person AND l.ended_at IS NULL)))
            """
        ),
        {"people": sorted(people)},
    )
    return set(rows.scalars())
