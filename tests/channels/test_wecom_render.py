"""Cards on WeChat Work: whatever the card, no limit is broken and no word is lost."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.wecom.render import Rendered, template_card, text_message
from channels.wecom.rules import cut, paged, shortened, width
from core.card import Action, Card, Field, Style
from core.i18n import LANGUAGES, Translator
from core.ports import Outgoing
from ops.fakes.wecom_rules import LIMITS, TEXT_BYTES, fault, found
from tests.channels.wecom import TOKEN, alarm, buttons, outgoing
from tests.world import World

STYLES: tuple[Style, ...] = ("primary", "danger", "default")
SNAPSHOTS = Path(__file__).parent / "snapshots" / "wecom.json"

words = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_categories=["Cs"]),
        st.sampled_from("救命燃气报警🔥👨‍👩‍👧\n ：，。aW1"),
    ),
    max_size=60,
)
long_words = st.one_of(words, st.lists(words, max_size=20).map("".join))


@st.composite
def some_actions(draw: st.DrawFn) -> tuple[Action, ...]:
    """Draw any number of buttons, links and numbers, in any order."""
    made = []
    for place in range(draw(st.integers(0, 15))):
        kind = draw(st.sampled_from(["token", "token", "token", "link", "long link", "dial"]))
        url = {
            "token": None,
            "link": "https://map.test/1",
            "long link": "https://map.test/" + "x" * 1200,
            "dial": "tel:051988880000",
        }[kind]
        style = draw(st.sampled_from(STYLES))
        token = TOKEN.format(place) if url is None else None
        made.append(Action(f"a{place}", draw(words), style, token=token, url=url))
    return tuple(made)


some_cards = st.builds(
    Card,
    key=st.just("ticket:1"),
    title=long_words,
    summary=long_words,
    fields=st.lists(st.builds(Field, words, long_words), max_size=12).map(tuple),
    actions=some_actions(),
    tone=st.sampled_from(["danger", "warning", "success", "info", "neutral"]),
)


def drawn(message: Outgoing) -> Rendered:
    """Render as the channel does."""
    has_buttons = any(one.token for one in message.card.actions)
    return template_card(message) if has_buttons else text_message(message)


def visible(shown: Rendered) -> str:
    """Collect every word that a person can read, at once or by reading on."""
    parts: list[str] = [shown.rest]

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            for inner in value.values():
                collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)
        elif isinstance(value, str):
            parts.append(value)

    collect(shown.body)
    return "\n".join(parts)


@settings(max_examples=150, deadline=None)
@given(
    card=some_cards, lang=st.sampled_from(LANGUAGES), link=st.sampled_from(["", "https://l.test"])
)
def test_no_card_breaks_a_limit(card: Card, lang: str, link: str) -> None:
    """Anything at all, sent and as an edit, against the vendor's own table."""
    message = Outgoing("WangFang", card, lang, "m1", link=link)
    shown = drawn(message)
    if shown.body["msgtype"] == "text":
        assert len(shown.body["text"]["content"].encode()) <= TEXT_BYTES
        assert template_card(message).card["replace_text"]
    else:
        assert fault(shown.card) == ""
    assert fault(template_card(message).card, update=True) == ""


def squeezed(text: str) -> str:
    """Leave out what breaks lines."""
    return re.sub(r"\s+", "", text)


@settings(max_examples=100, deadline=None)
@given(card=some_cards, lang=st.sampled_from(LANGUAGES))
def test_no_word_of_a_card_is_lost(card: Card, lang: str) -> None:
    """What is cut on a button or in a title stands in full in the text or in what is read on."""
    shown = drawn(Outgoing("WangFang", card, lang, "m1"))
    more = squeezed(Translator(lang)("text-read-on"))
    seen = squeezed(visible(shown)).replace(more, "")
    joined = seen + squeezed(shown.rest)
    for part in (card.title, card.summary, *(f.value for f in card.fields)):
        assert _stands(squeezed(part), joined, shown), part
    for action in card.actions:
        assert _stands(squeezed(action.label), joined, shown), action.label
        if (action.url or "").startswith("tel:"):
            assert "051988880000" in joined


def _stands(part: str, seen: str, shown: Rendered) -> bool:
    """Tell whether a text can be read, whole or divided between the page and the rest."""
    if part in seen:
        return True
    rest = squeezed(shown.rest)
    return any(
        part[:place] in seen and rest.startswith(part[place:]) for place in range(1, len(part))
    )


