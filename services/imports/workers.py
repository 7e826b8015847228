"""Workers from a table: who they are, which grids are theirs, their role and team."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from core.actor import Role, ScopeKind
from core.db import sql
from core.ids import uuid7
from models import Membership, Person, Team
from services.identity import normalised_phone
from services.imports import Counts, Desk, Fault, Reading, Row, cells, folk, places
from services.imports.folk import Folk, Human
from services.imports.places import Places
from services.imports.rows import add, change, person_row
from services.imports.staff import Works, working
from services.imports.words import PARTS, answer, folded, listed, people, words

_TEAM = 40


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says; `leads` is None where it does not say."""

    name: str
    phone: str | None
    role: Role
    scopes: frozenset[UUID]
    everywhere: bool
    teams: tuple[str, ...]
    leads: frozenset[str] | None


@dataclass(slots=True)
class Plan:
    """What is to be written."""

    people: dict[UUID, tuple[Human | None, Human]] = field(default_factory=dict)
    works: dict[UUID, tuple[Works, Works]] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)

    def take(
        self, human: Human, said: Said, old: Human | None, before: tuple[Works, Works]
    ) -> None:
        """Take a row: its role has the grids of the row alone, its teams come to the others.

        Who has the whole community keeps the grids too.
        """
        first, now = before
        teams = dict(now.teams)
        for name in said.teams:
            teams[name] = teams.get(name, False) if said.leads is None else name in said.leads
        scopes = now.scopes
        if said.scopes and not said.everywhere:
            scopes = frozenset(one for one in scopes if one[0] is not said.role)
        scopes |= {(said.role, one) for one in said.scopes}
        works = Works(scopes, frozenset(teams.items()))
        if not any(role is said.role for role, _ in now.scopes):
            self.tally["added"] += 1
        else:
            self.tally["same" if (works, human) == (now, old) else "changed"] += 1
        self.people[human.id] = (self.people.get(human.id, (old, human))[0], human)
        self.works[human.id] = (first, works)


async def check(desk: Desk, rows: Sequence[Row]) -> tuple[Plan, list[Fault]]:
    """Read every row; somebody is known by name and telephone, or by name among the workers."""
    where = await places.load(desk)
    staff = await working(desk)
    known = await folk.load(
        desk, phones={one for row in rows if (one := normalised_phone(row.get("phone")))}
    )
    for human, _ in staff.values():
        known.know(human)
    named = Counter(row.get("name") for row in rows)
    plan, faults, seen = Plan(), list[Fault](), dict[tuple[UUID, Role], int]()
    for row in rows:
        reading = Reading(row)
        said = _read(reading, where, desk.community)
        person = _known(said, known, staff, alone=named[row.get("name")] == 1) if said else None
        before = _before(plan, staff, person)
        if said is not None and not _lacks(reading, said, person, before):
            human = _human(said, known.people[person] if person else None)
            if (first := seen.setdefault((human.id, said.role), row.number)) != row.number:
                reading.fault("name", "fault-person-twice", row=first)
            else:
                plan.take(human, said, known.people.get(human.id), before)
                known.know(human)
        faults += reading.faults
    return plan, faults


def _before(
    plan: Plan, staff: Mapping[UUID, tuple[Human, Works]], person: UUID | None
) -> tuple[Works, Works]:
    """Tell what somebody did before the file, and before the row."""
    if person is not None and person in plan.works:
        return plan.works[person]
    first = staff[person][1] if person is not None and person in staff else Works()
    return first, first


def _read(reading: Reading, where: Places, community: UUID) -> Said | None:
    cell = reading.cell
    name, phone = cell("name", cells.name), cell("phone", cells.phone)
    role = Role(cell("role", words("roles").one) or Role.WORKER)
    scopes = cell("grids", lambda text: _scopes(text, where, community))
    teams = cell("team", _names)
    leads = cell("lead", lambda text: _leads(text, teams or ()))
    if reading.faults:
        return None
    if role is Role.OPERATOR:
        scopes = frozenset({community})
    return Said(name, phone, role, scopes, community in scopes, teams, leads)


def _names(text: str) -> tuple[str, ...]:
    """Read the names of teams, parted by 、."""
    return tuple(cells.text_up_to(_TEAM)(one) for one in PARTS.split(text) if one)


def _leads(text: str, teams: Sequence[str]) -> frozenset[str] | None:
    """Read which teams somebody leads: 是 all of the row, 否 none, or the names of some."""
    if text and (some := frozenset(one for one in PARTS.split(text) if one)) <= frozenset(teams):
        return some
    leads = answer(text)
    return None if leads is None else frozenset(teams if leads else ())


def _known(
    said: Said, known: Folk, staff: Mapping[UUID, tuple[Human, Works]], *, alone: bool
) -> UUID | None:
    """Find the person by name and telephone; by the name among the staff where it is there once."""
    found = known.find(said.name, phone=said.phone)
    if not found and alone:
        found = [one for one, (human, _) in staff.items() if human.name == said.name]
    return found[0] if len(found) == 1 else None


