"""A flat in somebody's words: 3幢2单元501, 3-2-501, 三号楼二单元五零一室."""

import re
import unicodedata
from dataclasses import dataclass

_FIGURES = str.maketrans("零〇一二三四五六七八九", "00123456789")
_NUMBER = r"(\d{1,4})"
_FLAT = re.compile(
    rf"{_NUMBER}(?:幢|栋|座|号楼|号|楼|#|-){_NUMBER}(?:单元|门洞|门|-){_NUMBER}(?:室|号|户)?(?!\d)"
)
_ENGLISH = re.compile(
    rf"(?:building|block){_NUMBER},?(?:unit|stair|entrance){_NUMBER},?(?:flat|room|no\.?)?{_NUMBER}"
)


@dataclass(frozen=True, slots=True)
class Flat:
    """A flat by its numbers."""

    building: int
    stair: int
    room: int


def flat_in(text: str) -> Flat | None:
    """Read the first flat that is named; None where none is."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    line = "".join(folded.translate(_FIGURES).split())
    found = _FLAT.search(line) or _ENGLISH.search(line)
    return Flat(*(int(one) for one in found.groups())) if found else None
