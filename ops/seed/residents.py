"""The demo's flats and households: exact figures, everything else by chance."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from core.ids import uuid7
from models import HomeUse
from ops.seed import data
from ops.seed.ground import House

_FLATS_PER_FLOOR = 2
_WITH_FAMILY = frozenset({"one_with_family", "couple_with_family"})
_ELDERS = {"alone": 1, "one_with_family": 1, "couple": 2, "couple_with_family": 2}


@dataclass(frozen=True, slots=True)
class Flat:
    """A flat of a house; `door` is what stands on it, 501."""

    id: UUID
    house: House
    stair: int
    floor: int
    door: str
    use: HomeUse

    @property
    def label(self) -> str:
        """Write stair and door."""
        words: dict[str, str] = data.demo("place")["words"]
        return words["flat"].format(stair=self.stair, door=self.door)


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who lives in a flat."""

    id: UUID
    name: str
    flat: Flat
    elder: bool
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Household:
    """The people of a flat; `kind` is alone, couple, …_with_family or family."""

    kind: str
    flat: Flat
    residents: tuple[Resident, ...]

    @property
    def elders(self) -> tuple[Resident, ...]:
        """Pick those of sixty and over."""
        return tuple(one for one in self.residents if one.elder)


def flats(houses: list[House], rng: Random) -> list[Flat]:
    """List every flat of the houses."""
    places = [
        (house, stair, floor, number)
        for house in houses
        for stair in range(1, house.stairs + 1)
        for floor in range(1, house.floors + 1)
        for number in range(1, _FLATS_PER_FLOOR + 1)
    ]
    shares = data.demo("people")["uses"]
    uses = [HomeUse.LET] * round(shares["let"] * len(places))
    uses += [HomeUse.VACANT] * round(shares["vacant"] * len(places))
    uses += [HomeUse.OWNED] * (len(places) - len(uses))
    rng.shuffle(uses)
    return [
        Flat(uuid7(), house, stair, floor, f"{floor}{number:02}", use)
        for (house, stair, floor, number), use in zip(places, uses, strict=True)
    ]


def households(flats: list[Flat], rng: Random) -> list[Household]:
    """Fill every flat that is not vacant, in the flats' order."""
    people = data.demo("people")
    lived_in = [flat for flat in flats if flat.use is not HomeUse.VACANT]
    # Elders own their flats, as a rule: let ones come last when households are handed out.
    order = sorted(lived_in, key=lambda flat: (flat.use is HomeUse.LET) * 0.7 + rng.random())
    kinds = [kind for kind, many in people["households"].items() for _ in range(many)]
    kinds += ["family"] * (len(order) - len(kinds))
    by_flat = dict(zip((flat.id for flat in order), kinds, strict=True))
    sizes = _family_sizes([by_flat[flat.id] for flat in lived_in], rng)
    return [
        _household(by_flat[flat.id], flat, size, rng)
        for flat, size in zip(lived_in, sizes, strict=True)
    ]


def _family_sizes(kinds: list[str], rng: Random) -> list[int]:
    """Share out all who are not elders: at least one to each family."""
    people = data.demo("people")
    sizes = [int(kind == "family" or kind in _WITH_FAMILY) for kind in kinds]
    growing = [index for index, size in enumerate(sizes) if size]
    left = people["residents"] - people["elders"] - sum(sizes)
    while left:
        index = rng.choice(growing)
        if sizes[index] < people["most_in_family"]:
            sizes[index] += 1
            left -= 1
    return sizes


def _household(kind: str, flat: Flat, others: int, rng: Random) -> Household:
    chances = data.demo("people")["groups"]
    family, names = _surname(rng), []
    for place in range(_ELDERS.get(kind, 0)):
        old_man = place == 1 or (kind == "alone" and rng.random() < 0.3)
        surname = family if old_man else _surname(rng)
        names.append(surname + _given("old_men" if old_man else "old_women", rng))
    alone = {"alone": ("living_alone", "empty_nest"), "couple": ("empty_nest",)}.get(kind, ())
    found = [
        Resident(uuid7(), name, flat, True, (*alone, *_groups(chances["elders"], rng)))
        for name in names
    ]
    found += [
        Resident(uuid7(), name, flat, False, _groups(chances["others"], rng))
        for name in _family(family, others, rng)
    ]
    return Household(kind, flat, tuple(found))


def _family(surname: str, many: int, rng: Random) -> Iterator[str]:
    """Name a man, a woman and children; one alone may be either."""
    for place in range(many):
        if place > 1:
            yield surname + _given("children", rng)
        elif place == 1 or (many == 1 and rng.random() < 0.5):
            yield _surname(rng) + _given("women", rng)
        else:
            yield surname + _given("men", rng)


def _groups(chances: dict[str, float], rng: Random) -> tuple[str, ...]:
    return tuple(code for code, chance in chances.items() if rng.random() < chance)


def relative(of: Resident, rng: Random) -> str:
    """Name a grown-up child who lives elsewhere."""
    return of.name[0] + _given(rng.choice(("women", "men")), rng)


def _surname(rng: Random) -> str:
    # The frequent names stand first in the list; the minimum of two draws prefers them.
    names = _names()["surnames"]
    return names[min(rng.randrange(len(names)), rng.randrange(len(names)))]


def _given(which: str, rng: Random) -> str:
    return rng.choice(_names()[which])


def _names() -> dict[str, list[str]]:
    return data.words("names")


def persona(key: str) -> dict[str, Any]:
    """Return what is written about a persona."""
    found: dict[str, Any] = data.demo("people")["personas"][key]
    return found
