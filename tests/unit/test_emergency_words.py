"""Words of danger: every emergency is heard, and talk about danger is left alone."""

import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.language.emergency import emergency_of, kinds, numbers_to_dial

_TABLE: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[1] / "sentences" / "emergency.yaml").read_text("utf-8")
)
_BY_KIND = [(kind, text) for kind, texts in _TABLE["emergencies"].items() for text in texts]
_ALL = [text for _, text in _BY_KIND] + _TABLE["mixed"]


@pytest.mark.parametrize(("kind", "text"), _BY_KIND)
def test_an_emergency_is_heard_as_what_it_is(kind: str, text: str) -> None:
    """The kind decides which number to dial and what must not be done."""
    found = emergency_of(text)
    assert found is not None
    assert found.now
    assert found.kind == kind


def test_every_emergency_opens_at_once() -> None:
    """Recall is complete over both tables."""
    assert len(_ALL) >= 250
    assert [text for text in _ALL if (e := emergency_of(text)) is None or not e.now] == []


def test_harmless_talk_opens_nothing() -> None:
    """At most one in a hundred may be taken for an emergency; here it is none."""
    harmless = _TABLE["harmless"]
    assert len(harmless) >= 300
    assert [text for text in harmless if emergency_of(text)] == []


@pytest.mark.parametrize("text", _TABLE["advice"])
def test_a_general_question_gets_advice_and_opens_nothing(text: str) -> None:
    """A drill's question is asked about, never opened by itself."""
    found = emergency_of(text)
    assert found is not None
    assert not found.now


def test_a_parent_is_told_from_oneself() -> None:
    """Whose home it is about follows from the words alone."""
    assert emergency_of("我妈摔倒了起不来") == emergency_of("奶奶摔倒了起不来")
    about = emergency_of("我妈摔倒了起不来")
    assert about is not None
    assert about.elder
    own = emergency_of("我摔倒了起不来")
    assert own is not None
    assert not own.elder


def test_every_kind_has_a_number_to_dial() -> None:
    """No kind is without a telephone."""
    assert {numbers_to_dial(kind)[0] for kind in kinds()} == {"110", "119", "120"}


def test_it_costs_next_to_nothing() -> None:
    """The look comes before every turn, so a text of full length takes a few milliseconds."""
    emergency_of("热身")
    began = time.perf_counter()
    for text in _ALL:
        emergency_of(text)
    assert (time.perf_counter() - began) / len(_ALL) < 0.005
    began = time.perf_counter()
    emergency_of("今天天气很好我想问一下" * 180)
    assert time.perf_counter() - began < 1
