"""Chinese for people stands in locales/ only; what else is Chinese in code has its reason here."""

import ast
from collections.abc import Iterator

import pytest

from tests.repo.house import CHINESE, ROOT, docstrings, modules, name_of, text_of, tree, web_files

CODE = r"\s*(?:核销|兑换码?|确认|码|code|redeem|confirm)?[\s:：是]*(?:\d[ -]?){5}\d\s*"
BYE = r"再见|拜拜|晚安|下次|没事了|\bbye|goodbye"
GIVEN_UP = r"取消|撤销|退回|退给|退我|不想?要?换|不兑|不想兑|不要兑|cancel|give .* back|any more|changed my mind"
REFUSED = r"(不|看不懂|不认识|不会|不要|怎么都?是|变成|don't|not)[^，,]{0,6}$"
LOOKED = r"谁.{0,6}(看|查|翻|动)|\bwho\b.{0,24}\b(look|see|seen|saw|view|access|check|read)"
# Chinese in a string of the code, and why it may stand there.
TOLERATED = {
    ("services/language/commands.py", "一"): "numerals that people answer with",
    ("services/language/commands.py", "二两"): "same",
    ("services/language/commands.py", "三"): "same",
    ("services/language/commands.py", "四"): "same",
    ("services/language/commands.py", "五"): "same",
    ("services/language/commands.py", "六"): "same",
    ("services/language/commands.py", "第"): "what surrounds a numeral",
    ("services/language/commands.py", "个"): "same",
    ("services/language/commands.py", "、"): "same",
    ("services/language/commands.py", "。.!！?？,，~"): "what closes a sentence that is read",
    ("services/workers.py", "、"): "between the grids of a worker, in every language",
    ("core/card.py", "："): "between label and value of the fallback text, in every language",
    ("services/tickets/places.py", "；"): "between the homes of one place, in every language",
    ("services/points/codes.py", CODE): "what surrounds a code that is read",
    ("services/shops/search.py", "开着"): "asks for what is open now",
    ("services/shops/search.py", "还开"): "same",
    ("services/shops/search.py", "开门的"): "same",
    ("services/shops/search.py", "营业的"): "same",
    ("services/shops/search.py", "现在开"): "same",
    ("services/shops/search.py", "没关门"): "same",
    (
        "handlers/accounts.py",
        r"\s*(绑定|关联|邀请码|link|invitation)?[\s:：]*(\d(?:[ -]?\d){7})\s*",
    ): "recognises a code that joins accounts",
    ("handlers/guide.py", "谢|辛苦|感谢|thank"): "recognises thanks",
    ("handlers/guide.py", BYE): "recognises goodbyes",
    ("handlers/guide.py", "英|外语|english"): "recognises the language that is asked for",
    ("handlers/guide.py", "中文|汉语|普通话|chinese|mandarin"): "same",
    ("handlers/guide.py", REFUSED): "recognises the language that somebody can't read",
    **{
        ("ops/say.py", said): "warms the caches before the first line; shown to nobody"
        for said in ("转人工", "附近有没有药店", "我的积分", "有什么活动", "你好")
    },
    ("handlers/privacy.py", LOOKED): "recognises who asks who looked",
    ("handlers/redeem.py", GIVEN_UP): "recognises who does not want it any more",
    ("handlers/redeem.py", "码"): "recognises who asks for the code in hand",
    ("handlers/people.py", "接单"): "a worker's command, which is not passed on to the resident",
    ("handlers/people.py", "到场"): "same",
    ("handlers/people.py", "处置完成"): "same",
    ("handlers/people.py", "帮助"): "same",
    ("handlers/people.py", "菜单"): "same",
    ("ops/fakes/wecom_phone.py", "（已点）"): "what a phone shows beside a button that was pressed",
    ("channels/wechat/render.py", "＜"): "stands for <, which would begin a link on a phone",
    ("ops/fakes/wechat_push.py", "该公众号提供的服务出现故障，请稍后再试"): "WeChat's own words",
    (
        "services/imports/reports.py",
        "问题",
    ): "the header of the faults in a file whose headers are so",
    ("services/imports/reports.py", "："): "between column and fault in that file",
    ("services/imports/reports.py", "；"): "between the faults in that file",
}
# Modules that read what people write: their tables and patterns are Chinese throughout. They
# say nothing themselves, which is tested below.
READERS = {
    "services/activities/days.py": "days as people name them",
    "services/language/dates.py": "numerals, days, and the words around them",
    "services/language/emergency.py": "clauses and questions within words of danger",
    "services/language/features.py": "numbers of houses, which mean nothing to the model",
    "services/language/limits.py": "how operators word a limit of a vital sign",
    "services/language/shop_faults.py": "how neighbours say that a shop is gone",
    "services/language/silencing.py": "how workers ask for a silence or a test, and for how long",
    "services/language/slots.py": "numerals, measures, days and the words around a name",
    "services/language/written.py": "the range of Han characters",
    "services/shops/hours_text.py": "opening hours as people write them",
    "services/imports/cells.py": "spellings of days, times and datums",
    "services/imports/doors.py": "numerals and the words around the number of a door",
    "services/imports/words.py": "brackets, and what parts the words of a cell",
    "services/shops/imports.py": "what parts the telephones and tags of a cell",
    "services/people/spoken.py": "flats, relations and commands as people say them",
    "services/sound.py": "the range of Han characters",
    "services/shops/taxonomy.py": "endings of a category's name",
}
# What a reader must not have at hand: whatever makes an answer of words.
SPEAKERS = ("cards", "channels", "handlers", "core.act", "core.card", "core.i18n", "core.errors")
TOLERATED_IN_PAGES = {
    ("web/chat/attention.js", "。"): "a pause between two sentences that are read aloud",
}
INVENTED = ("ops/seed/", "ops/bench/", "ops/sim/")  # people and places of no installation


