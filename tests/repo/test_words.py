"""Words stand in locales/ only, in both languages, with equal arguments, and each is used."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

from bot.routes.pages import page_words
from core.actor import Role
from core.i18n import LANGUAGES, LOCALES
from models import Happened, HomeUse, Status
from services.tickets.answer import Found, Seen
from tests.repo.house import (
    CHINESE,
    ROOT,
    at,
    called,
    calls,
    docstrings,
    files,
    modules,
    name_of,
    text_of,
    tree,
)

HOLE = "[a-z0-9_]+"


def data(name: str) -> Any:
    """Read one of the YAML files of data/."""
    return yaml.safe_load((ROOT / "data" / name).read_text("utf-8"))


def groups() -> set[str]:
    """Name the groups that residents of the demo may belong to."""
    people = data("demo/people.yaml")
    return {group for chances in people["groups"].values() for group in chances} | set(
        people["personas"]["elder"]["groups"]
    )


# What may stand in the hole of f"what-{…}" and the like.
FAMILIES: dict[str, set[str]] = {
    "what-": {rule["key"] for rule in data("rules.yaml")} | {"unregistered", "unreadable"},
    "status-": set(Status),
    "state-": {"normal", "alarm", "handled", "offline"},
    "found-": set(Found),
    "seen-": set(Seen),
    "event-": set(Happened),
    "use-": set(HomeUse),
    "menu-": set(Role),
    "group-": groups(),
    "resolve-ask-": {"found", "seen", "note"},
}
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
}
TOLERATED_IN_PAGES = {
    ("web/chat/attention.js", "。"): "a pause between two sentences that are read aloud",
}
INVENTED = ("ops/seed/", "ops/bench/", "ops/sim/")  # people and places of no installation
PYTHON_WORDS = {"t", "UserError"}


@dataclass(frozen=True, slots=True)
class Use:
    """A key, or the pattern of several, that code asks for, with the arguments it gives."""

    place: str
    key: re.Pattern[str]
    given: frozenset[str] | None  # None: more than can be read here


class Arguments(Visitor):
    """Collects the variables of a message."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802
        """Take a name."""
        self.names.add(node.id.name)


@cache
def messages(lang: str) -> dict[str, frozenset[str]]:
    """Map each key of a language to its arguments."""
    found: dict[str, frozenset[str]] = {}
    for path in sorted((LOCALES / lang).glob("*.ftl")):
        for entry in FluentParser().parse(path.read_text("utf-8")).body:
            assert not isinstance(entry, ftl.Junk), f"{path.name}: {entry.content}"
            if isinstance(entry, ftl.Message):
                assert entry.id.name not in found, f"{entry.id.name} stands twice"
                collected = Arguments()
                collected.visit(entry)
                found[entry.id.name] = frozenset(collected.names)
    return found


# --- what the code asks for ---------------------------------------------------------------


def patterns(node: ast.expr, scope: ast.AST, module: ast.Module) -> list[str] | None:
    """Read the keys that an expression may be, as regular expressions; None if it can't be read.

    A name is followed to what it is set to within its function, and a parameter to what the
    module passes for it.
    """
    if (text := text_of(node)) is not None:
        return [re.escape(text)]
    if isinstance(node, ast.JoinedStr):
        parts = [re.escape(text) if (text := text_of(one)) else HOLE for one in node.values]
        return ["".join(parts)]
    if isinstance(node, ast.IfExp):
        return _all([node.body, node.orelse], scope, module)
    if isinstance(node, ast.Call):  # {…}.get(status, "fallback")
        return _all([*_dict_values(node), *node.args[1:]], scope, module)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict):
        return _all(node.value.values, scope, module)
    if isinstance(node, ast.Name):
        return _all(_set_to(node.id, scope, module), scope, module)
    if isinstance(node, ast.Attribute) and node.attr == "key":
        return []  # the key of a UserError, which is read where that is raised
    return None


def _all(nodes: list[ast.expr], scope: ast.AST, module: ast.Module) -> list[str] | None:
    found = [patterns(node, scope, module) for node in nodes]
    if not found or None in found:
        return None
    return [one for some in found if some is not None for one in some]


def _dict_values(call: ast.Call) -> list[ast.expr]:
    where = call.func.value if isinstance(call.func, ast.Attribute) else None
    return list(where.values) if isinstance(where, ast.Dict) else []


def _set_to(name: str, scope: ast.AST, module: ast.Module) -> list[ast.expr]:
    found = [
        node.value
        for node in ast.walk(scope)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]
    return found or [
        word.value
        for call in ast.walk(module)
        if isinstance(call, ast.Call)
        for word in call.keywords
        if word.arg == name
    ]


def says_words(call: ast.Call) -> bool:
    """Tell calls of a translator (t, ctx.t, self._t, words_of(…)) and UserError from others."""
    if isinstance(call.func, ast.Call):
        return called(call.func) == "words_of"
    return called(call).lstrip("_") in PYTHON_WORDS and bool(call.args)


