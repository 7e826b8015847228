"""How workers ask for a silence, a test, or what is silenced."""

import pytest

from services.language.silencing import Wish, minutes_of, read

SAID = {
    "把3幢2单元501的烟感静音一小时，装修扬尘": Wish("silence", "3幢2单元501的烟感静音一小时", 60, "装修扬尘"),
    "3幢501燃气报警器消音半小时": Wish("silence", "3幢501燃气报警器消音半小时", 30),
    "静音": Wish("silence"),
    "请让3幢501烟感静音，90分钟，做饭": Wish("silence", "3幢501烟感静音", 90, "做饭"),
    "测试模式": Wish("test"),
    "我在测试3幢2单元501的烟感，十分钟": Wish("test", "3幢2单元501的烟感", 10),
    "静音名单": Wish("list"),
    "现在哪些设备静音了": Wish("list"),
    "提前结束501的静音": Wish("list"),
    "手机怎么静音": None,
    "3幢501的老人耳背": None,
    "测试一下你会不会说话": None,
}  # fmt: skip


@pytest.mark.parametrize("said", SAID)
def test_a_wish_is_read_as_workers_say_it(said: str) -> None:
    """What was not said stays open and is asked for."""
    assert read(said) == SAID[said]


@pytest.mark.parametrize(
    ("said", "minutes"),
    [("30", 30), ("两个半小时", 150), ("一个小时", 60), ("十五分钟", 15), ("二十分", 20), ("等会儿", None)],
)  # fmt: skip
def test_a_span_is_read_in_minutes(said: str, minutes: int | None) -> None:
    """Figures alone are minutes."""
    assert minutes_of(said) == minutes


def test_english_is_understood_too() -> None:
    """The example of the help is one."""
    found = read("silence 3幢2单元501 smoke 1 hour, dust")
    assert found == Wish("silence", "3幢2单元501 smoke 1 hour", 60, "dust")
