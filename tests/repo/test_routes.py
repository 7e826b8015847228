"""The table of routes: every button leads somewhere, every phrase is understood."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import yaml

from handlers import flow
from handlers.routes import CLICKS, INTENTS, SAYS
from services.language.commands import normalised, number_of
from tests.repo.house import ROOT, at, called, calls, modules, text_of

COMMANDS: dict[str, list[str]] = yaml.safe_load(
    (ROOT / "data" / "commands.yaml").read_text("utf-8")
)


def actions() -> Iterator[tuple[str, str, bool]]:
    """Yield the place and id of every button that our code makes, and whether it is a link."""
    for path in modules():
        for call in calls(path):
            if called(call) != "Action" or path == ROOT / "core" / "card.py":
                continue
            named = text_of(call.args[0]) if call.args else None
            assert named is not None, f"{at(path, call)}: an action's id is a plain literal"
            yield at(path, call), named, any(word.arg == "url" for word in call.keywords)


def test_every_button_has_a_handler() -> None:
    """A card's button without a handler would answer a click with an apology."""
    lost = [
        f"{place} {name}"
        for place, name, link in actions()
        if not link and name not in CLICKS and name not in SAYS
    ]
    assert not lost


def test_a_link_is_no_click() -> None:
    """A button with a url carries no token, so nobody can click it here."""
    assert not [name for _, name, link in actions() if link and name in CLICKS | SAYS]


def test_every_handler_has_a_button() -> None:
    """A route that no card offers is dead code."""
    made = {name for _, name, link in actions() if not link}
    assert CLICKS.keys() | SAYS.keys() <= made


def test_every_phrase_has_a_handler() -> None:
    """Each intent of data/commands.yaml, and each that a menu's button says, is handled."""
    assert COMMANDS.keys() | set(SAYS.values()) <= INTENTS.keys()


def test_every_intent_can_be_reached() -> None:
    """An intent without a phrase or a button is dead code; `unknown` is what is left over."""
    assert INTENTS.keys() - {"unknown"} <= COMMANDS.keys() | set(SAYS.values())


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