@cache
def python_uses() -> tuple[Use, ...]:
    """Collect what the Python modules ask for."""
    found: list[Use] = []
    for path in modules():
        module = tree(path)
        functions = [
            node
            for node in ast.walk(module)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        for call in calls(path):
            if not says_words(call):
                continue
            around = [f for f in functions if f.lineno <= call.lineno <= (f.end_lineno or 0)]
            scope: ast.AST = max(around, key=lambda f: f.lineno) if around else module
            keys = patterns(call.args[0], scope, module)
            assert keys is not None, f"{at(path, call)}: this key can't be followed"
            given = {word.arg for word in call.keywords if word.arg} - {"status"}
            starred = any(word.arg is None for word in call.keywords)
            for key in keys:
                whole = None if starred else frozenset(given)
                found.append(Use(at(path, call), re.compile(key), whole))
    return tuple(found)


JS_CALL = re.compile(r'\bt\("(?P<key>[\w-]+)"(?:,\s*\{(?P<given>[^{}]*)\})?\)')
WEB_KEY = re.compile(r'"(web-[\w-]+)"')


@cache
def web_files() -> tuple[Path, ...]:
    """List the pages and their modules."""
    return tuple(path for path in files(".js", ".html") if path.is_relative_to(ROOT / "web"))


@cache
def web_uses() -> tuple[Use, ...]:
    """Collect what the pages ask for, the arguments too where they are written out."""
    found: list[Use] = []
    for path in web_files():
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            place = f"{name_of(path)}:{number}"
            found += [Use(place, re.compile(re.escape(key)), None) for key in WEB_KEY.findall(line)]
            for call in JS_CALL.finditer(line):
                written = call["given"] or ""
                parts = [part.partition(":")[0].strip() for part in written.split(",")]
                whole = None if "..." in written else frozenset(filter(None, parts))
                found.append(Use(place, re.compile(re.escape(call["key"])), whole))
    return tuple(found)


def family(use: Use) -> str | None:
    """Return the prefix of a use such as f"what-{…}", None for any other."""
    prefix = use.key.pattern.removesuffix(HOLE).replace("\\", "")
    return prefix if use.key.pattern == re.escape(prefix) + HOLE else None


def members(use: Use) -> Iterator[str]:
    """Name the keys of zh-CN that a use may mean."""
    prefix = family(use)
    named = {f"{prefix}{name}" for name in FAMILIES.get(prefix or "", ())}
    for key in messages(LANGUAGES[0]):
        if key in named if prefix else use.key.fullmatch(key):
            yield key


# --- the tests ----------------------------------------------------------------------------


def test_both_languages_have_the_same_keys() -> None:
    """English is complete."""
    first, second = (set(messages(lang)) for lang in LANGUAGES)
    assert first ^ second == set()


def test_both_languages_have_the_same_files() -> None:
    """One file per subject, in each language."""
    first, second = ({path.name for path in (LOCALES / lang).glob("*")} for lang in LANGUAGES)
    assert first == second


def test_both_languages_take_the_same_arguments() -> None:
    """What one language says of a name or a number, the other says too."""
    first, second = (messages(lang) for lang in LANGUAGES)
    assert {key for key in first if first[key] != second.get(key, first[key])} == set()


@pytest.mark.parametrize("uses", [python_uses, web_uses], ids=["python", "web"])
def test_every_word_that_is_asked_for_exists(uses: object) -> None:
    """A missing key would show itself instead of a sentence."""
    assert callable(uses)
    assert not [f"{use.place} {use.key.pattern}" for use in uses() if not any(members(use))]


@pytest.mark.parametrize("uses", [python_uses, web_uses], ids=["python", "web"])
def test_every_word_gets_its_arguments(uses: object) -> None:
    """A missing argument would show its own name."""
    assert callable(uses)
    lacking = [
        f"{use.place} {key} wants {sorted(messages(LANGUAGES[0])[key] - use.given)}"
        for use in uses()
        if use.given is not None
        for key in members(use)
        if messages(LANGUAGES[0])[key] - use.given
    ]
    assert not lacking


@pytest.mark.parametrize("prefix", FAMILIES)
def test_every_member_of_a_family_has_words(prefix: str) -> None:
    """A new rule, state or event without words would be found by the first person it reaches."""
    assert {key for name in FAMILIES[prefix] if (key := f"{prefix}{name}") not in messages("en")} \
        == set()  # fmt: skip


def test_every_family_is_known() -> None:
    """What may stand in the hole of an f-string is listed above, and nothing else is."""
    assert {prefix for use in python_uses() if (prefix := family(use))} == FAMILIES.keys()


def test_no_word_is_unused() -> None:
    """Words nobody asks for are translated in vain."""
    used = {key for use in (*python_uses(), *web_uses()) for key in members(use)}
    assert set(messages(LANGUAGES[0])) - used == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_pages_words_are_plain(lang: str) -> None:
    """The pages fill `{ $name }` by themselves and know no more of Fluent."""
    ours = {key for key in messages(lang) if key.startswith("web-")}
    assert page_words(lang).keys() == ours


def test_chinese_stands_in_locales_alone() -> None:
    """Words for people are not written in code; comments and docstrings may name things."""
    found = set(chinese_of_python())
    assert found - TOLERATED.keys() == set()
    assert TOLERATED.keys() - found == set(), "tolerated, but not there any more"


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
