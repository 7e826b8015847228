"""Distances, links to maps, and what a question is about."""

import json
import subprocess
import sys
from random import Random
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import numpy as np
import pytest

from models import Datum
from ops.seed.shops import invented
from services.language.features import folded
from services.shops import index, links, match
from services.shops.distance import Point, straight_m, straight_to_all, to_gcj02, to_wgs84, walk_s
from services.shops.taxonomy import categories, plain, resolve
from services.sound import read_as_word

HERE = Point(120.06, 31.72)


def test_metres_here() -> None:
    """A thousandth of a degree is 111 m north and 95 m east of here; an array says the same."""
    north, east = Point(120.06, 31.721), Point(120.061, 31.72)
    assert straight_m(HERE, north) == pytest.approx(111.2, abs=0.2)
    assert straight_m(HERE, east) == pytest.approx(94.6, abs=0.3)
    many = straight_to_all(HERE, np.array([120.06, 120.061]), np.array([31.721, 31.72]))
    assert many == pytest.approx([straight_m(HERE, north), straight_m(HERE, east)])
    assert walk_s(100) == 140


@pytest.mark.parametrize("datum", list(Datum))
def test_the_datum_matters(datum: Datum) -> None:
    """Converted, a place is where it was; unconverted it is half a kilometre off."""
    shifted = to_gcj02(HERE)
    assert 400 < straight_m(HERE, shifted) < 600
    back = to_wgs84(shifted.lon, shifted.lat, Datum.GCJ02)
    assert straight_m(HERE, back) < 2
    assert to_wgs84(HERE.lon, HERE.lat, Datum.WGS84) == HERE
    assert (straight_m(HERE, to_wgs84(HERE.lon, HERE.lat, datum)) > 400) is (datum != "wgs84")


def test_links_point_at_the_door_in_the_maps_datum() -> None:
    """Tencent wants latitude first, Amap longitude; a name cannot break out of its place."""
    made = links.walking("老李,修鞋&铺", HERE)
    end = to_gcj02(HERE)
    tencent = parse_qs(urlsplit(made["tencent"]).query)
    assert tencent["tocoord"] == [f"{end.lat:.6f},{end.lon:.6f}"]
    assert (tencent["type"], tencent["coord_type"], tencent["to"]) == (
        ["walk"],
        ["2"],
        ["老李,修鞋&铺"],
    )
    amap = parse_qs(urlsplit(made["amap"]).query)
    assert amap["to"] == [f"{end.lon:.6f},{end.lat:.6f},老李 修鞋&铺"]
    assert amap["mode"] == ["walk"]
    assert links.dial("0519-8800 0001") == "tel:051988000001"


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("附近有没有修鞋的", "shoe_repair"),
        ("鞋子修一下", "shoe_repair"),
        ("买要", "pharmacy"),  # 买药 as dictation spells it
        ("银航", "bank"),  # 行 is hang in 银行
        ("药", "pharmacy"),
        ("复印户口本", "copy_shop"),
    ],
)
def test_a_question_names_its_category(question: str, code: str) -> None:
    """By words, across light words, by sound, by a single character."""
    assert code in [one.code for one in match.guesses(question)]


@pytest.mark.parametrize("text", ["今天天气怎么样", "我要投诉", "", "谢谢你啊", "12345"])
def test_what_is_no_shop_stays_none(text: str) -> None:
    """Other talk is not bent into a shop."""
    assert match.guesses(text) == []


def test_written_beats_sounding_alike() -> None:
    """A homophone finds its category and never beats the one that was written."""
    assert match.guesses("茶叶")[0].code == "tea"
    assert match.guesses("理发店")[0].share > match.guesses("里发店")[0].share


def test_every_category_can_be_named() -> None:
    """Each is found by its own name, its code and all its words; no word belongs to two."""
    seen: dict[str, str] = {}
    for code, one in categories().items():
        assert resolve(one.zh) == resolve(code) == code
        for word in one.words:
            assert seen.setdefault(plain(word), code) == code, word
            assert code in [guess.code for guess in match.guesses(word)], word
    assert resolve("网红打卡地") is None
    assert resolve("五金日杂店") == "hardware"


def test_the_demo_has_every_category() -> None:
    """Around 160 invented shops, the merchant's among them, all with readable places."""
    shops = list(invented(Random(1)))
    assert {one["category"] for one in shops} == set(categories())
    assert 150 <= len(shops) <= 180
    assert "老李修鞋铺" in [one["name"] for one in shops]
    assert len({(one["name"], one["address"]) for one in shops}) == len(shops)
    assert max(straight_m(HERE, Point(one["lon"], one["lat"])) for one in shops) < 700


def test_a_name_is_found_under_noise() -> None:
    """老里修协铺 is 老李修鞋铺, also among many."""
    names = ["老李修鞋铺", *(f"{one}记百货" for one in "赵钱孙李周吴郑王冯陈")]
    rows = [
        SimpleNamespace(id=uuid4(), name=name, category="convenience", lon=120.06, lat=31.72,
                        walk_s=None, hours=None, tags=[])
        for name in names
    ]  # fmt: skip
    built = index.build(uuid4(), rows)
    assert built.names[built.called("老里修协铺", least=0.6)[0][0]] == "老李修鞋铺"
    assert built.called("云南过桥米线", least=0.6) == []


def test_words_read_as_a_dictionary_of_phrases_has_them() -> None:
    """In a process of its own, since the phrases take 55 MB that nothing of ours may load."""
    code = (
        "import json, sys; from pypinyin import lazy_pinyin;"
        "print(json.dumps([lazy_pinyin(word) for word in json.load(sys.stdin)]))"
    )
    words = [
        word for one in categories().values() for word in map(plain, one.words)
        if all("\u3400" <= char <= "\u9fff" for char in word)
    ]  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], input=json.dumps(words), check=True, capture_output=True,
        text=True, env={},
    )  # fmt: skip
    for word, sounds in zip(words, json.loads(done.stdout), strict=True):
        assert read_as_word(word) == tuple(map(folded, sounds)), word


def test_the_phrases_are_not_loaded() -> None:
    """Neither by whoever looks for a shop nor by whoever looks for a person."""
    code = "import handlers.routes, pypinyin.constants as c;raise SystemExit(len(c.PHRASES_DICT))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
