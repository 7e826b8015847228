"""Points carried over from elsewhere: opening balances, each credited once for its source."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from uuid import UUID

from core.db import sql
from models.points import Reason
from services.imports import Counts, Desk, Fault, Faulty, Reading, Row, cells, whom
from services.imports.folk import Folk
from services.imports.places import Places
from services.points import ledger

_MOST = 1_000_000
_EVERY = 100  # rows between two words on how far it has come


@dataclass(slots=True)
class Plan:
    """What is to be credited; `same` counts the rows that were credited before or say nothing."""

    credits: list[tuple[UUID, int, str]] = field(default_factory=list)
    same: int = 0


async def check(desk: Desk, rows: Sequence[Row]) -> tuple[Plan, list[Fault]]:
    """Read every row; what was carried over from a source stays as it was."""
    where, known = await whom.load(desk, rows)
    before = await _carried(desk)
    plan, faults, seen = Plan(), list[Fault](), dict[str, int]()
    for row in rows:
        reading = Reading(row)
        person = whom.resident(reading, where, known)
        amount = reading.cell("points", cells.integer(0, _MOST))
        source = reading.cell("source", partial(_source, needed=bool(amount)))
        if not reading.faults and person is not None:
            _settle(plan, reading, before, seen, (person, amount or 0, source))
        faults += reading.faults
    return plan, faults


def _source(text: str, *, needed: bool) -> str:
    if needed and not text:
        raise Faulty("fault-source")
    return cells.text_up_to(60)(unicodedata.normalize("NFKC", text))


def _settle(
    plan: Plan, reading: Reading, before: Mapping[str, int], seen: dict[str, int],
    said: tuple[UUID, int, str],
) -> None:  # fmt: skip
    person, amount, source = said
    key = _key(person, source)
    if not amount:
        plan.same += 1
    elif (first := seen.setdefault(key, reading.row.number)) != reading.row.number:
        reading.fault("name", "fault-points-twice", row=first)
    elif key not in before:
        plan.credits.append(said)
    elif before[key] == amount:
        plan.same += 1
    else:
        reading.fault("points", "fault-points-otherwise", points=before[key])


def _key(person: UUID, source: str) -> str:
    return f"opening:{sha256(source.encode()).hexdigest()[:16]}:{person}"


async def write(desk: Desk, plan: Plan) -> Counts:
    """Credit through the ledger, in the order of the people's ids, as all locks are taken."""
    for done, (person, amount, source) in enumerate(sorted(plan.credits), 1):
        await ledger.transfer(
            desk.session, community=desk.community, debit=ledger.ISSUANCE,
            credit=ledger.resident(person), amount=amount, reason=Reason.CARRIED_OVER,
            key=_key(person, source), by=desk.by, now=desk.now, data={"source": source},
        )  # fmt: skip
        if not done % _EVERY or done == len(plan.credits):
            desk.step(done, len(plan.credits))
    return Counts(len(plan.credits), 0, plan.same)


async def _carried(desk: Desk) -> dict[str, int]:
    """Map the keys of what was carried over to the points."""
    rows = await desk.session.execute(
        sql(
            """
            SELECT t.key, p.amount FROM transfer t
            JOIN posting p ON p.transfer_id = t.id AND p.amount > 0
            WHERE t.community_id = :community AND t.reason = 'carried_over'
            """
        ),
        {"community": desk.community},
    )
    return {row.key: row.amount for row in rows}


async def table(desk: Desk) -> list[tuple[str, ...]]:
    """List what was carried over, by person and source."""
    where, known = await whom.load(desk, [])
    rows = await desk.session.execute(
        sql(
            """
            SELECT a.person_id, p.amount, t.data ->> 'source' AS source FROM transfer t
            JOIN posting p ON p.transfer_id = t.id AND p.amount > 0
            JOIN account a ON a.id = p.account_id
            WHERE t.community_id = :community AND t.reason = 'carried_over'
              AND t.data ? 'source' AND a.person_id IS NOT NULL
            ORDER BY t.at, t.id
            """
        ),
        {"community": desk.community},
    )
    return [
        _row(row.person_id, where, known, row.amount, row.source)
        for row in rows.all()
        if row.person_id in known.people
    ]


def _row(person: UUID, where: Places, known: Folk, amount: int, source: str) -> tuple[str, ...]:
    human = known.people[person]
    return (
        human.name, human.id_number or "", human.phone or "", *whom.about(human, where, known),
        str(amount), source,
    )  # fmt: skip
