"""Yes, no, numbers and units as devices write them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.units import convert, convertible, number, truth


@pytest.mark.parametrize("raw", [True, 1, 1.0, "true", "ON", " yes ", "1"])
def test_what_means_yes(raw: object) -> None:
    """Devices write yes in many ways."""
    assert truth(raw) is True


@pytest.mark.parametrize("raw", [False, 0, 0.0, "False", "off", "NO", "0"])
def test_what_means_no(raw: object) -> None:
    """And no."""
    assert truth(raw) is False


@pytest.mark.parametrize("raw", [2, -1, 0.5, "", "maybe", None, [], {}, [True], "1" * 1000])
def test_what_means_neither(raw: object) -> None:
    """A guess could be an alarm, or the lack of one."""
    with pytest.raises(ValueError, match="neither"):
        truth(raw)


@pytest.mark.parametrize(("raw", "value"), [(36, 36.0), (36.5, 36.5), ("36.5", 36.5), (" -3 ", -3)])
def test_what_is_a_number(raw: object, value: float) -> None:
    """Wristbands write figures as strings."""
    assert number(raw) == value


@pytest.mark.parametrize(
    "raw",
    [
        True,
        None,
        "",
        "x",
        "1_000",
        "١٢",
        "nan",
        "Infinity",
        math.nan,
        math.inf,
        [1],
        "1" * 40,
        "1e999",
    ],
)
def test_what_is_no_number(raw: object) -> None:
    """Python reads more than a device would write."""
    with pytest.raises(ValueError):  # noqa: PT011  float() words its own refusals
        number(raw)


def test_millivolts_and_centimetres() -> None:
    """Conversions are exact to the eye: 3025 mV is 3.025 V, not 3.0250000000000004."""
    assert convert(3025, "mV", "V") == 3.025
    assert convert(70, "cm", "m") == 0.7
    assert convert(81_250, "L", "m3") == 81.25
    assert convert(10, "L/min", "m3/h") == 0.6
    assert convert(98.6, "degF", "Cel") == pytest.approx(37)
    assert convert(5, "V", "V") == 5


def test_units_that_do_not_belong_together() -> None:
    """Litres are no volts."""
    assert not convertible("L", "V")
    with pytest.raises(KeyError):
        convert(1, "L", "V")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_survives_being_written_as_text(value: float) -> None:
    """Text and number say the same."""
    assert number(repr(value)) == value
