"""Sealing: what opens, what does not, and what a rotation of keys keeps."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from core.crypto import (
    Keyring,
    SealBrokenError,
    Sealed,
    keyring,
    new_token,
    open_json,
    seal_json,
    token_hash,
    use_keyring,
)

FIRST = "1:" + b64encode(b"a" * 32).decode()
SECOND = "2:" + b64encode(b"b" * 32).decode()
NAME, PHONE = "person.name", "person.phone"


@given(st.binary(max_size=200))
def test_what_was_sealed_opens(plain: bytes) -> None:
    """Any bytes come back as they were."""
    ring = Keyring.parse(FIRST)
    assert ring.open(ring.seal(plain, NAME), NAME) == plain


def test_the_same_value_is_sealed_differently_each_time() -> None:
    """Equal names must not be seen as equal in the database."""
    ring = Keyring.parse(FIRST)
    assert ring.seal(b"x", NAME) != ring.seal(b"x", NAME)


def test_a_sealed_value_does_not_show_its_content() -> None:
    """The bytes hold no trace of the plain text."""
    assert b"13812345678" not in Keyring.parse(FIRST).seal(b"13812345678", PHONE)


def test_a_value_moved_to_another_column_does_not_open() -> None:
    """The column's name is part of the seal."""
    ring = Keyring.parse(FIRST)
    with pytest.raises(SealBrokenError, match=r"person\.phone: does not open"):
        ring.open(ring.seal(b"x", NAME), PHONE)


def test_another_key_does_not_open() -> None:
    """Same version number, other bytes."""
    other = Keyring.parse("1:" + b64encode(b"c" * 32).decode())
    with pytest.raises(SealBrokenError, match="does not open"):
        other.open(Keyring.parse(FIRST).seal(b"x", NAME), NAME)


def test_a_missing_version_is_named() -> None:
    """Who lost the key of version 2 reads that it is version 2."""
    sealed = Keyring.parse(SECOND).seal(b"x", NAME)
    with pytest.raises(SealBrokenError, match="no data key of version 0002"):
        Keyring.parse(FIRST).open(sealed, NAME)


@pytest.mark.parametrize("at", [0, 1, 2, 13, 14, -1])
def test_a_changed_byte_does_not_open(at: int) -> None:
    """Version, nonce, content and tag are all held."""
    ring = Keyring.parse(FIRST)
    damaged = bytearray(ring.seal(b"content", NAME))
    damaged[at] ^= 1
    with pytest.raises(SealBrokenError):
        ring.open(bytes(damaged), NAME)


@pytest.mark.parametrize("size", [0, 1, 2, 10, 14])
def test_a_value_cut_short_does_not_open(size: int) -> None:
    """Too few bytes are a broken seal, no other error."""
    ring = Keyring.parse(FIRST)
    with pytest.raises(SealBrokenError):
        ring.open(ring.seal(b"content", NAME)[:size], NAME)


def test_after_a_rotation_old_values_open_and_new_ones_use_the_new_key() -> None:
    """The last key seals, every key opens; so a new one can be made known before it is used."""
    old, both = Keyring.parse(FIRST), Keyring.parse(f"{FIRST},{SECOND}")
    assert both.open(old.seal(b"x", NAME), NAME) == b"x"
    assert both.seal(b"x", NAME)[:2] == b"\x00\x02"
    known = Keyring.parse(f"{SECOND},{FIRST}")
    assert known.seal(b"x", NAME)[:2] == b"\x00\x01"
    assert known.open(both.seal(b"x", NAME), NAME) == b"x"


def test_a_value_is_sealed_anew_only_under_another_key() -> None:
    """What stands under the writing key stays byte for byte; the content never changes."""
    old, both = Keyring.parse(FIRST), Keyring.parse(f"{FIRST},{SECOND}")
    sealed = both.reseal(old.seal(b"x", NAME), NAME)
    assert (sealed[:2], both.open(sealed, NAME)) == (b"\x00\x02", b"x")
    assert both.reseal(sealed, NAME) == sealed
    with pytest.raises(SealBrokenError):
        both.reseal(old.seal(b"x", NAME), PHONE)


