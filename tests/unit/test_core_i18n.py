"""Words: strict in tests, honest in production."""

import pytest
import structlog

from core.i18n import Translator, WordsMissingError


class Lenient(Translator):
    """The translator of a running house: a fault is logged and something is shown."""

    strict = False


def test_a_message_is_said_in_the_language_asked_for() -> None:
    """Chinese first, English complete."""
    assert Translator("zh-CN")("action-ack") == "接单"
    assert Translator("en")("action-ack") == "Take it"


def test_an_unknown_language_falls_back_to_chinese() -> None:
    """Somebody whose language we do not speak is still answered."""
    assert Translator("fr").lang == "zh-CN"
    assert Translator()("action-ack") == "接单"


def test_a_missing_message_fails_a_test() -> None:
    """Tests find it before a person does."""
    with pytest.raises(WordsMissingError, match="no-such-message"):
        Translator()("no-such-message")


def test_a_missing_argument_fails_a_test() -> None:
    """Fluent would put the variable's name into the sentence."""
    with pytest.raises(WordsMissingError, match="ticket-title"):
        Translator()("ticket-title", what="x")


def test_a_missing_message_is_logged_in_production() -> None:
    """The key is shown, so that somebody can report it."""
    with structlog.testing.capture_logs() as logs:
        assert Lenient()("no-such-message") == "no-such-message"
    assert [(one["event"], one["key"]) for one in logs] == [("words.missing", "no-such-message")]


def test_a_missing_argument_is_logged_in_production() -> None:
    """The rest of the sentence is shown; the log names the message and no value."""
    with structlog.testing.capture_logs() as logs:
        said = Lenient("zh-CN")("ticket-title", what="烟雾报警")
    assert said.startswith("烟雾报警")
    assert [one["event"] for one in logs] == ["words.argument_missing"]
    assert "烟雾报警" not in str(logs)


@pytest.mark.parametrize(("count", "said"), [(1, "You have one ticket"), (2, "You have 2 tickets")])
def test_english_knows_one_and_many(count: int, said: str) -> None:
    """Chinese has no plural, so only English divides."""
    assert Translator("en")("my-tickets-title", count=count) == said
    assert Translator("zh-CN")("my-tickets-title", count=count) == f"您手里有 {count} 张单"


def test_numbers_are_said_without_grouping() -> None:
    """A ticket's number or a limit is not a sum of money."""
    assert "2000" in Translator("en")("text-too-long", limit=2000)


def test_no_invisible_marks_surround_arguments() -> None:
    """Some channels would show Fluent's isolation marks as boxes."""
    assert Translator("zh-CN")("event-note", note="好") == "留言：好"