def _lacks(reading: Reading, said: Said, person: UUID | None, before: tuple[Works, Works]) -> bool:
    """Refuse a row about somebody new without a telephone, or of a role without a grid."""
    if person is None and said.phone is None:
        reading.fault("phone", "fault-empty")
    if not said.scopes and not any(role is said.role for role, _ in before[1].scopes):
        reading.fault("grids", "fault-empty")
    return bool(reading.faults)


def _human(said: Said, old: Human | None) -> Human:
    if old is None:
        return Human(uuid7(), said.name, said.phone)
    return replace(old, phone=said.phone or old.phone)


def _scopes(text: str, where: Places, community: UUID) -> frozenset[UUID]:
    """Read grids, parted by 、; 全部 is the whole community."""
    if folded(text) in people()["everywhere"].split():
        return frozenset({community})
    found = [where.grid(part) for part in PARTS.split(text) if part]
    return frozenset(one.id for one in found if one is not None)


async def write(desk: Desk, plan: Plan) -> Counts:
    """Write people, memberships and teams."""
    session = desk.session
    new = [human for old, human in plan.people.values() if old is None]
    more = {"lang": "zh-CN", "large_type": False, "created_at": desk.now}
    await add(session, Person, [person_row(human) | more for human in new])
    changed = [human for old, human in plan.people.values() if old not in {None, human}]
    await change(session, Person, [person_row(human) for human in changed])
    await _memberships(desk, plan)
    await _join(desk, plan)
    tally = plan.tally
    return Counts(tally["added"], tally["changed"], tally["same"])


async def _memberships(desk: Desk, plan: Plan) -> None:
    rows, gone = [], []
    for person, (before, now) in plan.works.items():
        for role, scope in now.scopes - before.scopes:
            kind = ScopeKind.COMMUNITY if scope == desk.community else ScopeKind.GRID
            rows.append(
                {"id": uuid7(), "person_id": person, "community_id": desk.community, "role": role,
                 "scope_kind": kind, "scope_id": scope}
            )  # fmt: skip
        gone += [(person, role, scope) for role, scope in before.scopes - now.scopes]
    await add(desk.session, Membership, rows)
    if gone:
        await desk.session.execute(
            sql(
                """
                DELETE FROM membership m USING unnest(CAST(:people AS uuid[]), CAST(:roles AS text[]),
                                                      CAST(:scopes AS uuid[])) AS g(person, role, scope)
                WHERE m.community_id = :community AND m.person_id = g.person AND m.role = g.role
                  AND m.scope_id = g.scope
                """
            ),
            {
                "community": desk.community, "people": [one[0] for one in gone],
                "roles": [one[1].value for one in gone], "scopes": [one[2] for one in gone],
            },
        )  # fmt: skip


async def _join(desk: Desk, plan: Plan) -> None:
    """Write who belongs to which team; a team that is not there is made."""
    found = await desk.session.execute(
        sql("SELECT id, name FROM team WHERE community_id = :community"),
        {"community": desk.community},
    )
    ids = {row.name: row.id for row in found}
    wanted = [
        (person, *one) for person, (before, now) in plan.works.items()
        for one in sorted(now.teams - before.teams)
    ]  # fmt: skip
    names = dict.fromkeys(name for _, name, _ in wanted if name not in ids)
    made: dict[str, Any] = {name: uuid7() for name in names}
    await add(
        desk.session, Team,
        [{"id": one, "community_id": desk.community, "name": name} for name, one in made.items()],
    )  # fmt: skip
    ids |= made
    if wanted:
        await desk.session.execute(
            sql(
                """
                INSERT INTO team_member (team_id, person_id, community_id, lead)
                VALUES (:team, :person, :community, :lead)
                ON CONFLICT (team_id, person_id) DO UPDATE SET lead = excluded.lead
                """
            ),
            [{"team": ids[name], "person": person, "community": desk.community, "lead": lead}
             for person, name, lead in wanted],
        )  # fmt: skip


async def table(desk: Desk) -> list[tuple[str, ...]]:
    """List who works here, a row for each role; the teams stand in the first."""
    where, staff = await places.load(desk), await working(desk)
    grids = {one.id: (one.number, one.name) for one in where.grids}
    rows = []
    for human, works in staff.values():
        teams = _teams(works)
        for role in sorted({role for role, _ in works.scopes}):
            scopes = {scope for of, scope in works.scopes if of is role}
            names = listed(name for _, name in sorted(grids[one] for one in scopes if one in grids))
            if desk.community in scopes:
                names = people()["everywhere"].split()[0]
            rows.append((human.name, human.phone or "", words("roles").name(role), names, *teams))
            teams = ("", "")
    return sorted(rows)


def _teams(works: Works) -> tuple[str, str]:
    """Write the teams, and which of them somebody leads."""
    if not works.teams:
        return "", ""
    leads = sorted(name for name, lead in works.teams if lead)
    names = words("answers")
    said = names.name("y") if len(leads) == len(works.teams) else listed(leads)
    return listed(sorted(name for name, _ in works.teams)), said or names.name("n")
