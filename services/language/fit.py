"""python -m services.language.fit FILE: fit the intent model. Runs in a process of its own.

scikit-learn and pypinyin are imported here alone, jieba's dictionary is read here alone; the processes that serve read the result.
"""

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.language import corpus, names
from services.language.features import WIDTH, Featurizer, Lexicon, folded
from services.language.intents import ALL

_SOFTNESS = 10.0
_OUTSIDE_WEIGHT = 3.0  # a stranger's sentence must lower every intent
_FREQUENT, _LONGEST_WORD = 15, 4  # of jieba's 350,000 words, those that people say
_OWN_COUNT = 3000  # our words are as frequent here as common ones
_HANZI_ROWS, _HANZI_CELLS = range(0xB0, 0xF8), range(0xA1, 0xFF)  # the 6,763 of GB 2312


def hanzi() -> list[str]:
    """List the characters of GB 2312, all that people here write."""
    found = (
        bytes([row, cell]).decode("gb2312", errors="ignore")
        for row in _HANZI_ROWS
        for cell in _HANZI_CELLS
    )
    return [one for one in found if one]


def sounds() -> dict[str, str]:
    """Map each character to its folded syllable."""
    from pypinyin import lazy_pinyin

    return {one: folded(lazy_pinyin(one)[0]) for one in hanzi()}


def words(known: Iterable[str]) -> dict[str, int]:
    """Count the words by which sentences are cut: the frequent ones of jieba, and our own."""
    import jieba

    found: dict[str, int] = dict.fromkeys(known, _OWN_COUNT)
    for line in jieba.get_dict_file():
        word, count, *_ = line.decode().split(" ")
        if int(count) >= _FREQUENT and len(word) <= _LONGEST_WORD:
            found[word] = max(int(count), found.get(word, 0))
    return found


def fit() -> dict[str, NDArray[np.generic]]:
    """Fit one yes-or-no regression per intent, and one for being in scope at all."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    heard = sounds()
    featurizer = Featurizer(heard, Lexicon.made(corpus.lexicon(), heard))
    known = list(corpus.utterances())
    texts = [text for _, text in known] + corpus.lines(corpus.OUT_OF_SCOPE)
    labels = np.array([intent for intent, _ in known] + [""] * (len(texts) - len(known)))
    seen = [featurizer(text) for text in texts]
    ends = np.cumsum([0, *(len(places) for places, _ in seen)])
    matrix = csr_matrix(
        (np.concatenate([w for _, w in seen]), np.concatenate([p for p, _ in seen]), ends),
        shape=(len(texts), WIDTH),
    )
    matrix.sum_duplicates()
    weight = np.where(labels == "", _OUTSIDE_WEIGHT, 1.0)
    columns, biases = [], []
    for wanted in [labels == intent for intent in ALL] + [labels != ""]:
        # Far more features than sentences: the dual problem is a tenth of the work.
        one = LogisticRegression(
            C=_SOFTNESS, solver="liblinear", class_weight="balanced", dual=True
        )
        one.fit(matrix, wanted, sample_weight=weight)
        columns.append(one.coef_[0])
        biases.append(one.intercept_[0])
    cut = words(names.known() | {w for ws in corpus.lexicon().values() for w in ws if w > "~"})
    return {
        "cut": np.array(list(cut)),
        "cut_counts": np.array(list(cut.values()), np.int32),
        "weights": np.stack(columns, axis=1).astype(np.float16),
        "biases": np.array(biases, np.float32),
        "hanzi": np.array(list(heard)),
        "sounds": np.array(list(heard.values())),
    }


def main(path: Path) -> None:
    """Write the model where nobody sees half of it."""
    model = fit()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".npz.part")
    with os.fdopen(descriptor, "wb") as file:
        np.savez(file, **model)  # type: ignore[arg-type]
    Path(name).replace(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
