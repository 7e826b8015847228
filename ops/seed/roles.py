"""The demo's people as rows: personas, workers, elders who can be reached, their relatives."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from core.actor import Role, ScopeKind
from core.crypto import keyring
from core.ids import uuid7
from models import (
    ChannelAccount,
    Contact,
    DemoPersona,
    FamilyLink,
    Membership,
    Person,
    Residence,
    Team,
    TeamMember,
)
from ops.seed import data
from ops.seed.papers import Papers, next_phone, sex_of
from ops.seed.residents import Household, Resident, persona, relative
from ops.seed.rota import Post
from ops.seed.rows import Rows
from services import identity

_WEB = "web"
_CHILD = {"male": "son", "female": "daughter"}
_LOW = 3  # floors that an elder climbs without a lift
_LIFT = 11


@dataclass(frozen=True, slots=True)
class Cast:
    """The households after the personas have moved in."""

    households: list[Household]
    elder_home: Household
    elder: Resident
    resident: Resident


@dataclass(frozen=True, slots=True)
class Outsider:
    """Somebody who lives elsewhere."""

    id: UUID
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class People:
    """Adds people of one community to the rows."""

    rows: Rows
    community: UUID
    began: datetime
    phones: Counter[str] = field(default_factory=Counter)

    def person(self, name: str, *, phone: str | None = None) -> Outsider:
        """Add somebody who does not live here; without a number of their own they get one."""
        made = Outsider(uuid7(), name, phone or next_phone("outsider", self.phones))
        self._add(made.id, name, made.phone, None, large=False)
        return made

    def resident(self, one: Resident, papers: Papers, *, large: bool) -> None:
        """Add somebody who lives here, with the home."""
        self._add(one.id, one.name, papers.phone, papers, large=large)
        self.rows.make(
            Residence, community_id=self.community, person_id=one.id, home_id=one.flat.id,
            household=1, relation=papers.relation, standing=papers.standing, elder=one.elder,
            groups=list(one.groups) or None, since=self.began, until=None,
        )  # fmt: skip

    def _add(
        self, person: UUID, name: str, phone: str | None, papers: Papers | None, *, large: bool
    ) -> None:
        number = papers.id_number if papers else None
        self.rows.add(
            Person, id=person, name=name, phone=phone,
            phone_index=identity.phone_index(phone) if phone else None,
            phone_tail=identity.phone_tail(phone) if phone else None,
            id_number=number, id_index=identity.id_index(number) if number else None,
            id_tail=identity.id_tail(number) if number else None,
            sex=papers.sex if papers else None, born=papers.born.isoformat() if papers else None,
            needs=list(papers.needs) if papers and papers.needs else None,
            lang="zh-CN", large_type=large, created_at=self.began,
        )  # fmt: skip

    def contact(
        self, of: Resident, name: str, phone: str | None, relation: str, *, key: bool, place: int
    ) -> None:
        """Add somebody to telephone about a resident."""
        self.rows.make(
            Contact, community_id=self.community, person_id=of.id, name=name, phone=phone,
            phone_index=identity.phone_index(phone) if phone else None, relation=relation,
            key_holder=key, position=place, made_at=self.began, ended_at=None,
        )  # fmt: skip

    def account(self, person: UUID) -> None:
        """Give somebody the built-in web chat."""
        external = str(person)
        self.rows.make(
            ChannelAccount, person_id=person, channel=_WEB, external=external,
            external_index=keyring().index(external, "channel_account.external"), reachable=True,
        )  # fmt: skip

    def member(self, person: UUID, role: Role, kind: ScopeKind, scope: UUID) -> None:
        """Grant a role within a scope."""
        self.rows.make(
            Membership, person_id=person, community_id=self.community, role=role,
            scope_kind=kind, scope_id=scope,
        )  # fmt: skip

    def family(self, relative: UUID, elders: Sequence[Resident], relation: str) -> None:
        """Link a relative to the elders of a home, who consented."""
        for elder in elders:
            self.link(relative, elder.id, relation)

    def link(self, relative: UUID, elder: UUID, relation: str) -> None:
        """Link a relative to an elder who consented."""
        self.member(relative, Role.FAMILY, ScopeKind.PERSON, elder)
        self.rows.make(
            FamilyLink, community_id=self.community, elder_id=elder, relative_id=relative,
            relation=relation, consent_by=elder, consented_at=self.began, ended_at=None,
        )  # fmt: skip


def move_in(households: Sequence[Household]) -> Cast:
    """Let the personas elder and resident take the places of two people."""
    old, new = persona("elder"), persona("resident")
    home = next(
        one for one in households
        if one.kind == "alone" and one.flat.house.floors < _LIFT and one.flat.floor <= _LOW
    )  # fmt: skip
    other = next(
        one for one in households
        if one.kind == "family" and len(one.residents) > 2 and one.flat.house != home.flat.house
    )  # fmt: skip
    elder = replace(home.residents[0], name=old["name"], groups=tuple(old["groups"]))
    first, second, *rest = other.residents  # the second adult is a woman
    resident = replace(second, name=new["name"])
    elder_home = replace(home, residents=(elder,))
    changed = {id(home): elder_home, id(other): replace(other, residents=(first, resident, *rest))}
    return Cast([changed.get(id(one), one) for one in households], elder_home, elder, resident)


def write_residents(
    people: People, cast: Cast, equipped: Sequence[Household], written: Mapping[UUID, Papers]
) -> None:
    """Take all residents; those whom a device protects can be reached and read large type."""
    protected = {elder.id for home in equipped for elder in home.elders}
    for home in cast.households:
        for one in home.residents:
            people.resident(one, written[one.id], large=one.id in protected)
    for person in [*sorted(protected), cast.resident.id]:
        people.account(person)
        people.member(person, Role.RESIDENT, ScopeKind.COMMUNITY, people.community)
    for person in sorted(protected):
        people.member(person, Role.ELDER, ScopeKind.COMMUNITY, people.community)


def write_relatives(
    people: People,
    cast: Cast,
    equipped: Sequence[Household],
    written: Mapping[UUID, Papers],
    rng: Random,
) -> UUID:
    """Take the relatives of elders with devices, and whom to telephone; return the persona family."""
    about = persona("family")
    main = _outsider(people, about)
    people.family(main.id, [cast.elder], about["relation"])
    near = _neighbours(cast.households, written)
    _contacts(people, equipped[0], main, about["relation"], near)
    linked = data.demo("people")["relatives"]
    for number, home in enumerate(equipped[1:]):
        # Chances of their own once all the linked ones are named: what follows must not shift.
        other = people.person(relative(home.elders[-1], rng if number < linked else Random(number)))
        relation = _CHILD[sex_of(other.name, rng)]
        if number < linked:
            people.account(other.id)
            people.family(other.id, home.elders, relation)
        _contacts(people, home, other, relation, near)
    return main.id


def _neighbours(
    households: Sequence[Household], written: Mapping[UUID, Papers]
) -> dict[tuple[int, int], list[tuple[Resident, str]]]:
    """List by house and stair who may hold a neighbour's key, grown up and not old; and telephones."""
    found: dict[tuple[int, int], list[tuple[Resident, str]]] = defaultdict(list)
    for home in households:
        for one in home.residents:
            if not one.elder and (phone := written[one.id].phone):
                found[home.flat.house.number, home.flat.stair].append((one, phone))
    return found


