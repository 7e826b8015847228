"""python -m services.language.fit FILE: fit the intent model. Runs in a process of its own.

scikit-learn and pypinyin are imported here alone; the processes that serve read the result.
"""

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.language import corpus
from services.language.features import WIDTH, Featurizer, Lexicon, folded
from services.language.intents import ALL

_SOFTNESS = 10.0
_OUTSIDE_WEIGHT = 3.0  # a stranger's sentence must lower every intent
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
    return {
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
