"""What holds for every table: tenancy, sealing, choices, moments."""

import ast
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import CheckConstraint, Column, DateTime, LargeBinary, Table, Text
from sqlalchemy import Enum as NativeEnum
from sqlmodel import SQLModel

import models
from core.crypto import Sealed
from ops import check, rotation
from services import media
from tests.repo.house import at, called, calls, modules, text_of, tree

TABLES: dict[str, Table] = dict(SQLModel.metadata.tables)
CLASSES: list[type[SQLModel]] = [
    one
    for name in models.__all__
    if isinstance(one := getattr(models, name), type) and issubclass(one, SQLModel)
]
# What a business or an office hangs out at its own door, for everybody to read and to search.
PUBLIC = {
    "building.address": "of the house, as on its wall; who lives there is sealed",
    "community.phone": "the office's number, said to whoever asks for a person",
    "shop.address": "the shop's own, as on the map",
    "shop.phone": "the shop's own, a button for everybody",
}
# Sealed contexts that are no column.
FILES = {"media.file"}
PASSING = {"link.key", "form.version"}  # stored nowhere: nothing to rotate
# Reached through a community's object, so they name no community themselves.
WITHIN = {
    "device_presence", "device_scope", "device_state", "reading", "ticket_card", "wrong_clock",
}  # fmt: skip
# DESIGN: people, their accounts and what goes in and out belong to no one community.
GLOBAL = {
    "button", "channel_account", "conversation", "credential", "demo_persona", "heartbeat", "intake_mark",
    "inbound", "login_ticket", "mailbox", "mailbox_item", "media", "outbox", "person", "street",
    "web_session", "login_count", "recovery_code", "community", "dead_letter", "access_token", "channel_pause", "last_card",
    "link_code", "message_window", "notice_consent", "pace_mark", "vendor_message",
    "unknown_key",
}  # fmt: skip


def sealed_columns() -> Iterator[Column[Any]]:
    """Yield every column whose values are sealed."""
    for table in TABLES.values():
        yield from (column for column in table.columns if isinstance(column.type, Sealed))


def choices() -> Iterator[tuple[Column[Any], set[str]]]:
    """Yield every column that holds a member of an enum, with the values it may have."""
    for one in CLASSES:
        for name, field in one.model_fields.items():
            kinds = [field.annotation, *get_args(field.annotation)]
            for kind in kinds:
                if isinstance(kind, type) and issubclass(kind, Enum):
                    table = TABLES[str(one.__tablename__)]
                    yield table.columns[name], {str(value.value) for value in kind}


def test_every_table_is_exported() -> None:
    """Alembic compares what `import models` brings along."""
    assert {str(one.__tablename__) for one in CLASSES} == TABLES.keys()


def test_a_community_is_never_left_out() -> None:
    """A row without its community would belong to everybody."""
    nullable = [
        name
        for name, table in TABLES.items()
        if "community_id" in table.columns and table.columns["community_id"].nullable
    ]
    assert not nullable


def test_every_table_belongs_to_a_community_or_is_known_not_to() -> None:
    """A new table is owned by a community unless somebody decided otherwise."""
    owned = {name for name, table in TABLES.items() if "community_id" in table.columns}
    assert TABLES.keys() - owned == WITHIN | GLOBAL


def test_a_sealed_value_is_bound_to_its_column() -> None:
    """The context is the additional data: with a wrong one a value could be moved."""
    wrong = {
        f"{column.table.name}.{column.name}": column.type.context
        for column in sealed_columns()
        if isinstance(column.type, Sealed)
        and column.type.context != f"{column.table.name}.{column.name}"
    }
    assert not wrong


def test_hand_written_sql_seals_for_columns_that_exist() -> None:
    """A context misspelt in one place would leave values that never open."""
    known = {f"{c.table.name}.{c.name}" for c in sealed_columns()} | FILES | PASSING
    known |= {
        f"{table.name}.{column.name}"
        for table in TABLES.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and str(column.name).endswith(("_index", "_tail"))
    }
    found = [
        f"{at(path, node)} {text}"
        for path in modules()
        for node, text in contexts(path)
        if text not in known
    ]
    assert not found


def contexts(path: Path) -> Iterator[tuple[ast.expr, str]]:
    """Yield the contexts given to sealing calls, written out or by a constant of the module."""
    constants = {
        target.id: text
        for node in tree(path).body
        if isinstance(node, ast.Assign) and (text := text_of(node.value)) is not None
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in calls(path):
        if called(call) in {"seal_json", "open_json", "seal", "open", "index", "sealed"}:
            for one in call.args:
                text = constants.get(one.id) if isinstance(one, ast.Name) else text_of(one)
                if text is not None and re.fullmatch(r"[a-z_]+\.[a-z_]+", text):
                    yield one, text


def test_the_invariants_look_at_every_sealed_column() -> None:
    """`ops check` takes samples of each."""
    ours = {(column.table.name, str(column.name)) for column in sealed_columns()}
    assert set(check.SEALED) == ours


def test_every_sealed_column_is_rotated() -> None:
    """A value that `ops keys rotate` does not know would keep the old key in use for ever."""
    assert {c for one in rotation.sealings() for c in one.columns} == set(sealed_columns())
    assert {media.CONTEXT} == FILES
    assert rotation.FROZEN.keys() <= {one.table.name for one in rotation.sealings()}


def test_what_names_a_person_is_sealed() -> None:
    """Names, addresses, telephones and words of people are never plain columns."""
    plain = {
        f"{table.name}.{column.name}"
        for table in TABLES.values()
        for column in table.columns
        if re.fullmatch(r"phone|address|note|payload|card|label|external|flow", str(column.name))
        and not isinstance(column.type, Sealed)
    }
    assert plain == PUBLIC.keys()
    named = {name for name, table in TABLES.items() if "name" in table.columns}
    assert {n for n in named if not isinstance(TABLES[n].columns["name"].type, Sealed)} == {
        "street", "community", "grid", "building", "heartbeat", "shop", "team", "wall_screen",
    }  # fmt: skip


@pytest.mark.parametrize("column", [column for column, _ in choices()], ids=str)
def test_a_choice_is_text_under_a_check(column: Column[Any]) -> None:
    """A native enum would keep the members' names and need a migration to grow."""
    allowed = next(values for one, values in choices() if one is column)
    assert isinstance(column.type, Text)
    checks = [str(one.sqltext) for one in column.constraints if isinstance(one, CheckConstraint)]
    assert [set(re.findall(r"'([^']*)'", said)) for said in checks] == [allowed]


def test_there_are_choices() -> None:
    """The test above would pass over a house without any."""
    assert len(list(choices())) >= 6


def test_no_enum_of_the_database_is_used() -> None:
    """See above: text under a CHECK."""
    columns = [column for table in TABLES.values() for column in table.columns]
    assert not [column for column in columns if isinstance(column.type, NativeEnum)]


def test_every_moment_knows_its_zone() -> None:
    """A moment without a zone is another moment on another machine."""
    naive = [
        f"{table.name}.{column.name}"
        for table in TABLES.values()
        for column in table.columns
        if isinstance(column.type, DateTime) and not column.type.timezone
    ]
    assert not naive
