"""The words that the code and the pages ask for, read from their source."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from fluent.syntax import FluentParser
from fluent.syntax import ast as ftl
from fluent.syntax.visitor import Visitor

from core.i18n import LOCALES
from tests.repo.house import at, called, calls, modules, name_of, text_of, tree, web_files

HOLE = "[a-z0-9_]+"
PYTHON_WORDS = {"t", "UserError", "FieldErrors", "StaleError", "Fault", "Faulty", "Halted"}
KEY_AT = {"Fault": 3}  # where the key stands among the arguments, if not first

Function = ast.FunctionDef | ast.AsyncFunctionDef
Placed = tuple[ast.expr, ast.AST, ast.Module]  # an expression, its function, its module


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


def patterns(
    node: ast.expr, scope: ast.AST, module: ast.Module, seen: frozenset[int] = frozenset()
) -> list[str] | None:
    """Read the keys that an expression may be, as regular expressions; None if it can't be read.

    A name is followed to what it is set to within its function, a parameter to its default and
    to what its callers pass, a function of the module to what it returns. What leads back to
    itself (`seen`) adds nothing.
    """
    if id(node) in seen:
        return []
    seen |= {id(node)}
    if (text := text_of(node)) is not None:
        return [re.escape(text)]
    if isinstance(node, ast.JoinedStr):
        parts = [re.escape(text) if (text := text_of(one)) else HOLE for one in node.values]
        return ["".join(parts)]
    if isinstance(node, ast.IfExp):
        return _all([(one, scope, module) for one in (node.body, node.orelse)], seen)
    if isinstance(node, ast.Call):
        return _all(_answers(node, scope, module), seen)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict):
        return _all([(one, scope, module) for one in node.value.values], seen)
    if isinstance(node, ast.Name):
        return _all(_set_to(node.id, scope, module), seen)
    if isinstance(node, ast.Attribute) and node.attr == "key":
        return []  # the key of a UserError or a Fault, which is read where that is made
    return None


def _all(nodes: list[Placed], seen: frozenset[int]) -> list[str] | None:
    found = [patterns(*placed, seen) for placed in nodes]
    if not found or None in found:
        return None
    return [one for some in found if some is not None for one in some]


def _answers(call: ast.Call, scope: ast.AST, module: ast.Module) -> list[Placed]:
    """List what a call gives: a function's returns, or {…}.get(status, "fallback")."""
    if isinstance(call.func, ast.Name):
        return [
            (node.value, function, module)
            for function in functions_of(module)
            if function.name == call.func.id
            for node in ast.walk(function)
            if isinstance(node, ast.Return) and node.value is not None
        ]
    return [(one, scope, module) for one in (*_dict_values(call), *call.args[1:])]


def _dict_values(call: ast.Call) -> list[ast.expr]:
    where = call.func.value if isinstance(call.func, ast.Attribute) else None
    return list(where.values) if isinstance(where, ast.Dict) else []


def _set_to(name: str, scope: ast.AST, module: ast.Module) -> list[Placed]:
    """List what a name may stand for: what it is set to, else what is passed for it."""
    found: list[Placed] = [
        (node.value, scope, module)
        for node in ast.walk(scope)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]
    if found or not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
        return found
    return [*_default(name, scope), *_passed(name, scope)]


def _default(name: str, function: Function) -> list[Placed]:
    """Find a parameter's default; None is no key, and the code has to ask before it uses it."""
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    pairs = [
        *zip(reversed(plain), reversed(given.defaults), strict=False),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ]
    return [
        (value, function, module)
        for one, value in pairs
        if one.arg == name and value is not None and not _is_none(value)
        for module in [home_of(function)]
    ]


def _passed(name: str, function: Function) -> Iterator[Placed]:
    """Yield what callers pass for a parameter; a name with an underscore has them at home only."""
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    names = names[1:] if names[:1] in (["self"], ["cls"]) else names
    home = home_of(function)
    for path in modules():
        if function.name.startswith("_") and tree(path) is not home:
            continue
        for call in calls(path):
            if called(call) != function.name:
                continue
            words = [word.value for word in call.keywords if word.arg == name]
            at_place = call.args[names.index(name) :][:1] if name in names else []
            scope = scope_of(call, tree(path))
            yield from (
                (one, scope, tree(path)) for one in (*words, *at_place) if not _is_none(one)
            )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


@cache
def functions_of(module: ast.Module) -> tuple[Function, ...]:
    """List the functions of a module, methods and inner ones too."""
    return tuple(
        node
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def home_of(function: Function) -> ast.Module:
    """Find the module that a function stands in."""
    return next(tree(path) for path in modules() if function in functions_of(tree(path)))


def scope_of(node: ast.expr, module: ast.Module) -> ast.AST:
    """Find the innermost function around a node, else the module."""
    around = [f for f in functions_of(module) if f.lineno <= node.lineno <= (f.end_lineno or 0)]
    return max(around, key=lambda f: f.lineno) if around else module


def says_words(call: ast.Call) -> bool:
    """Tell calls of a translator (t, ctx.t, self._t, Translator(…)(…)) and errors from others."""
    if isinstance(call.func, ast.Call):
        return called(call.func) in {"words_of", "Translator"}
    return called(call).lstrip("_") in PYTHON_WORDS and bool(call.args)


@cache
def python_uses() -> tuple[Use, ...]:
    """Collect what the Python modules ask for."""
    found: list[Use] = []
    for path in modules():
        module = tree(path)
        for call in calls(path):
            if not says_words(call):
                continue
            place = KEY_AT.get(called(call), 0)
            keys = patterns(call.args[place], scope_of(call, module), module)
            known = isinstance(call.args[place], ast.Attribute)  # read where it is made
            assert keys or (known and keys is not None), f"{at(path, call)}: can't be followed"
            given = {word.arg for word in call.keywords if word.arg} - {"status"}
            starred = any(word.arg is None for word in call.keywords)
            starred |= len(call.args) > place + 1  # the arguments of a Fault, as a mapping
            for key in keys:
                whole = None if starred else frozenset(given)
                found.append(Use(at(path, call), re.compile(key), whole))
    return tuple(found)


JS_CALL = re.compile(r'\bt\("(?P<key>[\w-]+)"(?:,\s*\{(?P<given>[^{}]*)\})?\)')
WEB_KEY = re.compile(r'"(web-[\w-]+)"')


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
