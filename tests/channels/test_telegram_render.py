"""Telegram's messages: what a card looks like there, and that no card breaks a limit."""

from dataclasses import asdict
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.telegram.render import TEXT_UNITS, Page, render, units
from core.card import Action, Card, Field
from core.i18n import Translator
from core.ports import Outgoing
from ops.fakes.telegram_rules import Refused, check_message
from ops.fakes.telegram_rules import units as counted
from tests.channels.telegram_stage import message

SNAPSHOTS = Path(__file__).parent / "snapshots" / "telegram.json"


def payload(page: Page) -> dict[str, object]:
    """Write a page as it goes out."""
    return {"text": page.text, "entities": page.entities, "reply_markup": page.markup}


def rows(page: Page) -> list[list[str]]:
    """Read the labels of the keyboard."""
    assert page.markup is not None
    found = page.markup.get("inline_keyboard") or page.markup["keyboard"]
    return [[button["text"] for button in row] for row in found]


def test_a_card_is_text_with_a_bold_title_and_buttons_with_tokens_alone() -> None:
    """The whole message, word by word."""
    page = render(message(link="https://linling.example/chat#ticket=abc"))
    assert asdict(page) == {
        "text": "烟雾报警：3幢2单元 501室\n请马上上门。\n时间：09:00",
        "entities": [{"type": "bold", "offset": 0, "length": 15}],
        "markup": {
            "inline_keyboard": [
                [
                    {"text": "接单", "callback_data": "A" * 24},
                    {"text": "求助", "callback_data": "B" * 24},
                ],
                [{"text": "详情", "url": "https://linling.example/chat#ticket=abc"}],
            ]
        },
        "rest": "",
        "asks_contact": False,
    }


def test_what_no_button_may_open_is_written() -> None:
    """Numbers to dial, links to this machine and other schemes go into the text."""
    page = render(
        message(
            link="http://localhost:8000/chat#ticket=abc",
            actions=(
                Action("call", "拨打 119", "danger", url="tel:119"),
                Action("call", "打电话", url="tel:051988886666"),
                Action("route", "走过去", url="https://uri.amap.com/navigation?to=1,2"),
                Action("app", "打开地图", url="amapuri://route"),
            ),
        )
    )
    lines = page.text.splitlines()[-4:]
    assert lines == [
        "拨打 119", "打电话 051988886666", "打开地图 amapuri://route",
        "详情 http://localhost:8000/chat#ticket=abc",
    ]  # fmt: skip
    assert rows(page) == [["走过去"]]


def test_long_labels_stand_alone() -> None:
    """Two short buttons share a row; a long one would be cut on a telephone."""
    labels = ("接单", "到场", "已处置完成并且联系了家属", "转派", "求助")
    actions = tuple(Action("x", label, token=f"{n:024}") for n, label in enumerate(labels))
    assert rows(render(message(actions=actions))) == [
        ["接单", "到场"], ["已处置完成并且联系了家属"], ["转派", "求助"],
    ]  # fmt: skip


