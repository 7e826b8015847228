"""The demo's people as rows: personas, workers, elders who can be reached, their relatives."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from core.actor import Role, ScopeKind
from core.crypto import keyring
from core.ids import uuid7
from models import ChannelAccount, DemoPersona, FamilyLink, Membership, Person, Residence
from ops.seed import data
from ops.seed.residents import Household, Resident, persona, relative
from ops.seed.rota import Post
from ops.seed.rows import Rows

_WEB = "web"
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
class People:
    """Adds people of one community to the rows."""

    rows: Rows
    community: UUID
    began: datetime

    def person(self, name: str, *, phone: str | None = None) -> UUID:
        """Add somebody who does not live here."""
        made = uuid7()
        self.known(made, name, phone=phone)
        return made

    def known(
        self, person: UUID, name: str, *, phone: str | None = None, large: bool = False
    ) -> None:
        """Add somebody under an id that exists already."""
        index = keyring().index(phone, "person.phone_index") if phone else None
        self.rows.add(
            Person, id=person, name=name, phone=phone, phone_index=index, lang="zh-CN",
            large_type=large, created_at=self.began,
        )  # fmt: skip

    def live(self, resident: Resident) -> None:
        """Add a resident's home."""
        self.rows.make(
            Residence, community_id=self.community, person_id=resident.id,
            home_id=resident.flat.id, elder=resident.elder,
            groups=list(resident.groups) or None, since=self.began, until=None,
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

    def family(self, relative: UUID, elders: Sequence[Resident]) -> None:
        """Link a relative to the elders of a home, who consented."""
        for elder in elders:
            self.link(relative, elder.id)

    def link(self, relative: UUID, elder: UUID) -> None:
        """Link a relative to an elder who consented."""
        self.member(relative, Role.FAMILY, ScopeKind.PERSON, elder)
        self.rows.make(
            FamilyLink, community_id=self.community, elder_id=elder, relative_id=relative,
            consented_at=self.began, ended_at=None,
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


def write_residents(people: People, cast: Cast, equipped: Sequence[Household]) -> None:
    """Take all residents; those whom a device protects can be reached and read large type."""
    phones = {
        cast.elder.id: persona("elder")["phone"],
        cast.resident.id: persona("resident")["phone"],
    }
    protected = {elder.id for home in equipped for elder in home.elders}
    for home in cast.households:
        for one in home.residents:
            people.known(one.id, one.name, phone=phones.get(one.id), large=one.id in protected)
            people.live(one)
    for person in [*sorted(protected), cast.resident.id]:
        people.account(person)
        people.member(person, Role.RESIDENT, ScopeKind.COMMUNITY, people.community)
    for person in sorted(protected):
        people.member(person, Role.ELDER, ScopeKind.COMMUNITY, people.community)


def write_relatives(people: People, cast: Cast, equipped: Sequence[Household], rng: Random) -> UUID:
    """Take the relatives of elders with devices; return the persona family."""
    main = _outsider(people, persona("family"))
    people.family(main, [cast.elder])
    for home in equipped[1 : 1 + data.demo("people")["relatives"]]:
        other = people.person(relative(home.elders[-1], rng))
        people.account(other)
        people.family(other, home.elders)
    return main


def write_staff(people: People, grids: Sequence[UUID]) -> tuple[dict[str, UUID], list[Post]]:
    """Take worker, merchant, operator, the backups and leads; return personas and duties."""
    personas = {key: _outsider(people, persona(key)) for key in ("worker", "merchant", "operator")}
    for key, person in personas.items():
        people.member(person, Role(key), ScopeKind.COMMUNITY, people.community)
    posts = [Post(grid, personas["worker"], "worker") for grid in grids]
    for grid, name in zip(grids, data.demo("people")["backups"], strict=True):
        posts.append(Post(grid, _outsider(people, {"name": name}), "backup"))
    leads = data.demo("people")["leads"]
    share = len(grids) // len(leads)
    for index, name in enumerate(leads):
        lead = _outsider(people, {"name": name})
        posts += [Post(grid, lead, "lead") for grid in grids[index * share : (index + 1) * share]]
    for post in posts:
        people.member(post.person, Role.WORKER, ScopeKind.GRID, post.grid)
    return personas, posts


def write_personas(rows: Rows, personas: dict[str, UUID]) -> None:
    """Say whom a visitor of the demo may be."""
    for key, person in personas.items():
        rows.add(DemoPersona, persona=key, person_id=person)


def _outsider(people: People, about: dict[str, Any]) -> UUID:
    made = people.person(about["name"], phone=about.get("phone"))
    people.account(made)
    return made