def _contacts(
    people: People,
    home: Household,
    near_kin: Outsider,
    relation: str,
    near: Mapping[tuple[int, int], list[tuple[Resident, str]]],
) -> None:
    """Write whom to telephone about the elders of a home: a relative, then a neighbour with a key.

    Where no neighbour is at home in the stair, the relative has the key.
    """
    others = near[home.flat.house.number, home.flat.stair]
    neighbour = next((found for found in others if found[0].flat != home.flat), None)
    for elder in home.elders:
        people.contact(
            elder, near_kin.name, near_kin.phone, relation, key=neighbour is None, place=1
        )
        if neighbour is not None:
            one, phone = neighbour
            people.contact(elder, one.name, phone, "neighbour", key=True, place=2)


def write_staff(people: People, grids: Sequence[UUID]) -> tuple[dict[str, UUID], list[Post]]:
    """Take worker, merchant, operator, the backups and leads; return personas and duties."""
    personas = {
        key: _outsider(people, persona(key)).id for key in ("worker", "merchant", "operator")
    }
    for key, person in personas.items():
        people.member(person, Role(key), ScopeKind.COMMUNITY, people.community)
    posts = [Post(grid, personas["worker"], "worker") for grid in grids]
    for grid, name in zip(grids, data.demo("people")["backups"], strict=True):
        posts.append(Post(grid, _outsider(people, {"name": name}).id, "backup"))
    leads = data.demo("people")["leads"]
    share = len(grids) // len(leads)
    for index, name in enumerate(leads):
        lead = _outsider(people, {"name": name}).id
        posts += [Post(grid, lead, "lead") for grid in grids[index * share : (index + 1) * share]]
    for post in posts:
        people.member(post.person, Role.WORKER, ScopeKind.GRID, post.grid)
    return personas, posts


def write_teams(people: People, grids: Sequence[UUID], posts: Sequence[Post]) -> None:
    """Make a team of each grid's people."""
    place = data.demo("place")
    teams = {
        grid: people.rows.make(
            Team, community_id=people.community, name=place["words"]["team"].format(grid=name)
        )
        for grid, name in zip(grids, place["grids"], strict=True)
    }
    for post in posts:
        people.rows.add(
            TeamMember, team_id=teams[post.grid], person_id=post.person,
            community_id=people.community, lead=post.duty == "lead",
        )  # fmt: skip


def write_personas(rows: Rows, personas: dict[str, UUID]) -> None:
    """Say whom a visitor of the demo may be."""
    for key, person in personas.items():
        rows.add(DemoPersona, persona=key, person_id=person)


def _outsider(people: People, about: dict[str, Any]) -> Outsider:
    made = people.person(about["name"], phone=about.get("phone"))
    people.account(made.id)
    return made