def test_chinese_stands_in_locales_alone() -> None:
    """Words for people are not written in code; comments and docstrings may name things."""
    found = {one for one in chinese_of_python() if one[0] not in READERS}
    assert found - TOLERATED.keys() == set()
    assert TOLERATED.keys() - found == set(), "tolerated, but not there any more"


def test_a_reader_reads() -> None:
    """A module that may hold Chinese at all has some."""
    assert READERS.keys() <= {name for name, _ in chinese_of_python()}


@pytest.mark.parametrize("name", READERS)
def test_a_reader_says_nothing(name: str) -> None:
    """It makes no answer, and its Chinese is neither raised nor filled in and returned."""
    module = tree(ROOT / name)
    imported = {
        one
        for node in ast.walk(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for one in ([node.module or ""] if isinstance(node, ast.ImportFrom) else
                    [alias.name for alias in node.names])
    }  # fmt: skip
    assert not [one for one in imported if one.startswith(SPEAKERS)]
    said = [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Raise)
        or (isinstance(node, ast.Return) and isinstance(node.value, ast.JoinedStr))
    ]
    texts = [text_of(one) or "" for node in said for one in ast.walk(node)]
    assert not [text for text in texts if CHINESE.search(text)]


def chinese_of_python() -> Iterator[tuple[str, str]]:
    """Yield each string literal with Chinese in it that is no docstring."""
    for path in modules():
        if name_of(path).startswith(INVENTED):
            continue
        documented = docstrings(path)
        for node in ast.walk(tree(path)):
            text = text_of(node)
            if text is not None and id(node) not in documented and CHINESE.search(text):
                yield name_of(path), text.strip()


def test_no_chinese_in_the_pages() -> None:
    """The pages get every word from /api/words."""
    found = {
        (name_of(path), chinese)
        for path in web_files()
        for line in path.read_text("utf-8").splitlines()
        for chinese in CHINESE.findall(line)
        if not line.lstrip().startswith(("//", "*", "/*"))
    }
    assert found - TOLERATED_IN_PAGES.keys() == set()
    assert TOLERATED_IN_PAGES.keys() - found == set(), "tolerated, but not there any more"
