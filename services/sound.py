"""How words sound, with the differences that the local accent and dictation blur folded away."""

from functools import cache

from pypinyin import Style, lazy_pinyin

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))


@cache
def syllable(char: str) -> str:
    """Fold one character's reading: zh/z, ch/c, sh/s, n/l, ng/n are the same; no tone.

    A character always has its most frequent reading, in a shop's name as in a question, so that
    the two meet even where the reading is not the right one.
    """
    if not "\u3400" <= char <= "\u9fff":
        return char
    return _folded(str(lazy_pinyin(char, style=Style.NORMAL)[0]))


def _folded(sound: str) -> str:
    for long, short in _INITIALS:
        if sound.startswith(long):
            sound = short + sound.removeprefix(long)
            break
    return sound.removesuffix("g") if sound.endswith("ng") else sound


def syllables(text: str) -> tuple[str, ...]:
    """Fold every character of a text."""
    return tuple(map(syllable, text))


def read_as_word(word: str) -> tuple[str, ...]:
    """Fold a whole word's reading: 行 in 银行 is hang, alone it would be xing."""
    if not all("\u3400" <= char <= "\u9fff" for char in word):
        return syllables(word)
    return tuple(map(_folded, lazy_pinyin(word, style=Style.NORMAL)))


def spelled(text: str) -> str:
    """Write a text as it sounds, for comparing whole names."""
    return " ".join(syllables(text))
