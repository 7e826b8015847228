"""Numbers are found again however they were written, and the last four by themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.crypto import keyring
from services import identity

seventeen = some.text("0123456789", min_size=17, max_size=17)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("13900000003", "13900000003"),
        (" 139 0000 0003 ", "13900000003"),
        ("139-0000-0003", "13900000003"),
        ("+86 13900000003", "13900000003"),
        ("008613900000003", "13900000003"),
        ("86-13900000003", "13900000003"),
        ("１３９０００００００３", "13900000003"),
        ("'13900000003", "13900000003"),
        ("051988000000", "0519-88000000"),
        ("(0519)88000000", "0519-88000000"),
        ("0519—88000000-12", "0519-88000000-12"),
        ("010-12345678", "010-12345678"),
        ("88000000", "88000000"),
        ("400-820-8820", "4008208820"),
    ],
)
def test_a_telephone_has_one_spelling(written: str, stored: str) -> None:
    """Whoever types it otherwise still finds the person."""
    assert identity.normalised_phone(written) == stored
    assert identity.phone_index(written) == keyring().index(stored, "person.phone_index")


@pytest.mark.parametrize("written", ["", "12", "1390000000", "139000000031", "12345678901", "无"])
def test_what_is_no_telephone_is_not_made_one(written: str) -> None:
    """A digit too many or too few is a fault, not somebody else's number."""
    assert identity.normalised_phone(written) is None


def test_the_tail_is_of_the_last_four_digits() -> None:
    """A worker types what the elder reads out."""
    typed, _ = identity.tail_indexes("0003")
    assert identity.phone_tail("139 0000-0003") == typed
    assert identity.phone_tail("12") is None


@given(seventeen)
def test_an_id_number_is_whole_with_one_last_character_alone(first: str) -> None:
    """Eleven remainders, eleven characters: exactly one fits."""
    fits = [last for last in "0123456789X" if identity.id_is_whole(first + last)]
    assert fits == [identity.id_check(first)]


@given(seventeen, some.integers(0, 16), some.integers(1, 9))
def test_a_mistyped_digit_breaks_an_id_number(first: str, place: int, off: int) -> None:
    """That is what the last character is for."""
    whole = first + identity.id_check(first)
    other = str((int(whole[place]) + off) % 10)
    assert not identity.id_is_whole(whole[:place] + other + whole[place + 1 :])


def test_a_known_number_is_whole() -> None:
    """The standard's own worked example, so that the weights are not merely our own."""
    assert identity.id_is_whole("11010519491231002X")
    assert not identity.id_is_whole("110105194912310021")


def test_an_id_number_is_found_however_its_x_is_written() -> None:
    """Lower case, full width, gaps: one person."""
    for written in (
        "11010519491231002x",
        "110105 19491231 002X",
        "１１０１０５１９４９１２３１００２Ｘ",
    ):
        assert identity.id_index(written) == identity.id_index("11010519491231002X")
        assert identity.id_tail(written) == identity.tail_indexes("002x")[1]


def test_each_index_has_a_context_of_its_own() -> None:
    """The same four characters of a telephone and of an ID don't meet in the database."""
    assert len({*identity.tail_indexes("0003"), identity.label_index("0003")}) == 3
