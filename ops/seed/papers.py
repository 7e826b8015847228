"""What the papers of the demo's residents say: sex, day of birth, ID number, telephone, needs.

Drawn with chances of their own, so that who lives where does not depend on them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from models import HomeUse, Standing
from ops.seed import data
from ops.seed.residents import Household, Resident
from services.identity import id_check

_CHANCE = 3200
_YEAR = 365.2425
_ADULT, _OLD, _VERY_OLD = 18, 60, 80
_MALE, _FEMALE = "male", "female"
_HEAD, _SPOUSE, _TENANT = "户主", "配偶", "租客"
# What somebody is to the head of the household, by generation and sex.
_YOUNGER = {_MALE: "儿子", _FEMALE: "女儿"}
_IN_LAW = {_MALE: "女婿", _FEMALE: "儿媳"}
_YOUNGEST = {_MALE: "孙子", _FEMALE: "孙女"}


@dataclass(frozen=True, slots=True)
class Papers:
    """What is written down of a resident; `phone` is None for children."""

    sex: str
    born: date
    id_number: str
    phone: str | None
    needs: tuple[str, ...]
    relation: str
    standing: Standing


def of(
    households: Sequence[Household], personas: Mapping[UUID, Mapping[str, Any]], *, today: date
) -> dict[UUID, Papers]:
    """Make up everybody's papers; what is written about a persona holds."""
    rng, numbers, phones = Random(_CHANCE), Counter[tuple[date, str]](), Counter[str]()
    found: dict[UUID, Papers] = {}
    for home in households:
        adults = [sex_of(one.name, rng) for one in home.residents]
        for one, sex, (age, relation) in zip(
            home.residents, adults, _members(home, adults, rng), strict=True
        ):
            about = personas.get(one.id, {})
            born = today - timedelta(days=int(age * _YEAR) + rng.randrange(1, 365))
            numbers[born, sex] += 1
            found[one.id] = Papers(
                about.get("sex", sex), born, _id_number(born, sex, numbers[born, sex]),
                about.get("phone") or (next_phone("resident", phones) if age >= _ADULT else None),
                tuple(about.get("needs", _needs(one, age, rng))), relation, _standing(home, rng),
            )  # fmt: skip
    return found


def sex_of(name: str, rng: Random) -> str:
    """Tell the sex by the given name; a child's may be either."""
    names, given = data.words("names"), name[1:]
    if given in names["children"]:
        return rng.choice((_MALE, _FEMALE))
    return _MALE if given in names["men"] or given in names["old_men"] else _FEMALE


def next_phone(whose: str, used: Counter[str]) -> str:
    """Give the next number of a range that is invented as a whole."""
    used[whose] += 1
    return f"{data.demo('people')['phones'][whose]}{used[whose]:04}"


def _members(home: Household, sexes: Sequence[str], rng: Random) -> Iterator[tuple[int, str]]:
    """Say how old everybody of a household is and what they are to its head."""
    elders = len(home.elders)
    ages = list(_elders(home.elders, rng))
    head = _TENANT if home.flat.use is HomeUse.LET else _HEAD
    yield from zip(ages, (head, _SPOUSE), strict=False)
    parent = _parent(min(ages) if ages else None, rng)
    for place, sex in enumerate(sexes[elders:]):
        if place > 1:
            age = rng.randint(parent - 42, parent - 23)
            yield max(0, min(age, _ADULT - 1)), (_YOUNGEST if elders else _YOUNGER)[sex]
        elif place == 1:
            age = max(22, min(parent + rng.randint(-4, 3), _OLD - 1))
            yield age, _IN_LAW[sex] if elders else _SPOUSE
        else:
            yield parent, _YOUNGER[sex] if elders else head


def _elders(elders: Sequence[Resident], rng: Random) -> Iterator[int]:
    very_old = ["over80" in one.groups for one in elders]
    for one in very_old:
        if one:
            yield rng.randint(_VERY_OLD, 96 if all(very_old) else 86)
        else:
            yield rng.randint(72 if any(very_old) else _OLD, _VERY_OLD - 1)


def _parent(elder: int | None, rng: Random) -> int:
    """Choose the age of the first of the younger generation; below sixty in any case."""
    if elder is None:
        return rng.randint(25, _OLD - 1)
    most = min(_OLD - 1, elder - 20)
    return rng.randint(min(most, max(25, elder - 36)), most)


def _id_number(born: date, sex: str, number: int) -> str:
    """Make a number with the right check character, of an area that there is not."""
    order = 2 * number - (sex == _MALE)  # odd for men, even for women
    first = f"{data.demo('people')['id_area']}{born:%Y%m%d}{order:03}"
    return first + id_check(first)


def _needs(one: Resident, age: int, rng: Random) -> tuple[str, ...]:
    if not one.elder:
        return ()
    chances: dict[str, dict[str, float]] = data.demo("people")["needs"]
    holds = ["elders", *(["over80"] if age >= _VERY_OLD else []), *one.groups[-1:]]
    found = [
        need
        for group in dict.fromkeys(holds)
        for need, chance in chances.get(group, {}).items()
        if rng.random() < chance
    ]
    return tuple(dict.fromkeys(found))


def _standing(home: Household, rng: Random) -> Standing:
    """Draw the standing; who only is registered here is not among those who live here."""
    share: float = data.demo("people")["lives_only"][home.flat.use.value]
    return Standing.LIVES if rng.random() < share else Standing.BOTH
