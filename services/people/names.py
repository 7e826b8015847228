"""Whose name is meant: as it was written, as it was heard, or by a part of it."""

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from services.people import spoken
from services.sound import latin, syllables

Test = Callable[[str, bool], bool]  # a name, and whether it is an elder's
_ALONE = 2  # characters below which a name is not looked for by its sound alone


def best(people: Collection[tuple[UUID, str, bool]], asked: Iterable[Test]) -> list[UUID]:
    """Take those who fit best: written, then heard, then by the given or the family name alone."""
    for test in asked:
        if chosen := [who for who, name, elder in people if name and test(name, elder)]:
            return chosen
    return []


def tests(text: str) -> list[Test]:
    """List how a name may be meant, the surest first; empty where no name can be meant."""
    line = text.casefold()
    if line.isascii():
        return _english_tests(line)
    rest = spoken.bare(text).replace(" ", "")
    heard, family = syllables(rest), spoken.family_name(text)
    found: list[Test] = []
    if len(rest) >= _ALONE:
        found.append(lambda name, _: name in line)
    if family:
        sound = syllables(family)
        found += [
            lambda name, elder: name[0] == family and elder,
            lambda name, _: name[0] == family,
            lambda name, _: syllables(name[0]) == sound,
        ]
    if len(rest) >= _ALONE:
        found += [
            lambda name, _: len(name) > _ALONE and _within(syllables(name), heard),
            lambda name, _: len(name) == _ALONE and syllables(name) == heard,
            lambda name, _: len(name) > _ALONE and name[1:] in rest,
        ]
    return found


def _english_tests(line: str) -> list[Test]:
    letters = "".join(char for char in line if char.isalpha())
    family = spoken.family_name(line)

    def spelled(name: str, _elder: bool) -> bool:  # noqa: FBT001  (a test's shape)
        first, *given = map(latin, name)
        return first + "".join(given) in letters or "".join(given) + first in letters

    found: list[Test] = [spelled]
    if family:
        found.append(lambda name, _: latin(name[0]) == family)
    return found


def _within(part: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return part[0] in whole and any(
        whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1)
    )
