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
    sound = str(lazy_pinyin(char, style=Style.NORMAL)[0])
    for long, short in _INITIALS:
        if sound.startswith(long):
            sound = short + sound.removeprefix(long)
            break
    return sound.removesuffix("g") if sound.endswith("ng") else sound


def syllables(text: str) -> tuple[str, ...]:
    """Fold every character of a text."""
    return tuple(map(syllable, text))


def spelled(text: str) -> str:
    """Write a text as it sounds, for comparing whole names."""
    return " ".join(syllables(text))