@settings(max_examples=100, deadline=None)
@given(text=long_words, limit=st.integers(12, 200))
def test_cutting_loses_nothing_and_stays_within(text: str, limit: int) -> None:
    """Page and rest make the text again; no piece is longer than allowed."""
    page, rest = paged(text, limit, "更多", always=False)
    assert width(page) <= max(limit, 0)
    if rest:
        head = page.removesuffix("更多").removesuffix("\n")
        assert squeezed(head + rest) == squeezed(text)
    assert width(cut(text, limit)) <= limit
    assert width(shortened(text, limit)) <= limit


@pytest.mark.parametrize(
    ("text", "wide"), [("", 0), ("报警", 2), ("ab", 1), ("报a警", 2.5), ("🔥", 1), ("，", 1)]
)
def test_a_zi_is_a_full_width_character(text: str, wide: float) -> None:
    """Two Latin letters take the room of one."""
    assert width(text) == wide


def test_the_checker_sees_a_broken_limit() -> None:
    """Each line of the vendor's table bites: a field one beyond its limit is refused."""
    many = template_card(outgoing(alarm(*(f"第{n}项" for n in range(8))))).card
    menu = template_card(outgoing(Card("say:1", "选", actions=buttons(*"一二三四五六七八")))).card
    plain = template_card(outgoing(alarm())).card
    grey = template_card(outgoing(alarm(actions=()))).card
    missed = []
    for path, most, unit in LIMITS:
        card = next((one for one in (plain, many, menu, grey) if any(found(one, path))), None)
        if card is None:
            missed.append(path)
            continue
        broken = orjson.loads(orjson.dumps(card))
        *way, last = path.split(".")
        inside: Any = broken
        for step in way:
            inside = inside[0] if step == "*" else inside[step]
        if unit == "items":
            inside[last] = inside[last] * (most + 1)
        else:
            inside[last] = ("警" if unit == "zi" else "a") * (most + 1)
        assert fault(card, update=True) == ""
        assert fault(broken, update=True), path
    assert missed == ["main_title.desc"]


CASES: dict[str, Outgoing] = {
    "alarm": outgoing(alarm("接单", "转派", "求助")),
    "alarm in English": outgoing(
        Card(
            "ticket:1",
            "Smoke alarm: building 3, flat 501",
            "Please accept and go there now.",
            (Field("Place", "Building 3, stair 2, flat 501"), Field("Resident", "Wang Jianguo")),
            buttons("Accept", "Hand over"),
            "danger",
        ),
        lang="en",
    ),
    "number and link": outgoing(
        alarm(
            actions=(
                *buttons("接单"),
                Action("call", "打给王芳", url="tel:13800000000"),
                Action("way", "怎么走", url="https://map.test/1"),
            )
        )
    ),
    "menu": outgoing(Card("say:menu", "您想做什么？", actions=buttons(*"一二三四五六七八"))),
    "many choices with fields": outgoing(alarm(*(f"第{n}项" for n in range(12)))),
    "text": outgoing(Card("say:1", "您有 120 分。", "可以换修鞋一次。")),
    "nothing to press": outgoing(alarm(actions=(), tone="success")),
}


@pytest.mark.parametrize("name", list(CASES))
def test_cards_look_as_they_were_seen_to_look(name: str) -> None:
    """The stored payloads; delete one and run the test with it to see what changed."""
    shown = template_card(CASES[name]) if name == "nothing to press" else drawn(CASES[name])
    stored = orjson.loads(SNAPSHOTS.read_bytes())
    assert orjson.loads(orjson.dumps({"rest": shown.rest, **shown.body})) == stored[name]


SAID = {
    "resident": (
        "菜单",
        "附近有没有药店",
        "有什么活动",
        "我的积分",
        "能换什么",
        "我要报修",
        "转人工",
        "救命",
    ),
    "worker": ("菜单", "我的工单", "在岗"),
    "elder": ("平安", "菜单"),
}


async def test_the_houses_own_cards_fit(world: World) -> None:
    """Real answers and a real alarm, to everyone who sees it, in both languages."""
    for who, all_said in SAID.items():
        for text in all_said:
            await world.person(who).says(text)
    await world.rings("smoke")
    await world.person("worker").clicks("ticket.ack")
    cards = [_card(one) for who in world.people for one in await world.person(who).cards()]
    assert any(any(one.token for one in card.actions) for card in cards)
    for card in cards:
        for lang in LANGUAGES:
            message = Outgoing("WangFang", card, lang, "m1")
            shown = drawn(message)
            if shown.body["msgtype"] == "template_card":
                assert fault(shown.card) == "", card.key
            assert fault(template_card(message).card, update=True) == "", card.key


def _card(public: dict[str, Any]) -> Card:
    """Read a card from what the web chat shows."""
    actions = [{**one, "args": {}} for one in public["actions"]]
    return Card.load({**public, "actions": actions})
