"""The table of routes: every button leads somewhere, every phrase is understood."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import yaml

from handlers import accounts, flow, people, unsure
from handlers.routes import CLICKS, INTENTS, SAYS
from services.language.commands import normalised, number_of
from services.language.intents import ALL
from tests.repo.house import ROOT, at, called, calls, modules, text_of, tree

COMMANDS: dict[str, list[str]] = yaml.safe_load(
    (ROOT / "data" / "commands.yaml").read_text("utf-8")
)

# Buttons and phrases that the turn itself handles, before the tables are asked: where, and why.
IN_THE_TURN = {
    unsure.CHOOSE: ("handlers/turn.py", "goes on with a guess, so it leads to any intent"),
    "skip": ("handlers/turn.py", "answers the flow that waits; it means nothing outside of one"),
    accounts._INVITE: ("handlers/accounts.py", "makes a code that joins another account"),
    people._END: ("handlers/people.py", "ends the talk that is live; nothing without one"),
}


def actions() -> Iterator[tuple[str, str, bool]]:
    """Yield the place and id of every button that our code makes, and whether it is a link."""
    for path in modules():
        for call in calls(path):
            if called(call) != "Action" or path == ROOT / "core" / "card.py":
                continue
            link = any(word.arg == "url" for word in call.keywords)
            for named in ids(call, path):
                yield at(path, call), named, link


def ids(call: ast.Call, path: Path) -> list[str]:
    """Read an action's id: a plain literal, or f"say.{intent}" over the tables that are passed."""
    named = call.args[0] if call.args else None
    if (text := text_of(named)) is not None:
        return [text]
    said = isinstance(named, ast.JoinedStr) and text_of(named.values[0]) == "say."
    assert said, f"{at(path, call)}: an action's id is a plain literal"
    tables = [one.args[0] for one in calls(path) if called(one) == "_says"]
    return [f"say.{intent}" for table in tables for intent in intents(table, path)]


def intents(table: ast.expr, path: Path) -> list[str]:
    """Read a table of intents: a tuple of literals, or one of those in a constant's dict."""
    if isinstance(table, ast.Subscript) and isinstance(table.value, ast.Name):
        found = [
            value
            for node in tree(path).body
            if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict)
            if isinstance(node.target, ast.Name) and node.target.id == table.value.id
            for value in node.value.values
        ]
        return [intent for value in found for intent in intents(value, path)]
    assert isinstance(table, ast.Tuple), f"{at(path, table)}: intents are a table of literals"
    named = [text_of(one) for one in table.elts]
    assert None not in named, f"{at(path, table)}: intents are plain literals"
    return [intent for intent in named if intent is not None]


def test_every_button_has_a_handler() -> None:
    """A card's button without a handler would answer a click with an apology."""
    lost = [
        f"{place} {name}"
        for place, name, link in actions()
        if not link and name not in CLICKS | SAYS | IN_THE_TURN
    ]
    assert not lost


def test_a_link_is_no_click() -> None:
    """A button with a url carries no token, so nobody can click it here."""
    assert not [name for _, name, link in actions() if link and name in CLICKS | SAYS]


def test_every_handler_has_a_button() -> None:
    """A route that no card offers is dead code."""
    made = {name for _, name, link in actions() if not link}
    assert CLICKS.keys() | SAYS.keys() <= made


def test_what_the_turn_handles_is_named_there() -> None:
    """What stands in the table above has its branch where the table says, and no route besides."""
    for name, (where, _) in IN_THE_TURN.items():
        module = tree(ROOT / where)
        compared = {
            ast.unparse(side)
            for node in ast.walk(module)
            if isinstance(node, ast.Compare)
            for side in (node.left, *node.comparators)
        }
        constants = {
            "unsure.CHOOSE": unsure.CHOOSE,
            "_END": people._END,
            "_INVITE": accounts._INVITE,
        }
        assert name in {constants.get(one, one.strip("'")) for one in compared}
    assert not IN_THE_TURN.keys() & (CLICKS.keys() | SAYS.keys() | INTENTS.keys())


def test_every_phrase_has_a_handler() -> None:
    """Each intent of data/commands.yaml, and each that a menu's button says, is handled."""
    assert (COMMANDS.keys() - IN_THE_TURN.keys()) | set(SAYS.values()) <= INTENTS.keys()


def test_every_intent_can_be_reached() -> None:
    """An intent without a phrase, a button or the model's knowing it is dead code."""
    assert INTENTS.keys() <= COMMANDS.keys() | set(SAYS.values()) | set(ALL)


def test_everything_that_is_understood_has_a_handler() -> None:
    """The model's answers, and the guesses that are offered, lead somewhere."""
    assert set(ALL) <= INTENTS.keys()


def test_no_phrase_means_two_things() -> None:
    """The same words under two intents would mean the one read last."""
    spoken = [normalised(phrase) for phrases in COMMANDS.values() for phrase in phrases]
    assert len(spoken) == len(set(spoken))


def test_no_phrase_reads_as_a_number() -> None:
    """A number presses a button before phrases are looked at."""
    spoken = [phrase for phrases in COMMANDS.values() for phrase in phrases]
    assert not [phrase for phrase in spoken if number_of(phrase) is not None]


def test_every_flow_is_registered() -> None:
    """A flow's state lies in the database under its name; a restart must find the flow again."""
    named = {path.stem for path in Path(ROOT / "flows").glob("*.py")} - {"__init__", "base"}
    flows = {import_module(f"flows.{name}") for name in named}
    assert {one.NAME: one for one in flows} == flow._FLOWS
