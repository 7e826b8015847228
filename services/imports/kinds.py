"""Every kind of table that comes in and goes out: `bring_in` and `take_out`."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services import audit, masks
from services.imports import (
    Counts,
    Desk,
    Fault,
    Row,
    activities,
    buildings,
    care,
    devices,
    points,
    residents,
    workers,
)
from services.imports.columns import columns, is_personal
from services.imports.words import PARTS, listed
from services.permissions import At, Permission, require
from services.shops import imports as shops


@dataclass(frozen=True, slots=True)
class Kind:
    """How a table is checked, which gives what is to be written; how that is written; how it is read."""

    check: Callable[[Desk, Sequence[Row]], Awaitable[tuple[Any, list[Fault]]]]
    write: Callable[[Desk, Any], Awaitable[Counts]]
    table: Callable[[Desk], Awaitable[list[tuple[str, ...]]]]


KINDS: Mapping[str, Kind] = {
    name: Kind(module.check, module.write, module.table)
    for name, module in {
        "buildings": buildings, "residents": residents, "devices": devices, "shops": shops,
        "care": care, "workers": workers, "activities": activities, "points": points,
    }.items()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """What an import found and did."""

    good: int
    faults: tuple[Fault, ...]
    counts: Counts
    written: bool


async def bring_in(
    desk: Desk, name: str, rows: Sequence[Row], *, dry_run: bool, skip_bad: bool
) -> Done:
    """Check rows and write them: all of them or none, unless the bad ones may be left out."""
    require(desk.by, Permission.TABLES_IMPORT, At(desk.community))
    kind = KINDS[name]
    found, faults = await kind.check(desk, rows)
    good = len(rows) - len({fault.row for fault in faults})
    may = not dry_run and (skip_bad or not faults)
    counts = await kind.write(desk, found) if may and good else Counts()
    if may and good and is_personal(name):
        audit.note(
            desk.session, desk.by, Permission.TABLES_IMPORT, community=desk.community,
            now=desk.now, how_many=good, reason=name,
        )  # fmt: skip
    return Done(good, tuple(sorted(faults, key=lambda one: one.row)), counts, may)


async def take_out(desk: Desk, name: str, *, whole: bool = False) -> list[tuple[str, ...]]:
    """Read the rows of a table, by the import's own columns.

    Unless it is asked for as a whole, people are masked; such a table can't come in again.
    """
    require(desk.by, Permission.TABLES_EXPORT, At(desk.community))
    rows = await KINDS[name].table(desk)
    if not whole:
        rows = [_masked(name, row) for row in rows]
    if is_personal(name):
        audit.note(
            desk.session, desk.by, Permission.TABLES_EXPORT, community=desk.community,
            now=desk.now, how_many=len(rows), reason=name,
        )  # fmt: skip
    return rows


_MASKS: Mapping[str, Callable[[str], str]] = {
    "name": masks.name, "phone": masks.phone, "id_number": masks.id_number,
    "hidden": lambda cell: "***" if cell else "",
}  # fmt: skip


def _masked(name: str, row: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        cell
        if column.mask is None
        else listed(_MASKS[column.mask](part) for part in PARTS.split(cell))
        for column, cell in zip(columns(name).values(), row, strict=True)
    )
