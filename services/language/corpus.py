"""The plain text from which the intent model is fitted, and the digest that names the model."""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from services.language.intents import ALL

DATA = Path(__file__).resolve().parents[2] / "data"
_HERE = Path(__file__).resolve().parent
OUT_OF_SCOPE = "out_of_scope"
SHOP_CLASS = "shop"


def lines(name: str) -> list[str]:
    """Read the utterances of one intent; `#` begins a comment."""
    text = (DATA / "intents" / f"{name}.txt").read_text("utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


def utterances() -> Iterator[tuple[str, str]]:
    """Yield (intent, utterance) of every intent."""
    for intent in ALL:
        for line in lines(intent):
            yield intent, line


@cache
def _taxonomy() -> dict[str, dict[str, str]]:
    text = (DATA / "taxonomy.yaml").read_text("utf-8")
    table: dict[str, dict[str, str]] = yaml.safe_load(text)["categories"]
    return table


@cache
def categories() -> dict[str, tuple[str, ...]]:
    """Map each kind of shop to what people say for it."""
    return {
        key: tuple(dict.fromkeys([one["zh"], one["en"].casefold(), *one["words"].split()]))
        for key, one in _taxonomy().items()
    }


@cache
def english() -> dict[str, tuple[str, ...]]:
    """Map each kind of shop to the English phrases for it."""
    return {
        key: (one["en"].casefold(), *(phrase.strip() for phrase in one["english"].split(";")))
        for key, one in _taxonomy().items()
    }


@cache
def lexicon() -> dict[str, tuple[str, ...]]:
    """Map each class of words to its words; kinds of shops are one class."""
    table: dict[str, str] = yaml.safe_load((DATA / "lexicon.yaml").read_text("utf-8"))
    words = {name: tuple(members.split()) for name, members in table.items()}
    words[SHOP_CLASS] = tuple(word for known in categories().values() for word in known)
    words[SHOP_CLASS] += tuple(
        phrase for known in english().values() for phrase in known if " " not in phrase
    )
    return words


@cache
def asking() -> dict[str, frozenset[str]]:
    """Map the parts of data/asking.yaml to their words."""
    table: dict[str, str] = yaml.safe_load((DATA / "asking.yaml").read_text("utf-8"))
    return {part: frozenset(words.split()) for part, words in table.items()}


@cache
def digest() -> str:
    """Name the model by everything that it is made of, the code that makes it included."""
    made_of = [
        *sorted((DATA / "intents").glob("*.txt")), DATA / "taxonomy.yaml", DATA / "lexicon.yaml",
        DATA / "asking.yaml",
        _HERE / "features.py", _HERE / "fit.py",
    ]  # fmt: skip
    summed = hashlib.sha256()
    for path in made_of:
        summed.update(path.name.encode() + b"\0" + path.read_bytes())
    return summed.hexdigest()[:16]