def test_a_shared_number_is_asked_for_by_the_keyboard() -> None:
    """Only a keyboard in place of typing can; other buttons are answered by their numbers."""
    page = render(
        message(
            actions=(
                Action("contact.share", "告诉社区我的手机号", token="S" * 24),
                Action("say.human", "找人", token="H" * 24),
            )
        )
    )
    assert page.markup == {
        "keyboard": [[{"text": "告诉社区我的手机号", "request_contact": True}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }
    assert page.text.endswith("2 找人\n" + Translator()("text-answer-by-number"))
    assert page.asks_contact


def test_more_buttons_than_telegram_takes_are_numbered() -> None:
    """The hundred-and-first is not lost: its number on the card still chooses it."""
    actions = tuple(Action("x", f"选项{n}", token=f"{n:024}") for n in range(1, 104))
    page = render(message(actions=actions, link="https://linling.example/"))
    assert page.markup is not None
    assert sum(map(len, rows(page))) == 100
    assert rows(page)[-1] == ["选项99", "详情"]
    assert "\n100 选项100\n101 选项101\n" in page.text
    check_message(payload(page))


def test_a_long_text_is_read_on() -> None:
    """What does not fit is kept for 更多, and nothing of it is lost."""
    text = "".join(f"第{n}行：楼道里有烟🔥。\n" for n in range(600))
    page = render(message(summary=text, actions=()))
    assert units(page.text) <= TEXT_UNITS
    more = Translator()("text-read-on")
    assert page.text.endswith(more)
    both = page.text.removesuffix("\n" + more) + "\n" + page.rest
    assert both.startswith(message().card.title + "\n" + text[:100])
    assert "".join(both.split()).endswith("第599行：楼道里有烟🔥。时间：09:00")


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ({"text": "字" * 4097}, "message is too long"),
        ({"text": "🔥" * 2049}, "message is too long"),
        ({"text": " \n"}, "message text is empty"),
        ({"text": "a", "entities": [{"type": "bold", "offset": 0, "length": 2}]}, "entities"),
        ({"text": "a", "parse_mode": "HTML"}, "unsupported parse_mode"),
        (
            {"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "b", "callback_data": "x" * 65}]]}},
            "BUTTON_DATA_INVALID",
        ),
        (
            {"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "b", "url": "http://localhost"}]]}},
            "Wrong HTTP URL",
        ),
        (
            {"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "b", "callback_data": "x"}] * 9]}},
            "too long",
        ),
        ({"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "b"}]]}}, "unallowed"),
    ],
)  # fmt: skip
def test_the_fake_refuses_what_telegram_refuses(broken: dict[str, object], words: str) -> None:
    """Else the next test would prove nothing."""
    with pytest.raises(Refused, match=words):
        check_message(broken)


def pressed(*labels: str) -> tuple[Action, ...]:
    """Make buttons with a token each."""
    return tuple(Action("say.x", label, token=f"{n:024}") for n, label in enumerate(labels))


LINK = "https://linling.example/chat#ticket=abc"
CASES: dict[str, Outgoing] = {
    "alarm": message(link=LINK),
    "alarm in English": message(
        lang="en", link=LINK, title="Smoke alarm: building 3, stair 2, flat 501",
        summary="Please go there now.", fields=(Field("Time", "09:00"),),
        actions=pressed("Accept", "Hand over"),
    ),
    "number and link": message(
        actions=(
            *pressed("接单"),
            Action("call", "打给居委会", url="tel:051988880000"),
            Action("way", "怎么走", url="https://uri.amap.com/navigation?to=1,2"),
        )
    ),
    "menu": message(
        title="您想做什么？", summary="", fields=(), actions=pressed(*"一二三四五六七八")
    ),
    "longer than a page": message(summary="楼道里有烟，请看一看🔥。\n" * 400),
    "text": message(title="您有 120 分。", summary="可以换修鞋一次。", fields=(), actions=()),
    "nothing to press": message(actions=()),
    "asks for the number": message(
        title="您好！", summary="请告诉我们您的手机号。", fields=(),
        actions=(Action("contact.share", "告诉社区我的手机号", token="S" * 24), *pressed("找人")),
    ),
}  # fmt: skip


def test_cards_look_as_they_did() -> None:
    """What people see is kept in snapshots/telegram.json; delete it to write it anew."""
    pages = {name: render(one) for name, one in CASES.items()}
    shown = {name: {**payload(page), "rest": page.rest} for name, page in pages.items()}
    now = orjson.dumps(shown, option=orjson.OPT_INDENT_2) + b"\n"
    if not SNAPSHOTS.exists():
        SNAPSHOTS.write_bytes(now)
    assert orjson.loads(SNAPSHOTS.read_bytes()) == orjson.loads(now)


TEXTS = st.text(max_size=60) | st.sampled_from(["🔥👨‍👩‍👧", "长" * 5000, "🔥" * 2100, "a\n" * 3000])
TOKENS = st.text("abcXYZ019_-", min_size=24, max_size=24)
URLS = st.sampled_from(
    ["https://uri.amap.com/x?to=1", "tel:110", "http://localhost:1/x", "http://a b.cn/", "x:y",
     "http://[::1", "https://例子.cn/路", "https://a.cn/" + "x" * 3000, "http://127.0.0.1:8000/"]
)  # fmt: skip
ACTIONS = st.one_of(
    st.builds(Action, st.just("x"), TEXTS, token=TOKENS),
    st.builds(Action, st.just("x"), TEXTS, url=URLS),
    st.builds(Action, st.just("contact.share"), TEXTS.filter(str.strip), token=TOKENS),
)
CARDS = st.builds(
    Card,
    key=st.just("k"),
    title=TEXTS,
    summary=TEXTS,
    fields=st.lists(st.builds(Field, TEXTS, TEXTS), max_size=30).map(tuple),
    actions=st.lists(ACTIONS, max_size=130).map(tuple),
)


@given(CARDS, st.sampled_from(["zh-CN", "en"]), URLS | st.just(""))
def test_no_card_breaks_a_limit(card: Card, lang: str, link: str) -> None:
    """Whatever a card says, Telegram takes it, and the counting agrees with the fake's."""
    page = render(Outgoing("7", card, lang, "r", link=link))
    check_message(payload(page))
    assert units(page.text) == counted(page.text)
    if page.rest:
        assert page.text.endswith(Translator(lang)("text-read-on"))
