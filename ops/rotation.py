"""Sealing everything anew under the key that writes, in batches, while the house runs."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    LargeBinary,
    Select,
    Table,
    Update,
    bindparam,
    func,
    or_,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlmodel import SQLModel

import models
from core.crypto import SealBrokenError, Sealed, key_mark, keyring
from core.db import PROCESS, Database, Session, process_name, sql
from services import media

# Whose values stay under the key they were written with, and why.
FROZEN = {
    "access_entry": "looks are append-only",
    "ticket_event": "what happened to a ticket is append-only; PostgreSQL refuses any change",
}
_LOCK = 7_204_513
_RAW = LargeBinary()
_TRIES = 50
_PAUSE_S = 0.2

Census = Mapping[str, Counter[int]]


class StrangerError(RuntimeError):
    """Refuse to rotate while a process runs that seals with another key than ours."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """A table with its primary key and its sealed columns."""

    table: Table
    key: tuple[Column[Any], ...]
    columns: tuple[Column[Any], ...]


@dataclass(slots=True)
class Outcome:
    """What a rotation did: values sealed anew; those that do not open, or that others hold."""

    moved: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)


def sealings() -> Iterator[Sealing]:
    """List every table that has sealed columns; the models say which these are."""
    assert models.__all__  # without its import the metadata would be empty
    for table in SQLModel.metadata.sorted_tables:
        columns = tuple(c for c in table.columns if isinstance(c.type, Sealed))
        if columns:
            yield Sealing(table, tuple(table.primary_key.columns), columns)


async def census(db: Database, folder: Path) -> Census:
    """Count the values of each table.column, and the pictures, by the key's version."""
    found: dict[str, Counter[int]] = {}
    async with db.reading() as session:
        for one in sealings():
            found |= await _versions(session, one)
    heads = await asyncio.to_thread(lambda: [_head(path) for path in media.files(folder)])
    found[media.CONTEXT] = Counter(heads)
    return found


async def _versions(session: Session, one: Sealing) -> dict[str, Counter[int]]:
    """Count a table's values in one look, column by column."""
    heads = [func.substr(type_coerce(column, _RAW), 1, 2) for column in one.columns]
    rows = await session.execute(select(*heads, func.count()).group_by(*heads))
    found: dict[str, Counter[int]] = {_name(column): Counter() for column in one.columns}
    for *versions, many in rows:
        for column, version in zip(one.columns, versions, strict=True):
            if version is not None:
                found[_name(column)][int.from_bytes(version)] += many
    return found


def _head(path: Path) -> int:
    with path.open("rb") as file:
        return int.from_bytes(file.read(2))


def _name(column: Column[Any]) -> str:
    return f"{column.table.name}.{column.name}"


async def rotate(db: Database, folder: Path, *, batch: int, tell: Callable[[str], None]) -> Outcome:
    """Seal anew what stands under another key than the one that writes, until nothing does.

    May be killed and begun again at any time; a second one waits for the first. Raises
    StrangerError while a process is connected that seals with another key.
    """
    outcome = Outcome()
    async with db.reading() as turn:  # ends with this process, however it ends
        await turn.execute(sql("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        for _ in range(_TRIES):
            await _only_ours(db)
            outcome.broken.clear()
            moved = await _pass(db, batch, outcome, tell)
            moved += await asyncio.to_thread(_pictures, folder, outcome)
            outcome.moved += moved
            outcome.held = left(await census(db, folder)) - outcome.broken
            if not outcome.held:
                break
            if not moved:  # somebody is writing them just now
                await asyncio.sleep(_PAUSE_S)
    return outcome


def left(found: Census) -> Counter[str]:
    """Count what stands under another key than the one that writes, frozen tables aside."""
    writes = keyring().writes
    many = {
        name: sum(versions.values()) - versions[writes]
        for name, versions in found.items()
        if name.partition(".")[0] not in FROZEN
    }
    return Counter({name: count for name, count in many.items() if count})


async def _only_ours(db: Database) -> None:
    async with db.reading() as session:
        rows = await session.execute(
            sql(
                """
                SELECT DISTINCT application_name FROM pg_stat_activity
                WHERE datname = current_database() AND application_name LIKE :ours
                  AND application_name <> :mine
                """
            ),
            {"ours": f"{PROCESS}%", "mine": process_name()},
        )
        strangers = sorted(rows.scalars())
    if strangers:
        raise StrangerError(
            f"A running process seals with another key ({', '.join(strangers)}) than this command "
            f"({key_mark()}). Give every process the same LINLING_DATA_KEYS, restart them all, "
            "then rotate. Nothing is lost: run this again afterwards."
        )


async def _pass(db: Database, batch: int, outcome: Outcome, tell: Callable[[str], None]) -> int:
    """Go through every table once; returns how many values were sealed anew."""
    total = 0
    for one in sealings():
        if one.table.name in FROZEN:
            continue
        after: Sequence[Any] | None = None
        moved = 0
        while (step := await db.run(_step(one, after, batch))).last is not None:
            after = step.last
            moved += step.moved
            outcome.broken.update(step.broken)
            tell(f"{one.table.name}: {moved}")
        total += moved
    return total


@dataclass(frozen=True, slots=True)
class Step:
    """One batch: the last row's key, or None where there was none; what it moved and could not."""

    last: Sequence[Any] | None
    moved: int
    broken: Counter[str]


def _step(
    one: Sealing, after: Sequence[Any] | None, batch: int
) -> Callable[[Session], Awaitable[Step]]:
    """Make one transaction: rows in the key's order, locked unless somebody else has them.

    Who never waits for a row takes part in no deadlock; what was passed over comes next time.
    """

    async def work(session: Session) -> Step:
        rows = (await session.execute(_wanted(one, after, batch))).all()
        keys = len(one.key)
        changes, broken, moved = [], Counter[str](), 0
        for row in rows:
            change = dict(zip((f"key{n}" for n in range(keys)), row, strict=False))
            for number, (column, old) in enumerate(zip(one.columns, row[keys:], strict=True)):
                change[f"new{number}"] = new = _anew(column, old, broken)
                moved += new != old
            changes.append(change)
        if moved:
            await session.execute(_change(one), changes)
        return Step(rows[-1][:keys] if rows else None, moved, broken)

    return work


def _wanted(one: Sealing, after: Sequence[Any] | None, batch: int) -> Select[Any]:
    raw = [type_coerce(column, _RAW) for column in one.columns]
    old = or_(*(func.substr(column, 1, 2) != keyring().head for column in raw))
    wanted = select(*one.key, *raw).where(old).order_by(*one.key).limit(batch)
    if after is not None:
        wanted = wanted.where(tuple_(*one.key) > tuple_(*after))
    return wanted.with_for_update(skip_locked=True, key_share=True)


def _change(one: Sealing) -> Update:
    where = [column == bindparam(f"key{n}") for n, column in enumerate(one.key)]
    new = {column: bindparam(f"new{n}", type_=_RAW) for n, column in enumerate(one.columns)}
    return update(one.table).where(*where).values(new)


def _anew(column: Column[Any], old: bytes | None, broken: Counter[str]) -> bytes | None:
    if old is None:
        return None
    try:
        return keyring().reseal(old, _name(column))
    except SealBrokenError:
        broken[_name(column)] += 1
        return old


def _pictures(folder: Path, outcome: Outcome) -> int:
    moved = 0
    for path in media.files(folder):
        try:
            moved += media.reseal(path)
        except SealBrokenError:
            outcome.broken[media.CONTEXT] += 1
    return moved
