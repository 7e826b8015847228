"""No card, however long or strange, breaks a limit of WeChat's."""

import asyncio
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cards import guide, talk
from channels.wechat.render import answer, customer_message, passive
from channels.wechat.template import filled, keywords
from core.actor import Role
from core.card import Action, Card, Field
from core.clock import utcnow
from core.i18n import LANGUAGES, Translator
from ops.fakes.wechat_crypto import Crypto
from ops.fakes.wechat_push import passive_text
from ops.fakes.wechat_rules import check_template
from tests.channels.wechat_stage import ALARM, CARD, NOTICE, Stage

SNAPSHOTS = Path(__file__).parent / "snapshots" / "wechat.json"
PLAIN = Crypto("a", "t", "")


def long_list() -> Card:
    """Make a card with more than fits."""
    rows = tuple(Field(f"工单 {n}", "3幢2单元501，烟雾报警，已接单" * 2) for n in range(40))
    return Card(key="tickets:1", title="我的工单", fields=rows, actions=CARD.actions)


def shown() -> dict[str, Any]:
    """Write a few cards in each form."""
    zh, en = Translator("zh-CN"), Translator("en")
    many = Card(
        key="m", title="十二个按钮",
        actions=tuple(Action(f"a.{n}", f"选项{n}", token=f"{n:024}") for n in range(12)),
    )  # fmt: skip
    return {
        "alarm": customer_message(CARD, zh, menus=True),
        "alarm, numbered": customer_message(CARD, zh, menus=False),
        "alarm, English": customer_message(CARD, en, menus=True),
        "bare": customer_message(Card(key="s", title="好的"), zh, menus=True),
        "too many buttons": customer_message(many, zh, menus=True),
        "longer than a page": customer_message(long_list(), zh, menus=True),
        "two cards in a reply": answer([many, Card(key="s", title="好的"), CARD], zh),
        "notice": _timeless(filled(NOTICE, CARD, "r-1")),
        "alarm by template": _timeless(filled(ALARM, CARD, "r-1")),
    }


def _timeless(data: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {name: value for name, value in data.items() if not name.startswith("time")}


def test_cards_look_as_they_did() -> None:
    """What people see is kept in snapshots/wechat.json; delete it to write it anew."""
    now = orjson.dumps(shown(), option=orjson.OPT_INDENT_2) + b"\n"
    if not SNAPSHOTS.exists():
        SNAPSHOTS.parent.mkdir(exist_ok=True)
        SNAPSHOTS.write_bytes(now)
    assert orjson.loads(SNAPSHOTS.read_bytes()) == orjson.loads(now)


READABLE = st.characters(exclude_categories=["C"])
LABELS = st.text(min_size=1, max_size=60)
TEXTS = st.one_of(
    st.text(max_size=200),
    st.builds(lambda text, n: text * n, st.sampled_from(["邻铃", "😀", "a b\n", "<a href='x'>"]),
              st.integers(0, 900)),
)  # fmt: skip
ACTIONS = st.one_of(
    st.builds(lambda label: Action("x", label, token="t" * 24), LABELS),
    st.builds(lambda label, url: Action("x", label, url=f"https://e.org/{url}"), LABELS, LABELS),
    st.builds(lambda label: Action("x", label, url="tel:119"), LABELS),
)
CARDS = st.builds(
    Card,
    key=st.just("k"),
    title=st.text(READABLE, min_size=1, max_size=80).filter(str.strip),
    summary=TEXTS,
    fields=st.lists(st.builds(Field, LABELS, TEXTS), max_size=12).map(tuple),
    actions=st.lists(ACTIONS, max_size=14).map(tuple),
    tone=st.sampled_from(["danger", "warning", "success", "info", "neutral"]),
)
RELAXED = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)


@RELAXED
@given(CARDS, st.sampled_from(LANGUAGES), st.sampled_from(["service", "miniprogram"]))
def test_no_card_breaks_a_limit(card: Card, lang: str, kind: str) -> None:
    """The fake takes every one of them, and the rest is nothing that was shown."""

    async def story() -> dict[str, Any]:
        stage = Stage(kind)
        await stage.fake.phone("o1").says("你好")
        receipt = await stage.sends(card, lang=lang)
        assert not stage.fake.refusals
        return receipt

    receipt = asyncio.run(story())
    assert set(receipt) <= {"rest"}
    assert receipt.get("rest", "x")


@RELAXED
@given(st.lists(CARDS, min_size=1, max_size=3), st.sampled_from(LANGUAGES))
def test_no_reply_breaks_a_limit(cards: list[Card], lang: str) -> None:
    """Several cards in one passive reply stay within 2048 bytes of sound XML."""
    text, _ = answer(cards, Translator(lang))
    xml = passive(text, to="o1", by="gh", now=utcnow())
    assert passive_text(PLAIN, xml.encode(), to="o1", by="gh").strip()


PLACES = st.lists(
    st.sampled_from(
        ["thing", "time", "date", "phrase", "character_string", "name", "number", "letter", "const"]
    ),
    min_size=1,
    max_size=6,
)


@RELAXED
@given(CARDS, PLACES)
def test_no_notice_breaks_a_field(card: Card, kinds: list[str]) -> None:
    """Each keyword has the form that WeChat demands of its kind (47003)."""
    content = "\n".join(f"标签{n}:{{{{{kind}{n}.DATA}}}}" for n, kind in enumerate(kinds, 1))
    check_template(content, filled(content, card, "01999c8f-r-1"))


def test_keywords_are_read_from_the_templates_text() -> None:
    """With a label or without, with either colon."""
    found = keywords("{{thing1.DATA}} 报警地点：{{thing2.DATA}}\n时间: {{ time3.DATA }}")
    assert [(one.label, one.kind, one.name) for one in found] == [
        ("", "thing", "thing1"),
        ("报警地点", "thing", "thing2"),
        ("时间", "time", "time3"),
    ]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_menu_can_be_clicked(role: Role, lang: str) -> None:
    """Real cards of the house come as entries, none of them cut."""
    if role not in guide._MENUS:
        return
    t = Translator(lang)
    for card in (guide.menu(role, t), talk.strange("video", t)):
        clickable = card.with_tokens([f"{n:024}" for n in range(len(card.actions))])
        payload, rest = customer_message(clickable, t, menus=True)
        assert len(payload["msgmenu"]["list"]) == len(card.actions)
        assert not rest
