"""Who is known already: a community's residents and whoever a file names by number, opened once.

The same ID number is the same person; without one, the same name in the same flat, or the same
name and telephone. An ID number of another is always another person.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from core.crypto import open_json
from core.db import sql
from models import Standing
from services.identity import id_index, phone_index
from services.imports import Desk

_MANY = 5_000


@dataclass(frozen=True, slots=True)
class Human:
    """What is kept of a person that tables may say."""

    id: UUID
    name: str
    phone: str | None = None
    id_number: str | None = None
    sex: str | None = None
    born: date | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lives:
    """A residence that has not ended."""

    id: UUID
    person: UUID
    home: UUID
    household: int
    relation: str | None
    standing: Standing
    elder: bool
    groups: tuple[str, ...]


@dataclass(slots=True)
class Folk:
    """People and where they live, found by number and by name."""

    people: dict[UUID, Human] = field(default_factory=dict)
    lives: dict[UUID, list[Lives]] = field(default_factory=lambda: defaultdict(list))
    _by_id: dict[str, UUID] = field(default_factory=dict)
    _by_phone: dict[tuple[str, str], list[UUID]] = field(default_factory=lambda: defaultdict(list))
    _by_home: dict[tuple[UUID, str], list[UUID]] = field(default_factory=lambda: defaultdict(list))

    def know(self, human: Human) -> None:
        """Take a person, or what is known of them by now."""
        self.people[human.id] = human
        if human.id_number:
            self._by_id[human.id_number] = human.id
        if human.phone and human.id not in (known := self._by_phone[human.phone, human.name]):
            known.append(human.id)

    def house(self, home: UUID, human: Human) -> None:
        """Take where somebody lives."""
        if human.id not in (known := self._by_home[home, human.name]):
            known.append(human.id)

    def find(
        self, name: str, *, number: str | None = None, home: UUID | None = None,
        phone: str | None = None,
    ) -> list[UUID]:  # fmt: skip
        """List who may be meant; none is somebody new, several can't be told apart."""
        if number and number in self._by_id:
            return [self._by_id[number]]
        here = self._by_home.get((home, name), []) if home else []
        found = here or (self._by_phone.get((phone, name), []) if phone else [])
        if number:
            return [one for one in found if self.people[one].id_number is None]
        return list(found)

    def named(self, name: str) -> list[UUID]:
        """List the residents of this name."""
        return [one for one in self.lives if self.people[one].name == name]


async def load(desk: Desk, *, numbers: Iterable[str] = (), phones: Iterable[str] = ()) -> Folk:
    """Open the community's residents, and those who have one of these numbers wherever they live."""
    folk = Folk()
    rows = await desk.session.execute(
        sql(
            """
            SELECT r.id, r.person_id, r.home_id, r.household, r.relation, r.standing, r.elder,
                   r.groups, p.name, p.phone, p.id_number, p.sex, p.born, p.needs
            FROM residence r JOIN person p ON p.id = r.person_id
            WHERE r.community_id = :community AND r.until IS NULL ORDER BY r.id
            """
        ),
        {"community": desk.community},
    )
    for row in rows:
        human = folk.people.get(row.person_id) or opened(row.person_id, row)
        folk.know(human)
        folk.house(row.home_id, human)
        folk.lives[human.id].append(
            Lives(
                row.id, human.id, row.home_id, row.household, _opened(row.relation, "residence.relation"),
                Standing(row.standing), row.elder,
                tuple(_opened(row.groups, "residence.groups") or ()),
            )
        )  # fmt: skip
    await _others(desk, folk, "id_index", {id_index(one) for one in numbers})
    await _others(desk, folk, "phone_index", {phone_index(one) for one in phones})
    return folk


async def _others(desk: Desk, folk: Folk, column: str, indexes: Collection[bytes]) -> None:
    wanted = sorted(indexes)
    for start in range(0, len(wanted), _MANY):
        rows = await desk.session.execute(
            sql(
                f"""
                SELECT id, name, phone, id_number, sex, born, needs FROM person
                WHERE {column} = ANY(CAST(:indexes AS bytea[]))
                """  # noqa: S608  (one of two names of ours)
            ),
            {"indexes": wanted[start : start + _MANY]},
        )
        for row in rows:
            if row.id not in folk.people:
                folk.know(opened(row.id, row))


def opened(person: UUID, row: Any) -> Human:
    """Open a row of `person`."""
    born = _opened(row.born, "person.born")
    return Human(
        person, open_json(row.name, "person.name"), _opened(row.phone, "person.phone"),
        _opened(row.id_number, "person.id_number"), _opened(row.sex, "person.sex"),
        date.fromisoformat(born) if born else None,
        tuple(_opened(row.needs, "person.needs") or ()),
    )  # fmt: skip


def _opened(sealed: bytes | None, context: str) -> Any:
    return None if sealed is None else open_json(sealed, context)
