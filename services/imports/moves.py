"""Moving in and out: what rows about residents change, gathered and then written in sets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from models import Home, HomeUse, Person, Residence, Standing
from services.imports import Counts, Desk
from services.imports.folk import Folk, Human, Lives
from services.imports.places import Places, new_home
from services.imports.rows import add, change, person_row

# Which residences elsewhere a new one ends: nobody lives, and nobody is registered, in two flats.
_ENDS = {
    Standing.BOTH: frozenset({Standing.BOTH, Standing.LIVES, Standing.REGISTERED}),
    Standing.LIVES: frozenset({Standing.BOTH, Standing.LIVES}),
    Standing.REGISTERED: frozenset({Standing.BOTH, Standing.REGISTERED}),
    Standing.VISITS: frozenset[Standing](),
}


@dataclass(slots=True)
class Moves:
    """People and residences to be written, and what they were before."""

    desk: Desk
    places: Places
    folk: Folk
    people: dict[UUID, tuple[Human | None, Human]] = field(default_factory=dict)
    residences: dict[UUID, tuple[Lives | None, Lives]] = field(default_factory=dict)
    uses: dict[UUID, HomeUse] = field(default_factory=dict)
    rows: dict[UUID, list[tuple[int, Lives]]] = field(default_factory=dict)  # of each person

    def take(
        self, row: int, old: Human | None, human: Human, before: Lives | None, lives: Lives, *,
        use: HomeUse | None,
    ) -> None:  # fmt: skip
        """Take what a row says, and know it from the next row on."""
        first = self.people[human.id][0] if human.id in self.people else old
        self.people[human.id] = (first, human)
        self.residences[lives.id] = (before, lives)
        self.rows.setdefault(human.id, []).append((row, lives))
        self.folk.know(human)
        self.folk.house(lives.home, human)
        if use is not None:
            self.uses[lives.home] = use

    async def write(self) -> Counts:
        """Write flats, people, residences; end the residences of those who moved."""
        session = self.desk.session
        await self._flats()
        people = self.people.values()
        new = [person_row(human) for old, human in people if old is None]
        more = {"lang": "zh-CN", "large_type": False, "created_at": self.desk.now}
        await add(session, Person, [one | more for one in new])
        changed = {human.id for old, human in people if old is not None and old != human}
        await change(session, Person, [person_row(self.people[one][1]) for one in changed])
        ended = self._ended()
        await change(session, Residence, [{"id": one, "until": self.desk.now} for one in ended])
        return await self._residences(changed)

    async def _flats(self) -> None:
        """Make the flats that were not there, and let the vacant ones be lived in."""
        wanted = {lives.home for _, lives in self.residences.values()}
        made = [self.places.made[one] for one in wanted if one in self.places.made]
        await add(
            self.desk.session, Home,
            [new_home(self.desk, one, self.uses.get(one.id, one.use)) for one in made],
        )  # fmt: skip
        changed = [
            {"id": home, "use": use}
            for home, use in self.uses.items()
            if home in self.places.flats and self.places.flats[home].use is not use
        ]
        await change(self.desk.session, Home, changed)

    def _ended(self) -> list[UUID]:
        """List the residences elsewhere that the ones of this file end."""
        ended = []
        for person, said in self.rows.items():
            ends = frozenset[Standing]().union(*(_ENDS[one.standing] for _, one in said))
            kept = {one.home for _, one in said}
            ended += [
                one.id for one in self.folk.lives.get(person, ())
                if one.home not in kept and one.standing in ends
            ]  # fmt: skip
        return ended

    async def _residences(self, changed: set[UUID]) -> Counts:
        every = list(self.residences.values())
        new = [lives for before, lives in every if before is None]
        other = [lives for before, lives in every if before is not None and before != lives]
        since = {"since": self.desk.now, "until": None}
        await add(
            self.desk.session, Residence,
            [_residence(one) | since | {"community_id": self.desk.community, "person_id": one.person,
                                        "home_id": one.home} for one in new],
        )  # fmt: skip
        await change(self.desk.session, Residence, [_residence(one) for one in other])
        return _counts(every, new, changed | {one.person for one in other})


def _counts(
    every: Sequence[tuple[Lives | None, Lives]], new: Sequence[Lives], changed: set[UUID]
) -> Counts:
    added = {one.id for one in new}
    altered = [one for _, one in every if one.id not in added and one.person in changed]
    return Counts(len(added), len(altered), len(every) - len(added) - len(altered))


def _residence(lives: Lives) -> dict[str, Any]:
    return {
        "id": lives.id, "household": lives.household, "relation": lives.relation,
        "standing": lives.standing, "elder": lives.elder, "groups": list(lives.groups) or None,
    }  # fmt: skip
