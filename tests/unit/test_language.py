"""Understanding: numbers, rules, slots, and the model on utterances that it never saw."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pypinyin import lazy_pinyin

from core.actor import Role
from ops.bench.heldout import held_out, quality
from services.language import corpus, understand
from services.language.commands import number_of
from services.language.features import Featurizer, Lexicon, folded
from services.language.fit import sounds
from services.language.intents import ALL, of_roles
from services.language.kinds import kinds_of
from services.language.names import activity_in, reward_in
from services.language.slots import slots_of
from services.language.written import is_english

_ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("text", ["1", "１", "一", "第一个", "1.", " 1 "])
def test_a_number_is_a_number_in_every_writing(text: str) -> None:
    """People answer with 1, １, 一, 第一个."""
    assert number_of(text) == 1


@pytest.mark.parametrize("intent", ALL)
def test_every_intent_has_training_lines(intent: str) -> None:
    """At least thirty that differ, and at least eight in English."""
    lines = corpus.lines(intent)
    assert len(lines) == len(set(lines)) >= 30
    assert sum(line.isascii() for line in lines) >= 8


def test_held_out_utterances_are_understood() -> None:
    """The floors lie a little under what `ops bench say` measured."""
    shares = quality(held_out(sounds()))
    assert shares["clean"] >= 0.93
    assert shares["noisy"] >= 0.9
    assert shares["choices"] >= 0.98
    assert shares["human"] == shares["emergency"] == 1
    assert shares["false_emergencies"] <= 0.01
    assert shares["out_of_scope_admitted"] <= 0.05


def test_held_out_utterances_are_no_training_lines() -> None:
    """A copy would only prove that the model remembers."""
    known = {line for _, line in corpus.utterances()} | set(corpus.lines(corpus.OUT_OF_SCOPE))
    held = held_out({})
    assert not known & {case.text for case in held.cases}
    assert not known & set(held.out_of_scope)


@pytest.mark.parametrize(
    ("role", "text", "intent"),
    [
        (Role.RESIDENT, "转任工", "human"),
        (Role.WORKER, "我要人工", "human"),
        (Role.RESIDENT, "我家着火了", "emergency"),
        (Role.RESIDENT, "着火了怎么办", "emergency"),
        (Role.RESIDENT, "如果着火了怎么办", "unknown"),
        (Role.RESIDENT, "今天天气怎么样", "unknown"),
        (Role.RESIDENT, "今天天气真好", "smalltalk"),
        (Role.WORKER, "设备状态", "device_status"),
        (Role.FAMILY, "设备状态", "elder_status"),
        (Role.MERCHANT, "482913", "confirm_redemption"),
        (Role.ELDER, "妈妈去南京三天", "set_away"),
        (Role.RESIDENT, "人工智能是什么", "unknown"),
    ],
)
def test_the_role_decides_what_words_can_mean(role: Role, text: str, intent: str) -> None:
    """The same words mean another thing to a worker; danger and a person always count."""
    assert understand(text, role).intent == intent


def test_choices_are_three_that_the_person_has() -> None:
    """Below the gate there are guesses, best first, and never a refusal."""
    found = understand("秦始皇的陵墓在哪个省", Role.MERCHANT)
    assert found.intent == "unknown"
    assert 0 <= found.confidence < 0.5
    assert len(set(found.choices)) == 3
    assert set(found.choices) <= set(of_roles(Role.MERCHANT))


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("现在还开着的药店", {"category": "pharmacy", "open_now": True}),
        ("第二个活动我参加", {"ordinal": 2}),
        ("周六下午的书法班给我报名", {"name": "书法班", "when": "周六 下午"}),
        ("我要换两袋大米", {"quantity": 2, "reward": "大米"}),
        ("妈妈去南京三天", {"days": 3}),
        ("路灯坏了", {"text": "路灯坏了"}),
    ],
)
def test_slots_hold_what_the_text_says(text: str, slots: dict[str, object]) -> None:
    """Kinds of shops, ordinals, quantities, times, names."""
    found = understand(text, Role.RESIDENT).slots
    assert slots.items() <= found.items()


def test_names_are_cut_out_by_whole_words() -> None:
    """花露水 keeps its 花 and 听力讲座 its 听; by single characters it was 14 of these 37."""
    table = yaml.safe_load((_ROOT / "tests" / "sentences" / "slots.yaml").read_text("utf-8"))
    asked = [(intent, text, name) for intent, one in table.items() for text, name in one.items()]
    wrong = [
        (text, found)
        for intent, text, name in asked
        if name not in (found := slots_of(intent, text)).values()
    ]
    assert len(wrong) <= len(asked) // 9, wrong


def test_a_deed_without_a_name_names_nothing() -> None:
    """Then the person is shown the list."""
    assert reward_in("我想用积分兑换一下") == ""
    assert activity_in("帮我报名") == ""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("where can I buy medicine", "pharmacy"),
        ("a place to fix my old shoes", "shoe_repair"),
        ("I want to buy new shoes", "shoes"),
        ("which shop sells soy sauce", "convenience"),
        ("anywhere to get keys copied", "locksmith"),
        ("hello there", None),
    ],
)
def test_english_names_kinds_of_shops(text: str, kind: str | None) -> None:
    """The longest phrase of data/taxonomy.yaml wins, its words may stand apart."""
    assert next(iter(kinds_of(text)), None) == kind


@pytest.mark.parametrize(
    "text",
    [
        "does the hairdresser open on Sunday",
        "who repairs air conditioners",
        "tailor's phone number",
    ],
)
def test_an_english_need_is_understood_without_where(text: str) -> None:
    """People ask by the trade and the deed, and seldom say "shop"."""
    assert understand(text, Role.RESIDENT).intent == "find_shop"


@pytest.mark.parametrize("text", ["家里真冷", "外面雨下大了", "屋里好热", "it's cold again today"])
def test_the_weather_is_chatter(text: str) -> None:
    """Who is cold at home asks after no device and reports nothing broken."""
    assert understand(text, Role.FAMILY).intent == "smalltalk"


def test_every_kind_of_shop_has_english_words() -> None:
    """A kind without them could not be asked for in English."""
    assert all(len(phrases) > 1 for phrases in corpus.english().values())


@pytest.mark.parametrize(
    ("text", "english"),
    [("where is the pharmacy", True), ("ok", False), ("我要WIFI密码", False), ("points", True)],
)
def test_english_is_known_by_its_letters(text: str, english: bool) -> None:  # noqa: FBT001
    """A word or two within Chinese are no English message."""
    assert is_english(text) is english


def test_sounds_fold_the_local_accent() -> None:
    """Syllables of pypinyin, with zh/z, n/l and ng/n as one."""
    assert [folded(one) for one in lazy_pinyin("转人工")] == ["zuan", "ren", "gon"]
    assert folded("neng") == folded("len")


@pytest.mark.parametrize(("one", "other"), [("药店", "银行"), ("pharmacy", "bank")])
def test_words_of_a_class_look_alike_to_the_model(one: str, other: str) -> None:
    """In both languages, so that what was learnt of one kind of shop holds for all."""
    lexicon = Lexicon.made({"shop": (one, other)}, {})
    seen = [set(Featurizer({}, lexicon)(word)[0].tolist()) for word in (one, other)]
    apart = [set(Featurizer({}, Lexicon({}, {}))(word)[0].tolist()) for word in (one, other)]
    assert len(seen[0] & seen[1]) > len(apart[0] & apart[1])


def test_serving_needs_neither_scikit_learn_nor_pypinyin() -> None:
    """They cost start and memory, so only the child process that fits imports them."""
    understand("你好", Role.RESIDENT)  # fitted by now, if it was not
    code = (
        "import sys; from pathlib import Path; from core.actor import Role;"
        "from services import language;"
        f"language.use_folder(Path({str(_ROOT / '.pytest_cache' / 'language')!r}));"
        "language.understand('药店', Role.RESIDENT);"
        "print({'sklearn', 'scipy', 'pypinyin', 'jieba', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=_ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "set()"
