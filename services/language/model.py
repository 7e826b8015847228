"""The fitted intent model: read once, asked in numpy alone."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from services.language import corpus
from services.language.features import Featurizer, Lexicon
from services.language.intents import ALL

_ROOT = Path(__file__).resolve().parents[2]
_PLACE = {intent: number for number, intent in enumerate(ALL)}
# Stretches scores so that the gate, half, stands at 0.19: measured, with a little in hand, where
# one sentence in twenty of those that are out of scope would pass.
_STRETCH = 0.417


@dataclass(frozen=True, slots=True)
class Model:
    """Weights per feature: a column an intent, the last one for being in scope at all."""

    featurizer: Featurizer
    weights: NDArray[np.float32]
    biases: NDArray[np.float32]
    words: Mapping[str, int]  # how often a word is said, for cutting sentences

    def ranked(self, text: str, among: Sequence[str]) -> list[tuple[str, float]]:
        """Rank these intents, best first, each with a confidence from 0 to 1."""
        places, weights = self.featurizer(text)
        scores = weights @ self.weights[places] + self.biases
        likely = 1.0 / (1.0 + np.exp(-scores))
        inside = float(likely[-1])
        order = sorted(among, key=lambda intent: -likely[_PLACE[intent]])
        return [(one, float((likely[_PLACE[one]] * inside) ** _STRETCH)) for one in order]


class _Folder:
    path: Path | None = None


def use_folder(path: Path) -> None:
    """Keep the fitted model in this folder, HOME if nobody says otherwise."""
    _Folder.path = path


def keep_folder(path: Path) -> None:
    """Keep the fitted model in this folder unless another one was named."""
    _Folder.path = _Folder.path or path


def _home() -> Path:
    from core.settings import Settings  # pydantic costs as much as all of the language part

    return Settings().home


@cache
def fitted() -> Model:
    """Read the model; at first use, or after its data changed, a child process fits it."""
    path = (_Folder.path or _home()) / f"model-{corpus.digest()}.npz"
    if not path.exists():
        subprocess.run(
            [sys.executable, "-m", "services.language.fit", str(path.resolve())],
            cwd=_ROOT, check=True, env={**os.environ, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
    with np.load(path) as stored:
        heard = dict(zip(stored["hanzi"].tolist(), stored["sounds"].tolist(), strict=True))
        weights = stored["weights"].astype(np.float32)
        biases = stored["biases"]
        words = dict(zip(stored["cut"].tolist(), stored["cut_counts"].tolist(), strict=True))
    return Model(Featurizer(heard, Lexicon.made(corpus.lexicon(), heard)), weights, biases, words)
