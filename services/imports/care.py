"""The list of people to be cared for: groups and needs, whom to telephone, who has the key."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from core.crypto import open_json
from core.db import sql
from core.ids import uuid7
from models import Contact, Person, Residence
from services.identity import phone_index
from services.imports import Counts, Desk, Fault, Reading, Row, cells, whom
from services.imports.folk import Human, Lives
from services.imports.residents import spoken
from services.imports.rows import add, change, person_row
from services.imports.words import answer, kin, words


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody to telephone about a resident."""

    id: UUID
    person: UUID
    name: str
    phone: str | None
    relation: str | None
    key: bool
    position: int


@dataclass(slots=True)
class Plan:
    """What is to be written; `rows` counts lines by what they change."""

    people: dict[UUID, Human] = field(default_factory=dict)
    residences: dict[UUID, Lives] = field(default_factory=dict)
    contacts: dict[UUID, tuple[Called | None, Called]] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    said: dict[tuple[UUID, str], tuple[int, Any]] = field(default_factory=dict)


async def check(desk: Desk, rows: Sequence[Row]) -> tuple[Plan, list[Fault]]:
    """Read every row: a resident, and at most one contact of theirs."""
    where, known = await whom.load(desk, rows)
    contacts = await _contacts(desk)
    plan, faults = Plan(), list[Fault]()
    for row in rows:
        reading = Reading(row)
        person = whom.resident(reading, where, known)
        groups = reading.cell("groups", words("groups").several)
        needs = reading.cell("needs", words("needs").several)
        said = _contact(reading)
        if not reading.faults and person is not None:
            _once(plan, reading, person, groups, needs)
        if not reading.faults and person is not None:
            altered = _groups(plan, known.lives.get(person, []), groups)
            altered |= _needs(plan, known.people[person], needs)
            _count(plan, _settle(plan, contacts, person, said) if said else None, altered=altered)
        faults += reading.faults
    return plan, faults


def _contact(reading: Reading) -> dict[str, Any] | None:
    """Read the columns of a contact; None for a row without one."""
    cell, row = reading.cell, reading.row
    phone, bound = cell("contact_phone", cells.phone), cell("relation", kin)
    key, position = cell("key", answer), cell("position", cells.integer(1, 20))
    if not row.get("contact"):
        if phone:
            reading.fault("contact", "fault-contact-name")
        return None
    name = cell("contact", cells.name)
    return {"name": name, "phone": phone, "relation": bound, "key": key, "position": position}


def _once(plan: Plan, reading: Reading, person: UUID, groups: Any, needs: Any) -> None:
    """Refuse what an earlier row about the same person says otherwise."""
    for column, value in (("groups", groups), ("needs", needs)):
        if value is None:
            continue
        row, before = plan.said.setdefault((person, column), (reading.row.number, value))
        if set(before) != set(value):
            reading.fault(column, "fault-says-otherwise", row=row)


def _groups(plan: Plan, lives: Sequence[Lives], groups: list[str] | None) -> bool:
    """Set somebody's groups wherever they live; tell whether that changes anything."""
    if groups is None:
        return False
    wrong = [one for one in lives if set(one.groups) != set(groups)]
    for one in wrong:
        plan.residences[one.id] = replace(one, groups=tuple(groups))
    return bool(wrong)


def _needs(plan: Plan, human: Human, needs: list[str] | None) -> bool:
    if needs is None or set(needs) == set(human.needs):
        return False
    plan.people[human.id] = replace(human, needs=tuple(needs))
    return True


def _settle(
    plan: Plan, contacts: dict[UUID, list[Called]], person: UUID, said: dict[str, Any]
) -> bool | None:
    """Add or change a contact, known by the name; tell whether it is new, None without a change."""
    mine = contacts.setdefault(person, [])
    old = next((one for one in mine if one.name == said["name"]), None)
    last = max((one.position for one in mine), default=0)
    if old is None:
        made = Called(
            uuid7(), person, said["name"], said["phone"], said["relation"], bool(said["key"]),
            said["position"] or last + 1,
        )  # fmt: skip
        mine.append(made)
        plan.contacts[made.id] = (None, made)
        return True
    now = replace(
        old, phone=said["phone"] or old.phone, relation=said["relation"] or old.relation,
        key=old.key if said["key"] is None else said["key"],
        position=said["position"] or old.position,
    )  # fmt: skip
    if now == old:
        return None
    mine[mine.index(old)] = now
    first = plan.contacts[old.id][0] if old.id in plan.contacts else old
    plan.contacts[old.id] = (first, now)
    return False


def _count(plan: Plan, new: bool | None, *, altered: bool) -> None:  # noqa: FBT001  says what it is
    counts = plan.counts
    if new:
        plan.counts = replace(counts, added=counts.added + 1)
    elif new is False or altered:
        plan.counts = replace(counts, changed=counts.changed + 1)
    else:
        plan.counts = replace(counts, same=counts.same + 1)


async def write(desk: Desk, plan: Plan) -> Counts:
    """Write groups, needs and contacts."""
    session = desk.session
    await change(session, Person, [person_row(one) for one in plan.people.values()])
    await change(
        session, Residence,
        [{"id": one.id, "groups": list(one.groups) or None} for one in plan.residences.values()],
    )  # fmt: skip
    more = {"community_id": desk.community, "made_at": desk.now, "ended_at": None}
    new = [_values(now) | more for old, now in plan.contacts.values() if old is None]
    await add(session, Contact, new)
    await change(
        session, Contact, [_values(now) for old, now in plan.contacts.values() if old is not None]
    )
    return plan.counts


def _values(one: Called) -> dict[str, Any]:
    return {
        "id": one.id, "person_id": one.person, "name": one.name, "phone": one.phone,
        "phone_index": phone_index(one.phone) if one.phone else None, "relation": one.relation,
        "key_holder": one.key, "position": one.position,
    }  # fmt: skip


async def _contacts(desk: Desk) -> dict[UUID, list[Called]]:
    rows = await desk.session.execute(
        sql(
            """
            SELECT id, person_id, name, phone, relation, key_holder, position FROM contact
            WHERE community_id = :community AND ended_at IS NULL ORDER BY position, id
            """
        ),
        {"community": desk.community},
    )
    found: dict[UUID, list[Called]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(
            Called(
                row.id, row.person_id, open_json(row.name, "contact.name"),
                open_json(row.phone, "contact.phone") if row.phone else None,
                open_json(row.relation, "contact.relation") if row.relation else None,
                row.key_holder, row.position,
            )
        )  # fmt: skip
    return found


async def table(desk: Desk) -> list[tuple[str, ...]]:
    """List who has groups, needs or contacts: a row for each contact, one for who has none."""
    where, known = await whom.load(desk, [])
    contacts = await _contacts(desk)
    rows: list[tuple[str, ...]] = []
    for person, lives in known.lives.items():
        human, mine = known.people[person], contacts.get(person, [])
        said = spoken(human, lives[0])
        if not (mine or any(said.values())):
            continue
        at = whom.about(human, where, known)
        first = (human.name, human.id_number or "", *at, said["groups"], said["needs"])
        rows += [(*first, *_said(one)) for one in mine] or [(*first, *[""] * 5)]
    return sorted(rows, key=lambda row: (row[2:5], row[0], row[11]))


def _said(one: Called) -> tuple[str, ...]:
    key = words("answers").name("y" if one.key else "n")
    said = words("kin").name(one.relation or "")
    return one.name, one.phone or "", said, key, str(one.position)
