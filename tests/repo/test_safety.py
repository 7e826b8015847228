"""Every paragraph that people's safety hangs on has stories that hold it, and the page says which."""

import pytest

from tests.repo import safety
from tests.repo.house import ROOT, tree
from tests.repo.safety import PARAGRAPHS, Paragraph


def test_the_page_is_what_the_table_says() -> None:
    """`python -m tests.repo.safety` writes it."""
    assert safety.PAGE.read_text("utf-8") == safety.page()


@pytest.mark.parametrize("one", PARAGRAPHS, ids=lambda one: one.name)
def test_a_paragraph_is_held_by_tests_that_are_there(one: Paragraph) -> None:
    """A test that was renamed or taken out is missed here."""
    assert one.tests
    for file, names in one.tests.items():
        assert names
        there = {getattr(node, "name", "") for node in tree(ROOT / "tests" / file).body}
        assert not set(names) - there
