"""Identifiers that sort by the time they were made."""

import time
from uuid import RFC_4122

from core.ids import uuid7


def test_an_id_is_a_uuid_of_version_7() -> None:
    """Version and variant as RFC 9562 wants them."""
    for _ in range(100):
        made = uuid7()
        assert made.version == 7
        assert made.variant == RFC_4122


def test_an_id_begins_with_its_millisecond() -> None:
    """The first 48 bits are Unix time."""
    before = time.time_ns() // 1_000_000
    made = uuid7().int >> 80
    assert before <= made <= time.time_ns() // 1_000_000


def test_ids_of_later_milliseconds_are_greater() -> None:
    """Keys grow at the end of an index, also as text."""
    made = [uuid7()]
    while len(made) < 5:
        following = uuid7()
        if following.int >> 80 > made[-1].int >> 80:
            made.append(following)
    assert made == sorted(made)
    assert [str(one) for one in made] == sorted(str(one) for one in made)


def test_ids_of_one_millisecond_differ() -> None:
    """74 bits are random."""
    assert len({uuid7() for _ in range(10_000)}) == 10_000
