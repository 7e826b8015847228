"""The card as JSON and as plain text."""

import orjson
import pytest

from core.card import Action, Card, Field

FULL = Card(
    key="ticket:1",
    title="烟雾报警：3幢2单元501",
    summary="请马上接单，上门查看。",
    fields=(Field("地点", "3幢2单元501"), Field("工单号", "7")),
    actions=(
        Action("ticket.ack", "接单", "primary", args={"secret": 1}),
        Action("call", "拨打 119", "danger", url="tel:119"),
    ),
    tone="danger",
    version=3,
    ticket="1",
)


@pytest.mark.parametrize("card", [FULL, Card(key="say:1", title="好")], ids=["full", "bare"])
def test_the_public_form_has_the_fixed_fields(card: Card) -> None:
    """What pages and channels outside our code rely on; lists are never null."""
    data = orjson.loads(orjson.dumps(card.public()))
    assert set(data) == {
        "key", "title", "summary", "fields", "actions", "tone", "version", "ticket",
    }  # fmt: skip
    assert isinstance(data["fields"], list)
    assert isinstance(data["actions"], list)
    for action in data["actions"]:
        assert set(action) == {"id", "label", "style", "token", "url"}


def test_the_public_form_keeps_arguments_back() -> None:
    """What a button means stands in the database, not in the chat."""
    assert b"secret" not in orjson.dumps(FULL.public())


def test_the_stored_form_reads_back_the_same() -> None:
    """The outbox gives to the channel what the handler made."""
    assert Card.load(orjson.loads(orjson.dumps(FULL.stored()))) == FULL


def test_tokens_are_put_on_in_order() -> None:
    """One a button, None for links; one too few is a bug."""
    minted = FULL.with_tokens(["abc", None])
    assert [action.token for action in minted.actions] == ["abc", None]
    assert minted.actions[0].args == {"secret": 1}
    with pytest.raises(ValueError, match="zip"):
        FULL.with_tokens(["abc"])


def test_the_fallback_says_everything() -> None:
    """A channel without cards loses no word; buttons are numbers, links are not."""
    assert FULL.fallback().splitlines() == [
        "烟雾报警：3幢2单元501",
        "请马上接单，上门查看。",
        "地点：3幢2单元501",
        "工单号：7",
        "1 接单",
        "拨打 119",
    ]


def test_an_english_line_has_an_english_colon() -> None:
    """Labels come from the locale, so their script is the card's language."""
    assert Field("Time", "09:00").written() == "Time: 09:00"
    assert Field("时间", "09:00").written() == "时间：09:00"


def test_a_number_to_dial_is_written_out() -> None:
    """In plain text a person can't press a name."""
    assert Action("call", "打给王芳", url="tel:13800000000").written() == "打给王芳 13800000000"
    assert Action("call", "拨打 119", url="tel:119").written() == "拨打 119"


def test_the_fallback_has_no_empty_lines() -> None:
    """A card of a title alone is one line."""
    assert Card(key="say:1", title="好").fallback() == "好"