def test_a_mark_tells_keys_apart_without_giving_them_away() -> None:
    """Two machines that each made a key of version 2 must not be taken for the same."""
    other = "2:" + b64encode(b"c" * 32).decode()
    marks = [Keyring.parse(text).mark for text in (FIRST, SECOND, other, f"{FIRST},{SECOND}")]
    assert [mark.partition(".")[0] for mark in marks] == ["1", "2", "2", "2"]
    assert marks[1] == marks[3] != marks[2]


def test_a_blind_index_finds_the_same_value_in_its_column_alone() -> None:
    """Equality look-up works, and an index tells nothing about another column."""
    ring = Keyring.parse(FIRST)
    assert ring.index("13812345678", PHONE) == ring.index("13812345678", PHONE)
    assert ring.index("13812345678", PHONE) != ring.index("13812345679", PHONE)
    assert ring.index("13812345678", PHONE) != ring.index("13812345678", NAME)
    assert len(ring.index("x", PHONE)) == 16


def test_a_blind_index_survives_a_rotation() -> None:
    """It comes from the oldest key, or nobody would be found again."""
    assert Keyring.parse(f"{FIRST},{SECOND}").index("x", PHONE) == Keyring.parse(FIRST).index(
        "x", PHONE
    )


def test_a_blind_index_needs_the_key() -> None:
    """Who has only the database can't try telephone numbers."""
    assert Keyring.parse(FIRST).index("x", PHONE) != Keyring.parse(SECOND).index("x", PHONE)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not `number:base64`"),
        ("x:AAAA", "'x' is not `number:base64`"),
        ("1", "1 must be 32 bytes"),
        ("1:no base64!", "'1' is not `number:base64`"),
        ("1:AAAA", "1 must be 32 bytes"),
        ("0:" + FIRST[2:], "0 must be 32 bytes, its number 1 to 65535"),
        ("65536:" + FIRST[2:], "its number 1 to 65535"),
        (f"{FIRST},2:AAAA", "2 must be 32 bytes"),
        (f"{FIRST},{FIRST}", "1 is named twice"),
    ],
)
def test_a_faulty_key_is_named_without_its_content(text: str, says: str) -> None:
    """The message goes to a log or a terminal."""
    with pytest.raises(ValueError, match=says) as raised:
        Keyring.parse(text)
    assert FIRST[2:] not in str(raised.value)


def test_a_sealed_column_keeps_json_and_null() -> None:
    """Values come back with their types; None stays NULL."""
    column, dialect = Sealed("person.name"), postgresql.dialect()  # type: ignore[no-untyped-call]
    value = {"name": "陈桂芳", "floor": 5, "people": []}
    sealed = column.process_bind_param(value, dialect)
    assert isinstance(sealed, bytes)
    assert column.process_result_value(sealed, dialect) == value
    assert column.process_bind_param(None, dialect) is None
    assert column.process_result_value(None, dialect) is None


def test_hand_written_sql_seals_like_a_column() -> None:
    """What one wrote the other opens."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    sealed = seal_json(["x"], NAME)
    assert Sealed(NAME).process_result_value(sealed, dialect) == ["x"]
    assert open_json(sealed, NAME) == ["x"]


def test_without_a_keyring_nothing_is_sealed() -> None:
    """A process that forgot its keys stops at the first value instead of writing it plain."""
    kept = keyring()
    try:
        use_keyring(None)  # type: ignore[arg-type]
        with pytest.raises(SealBrokenError, match="use_keyring"):
            seal_json("x", NAME)
    finally:
        use_keyring(kept)


def test_tokens_are_long_and_stored_as_hashes() -> None:
    """At least 128 random bits, safe in a URL, and no two alike."""
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 24 and token.replace("-", "").replace("_", "").isalnum()
               for token in tokens)  # fmt: skip
    assert token_hash("a") != token_hash("b")
    assert len(token_hash("a")) == 32
