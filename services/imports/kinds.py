"""Every kind of table that comes in and goes out: `bring_in` and `take_out`."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

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

Lines = Callable[[Desk], Awaitable[list[tuple[UUID, tuple[str, ...]]]]]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a table is checked, which gives what is to be written; how that is written; how it is read.

    Of those with `lines` single objects are told apart by an id, so that a form can change one.
    """

    check: Callable[[Desk, Sequence[Row]], Awaitable[tuple[Any, list[Fault]]]]
    write: Callable[[Desk, Any], Awaitable[Counts]]
    table: Callable[[Desk], Awaitable[list[tuple[str, ...]]]]
    lines: Lines | None = None
    written: Callable[[Any], Iterable[UUID]] | None = None


def _of_objects(module: Any, written: Callable[[Any], Iterable[UUID]]) -> Kind:
    async def table(desk: Desk) -> list[tuple[str, ...]]:
        return [row for _, row in await module.lines(desk)]

    return Kind(module.check, module.write, table, module.lines, written)


def _second_of_pairs(plan: Iterable[tuple[Any, Any]]) -> list[UUID]:
    return [now.id for _, now in plan]


KINDS: Mapping[str, Kind] = {
    "buildings": _of_objects(buildings, lambda plan: _second_of_pairs(plan.buildings)),
    "residents": _of_objects(residents, lambda moves: list(moves.residences)),
    "devices": _of_objects(devices, _second_of_pairs),
    "shops": _of_objects(shops, lambda found: [one.id for one in found if one.id]),
    "activities": _of_objects(activities, _second_of_pairs),
    "care": Kind(care.check, care.write, care.table),
    "workers": Kind(workers.check, workers.write, workers.table),
    "points": Kind(points.check, points.write, points.table),
}


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


async def take_out(
    desk: Desk, name: str, *, whole: bool = False, why: str = ""
) -> list[tuple[str, ...]]:
    """Read the rows of a table, by the import's own columns; `why` is written down.

    Unless it is asked for as a whole, people are masked; such a table can't come in again.
    """
    require(desk.by, Permission.TABLES_EXPORT, At(desk.community))
    rows = await KINDS[name].table(desk)
    if not whole:
        rows = [_masked(name, row) for row in rows]
    if is_personal(name):
        audit.note(
            desk.session, desk.by, Permission.TABLES_EXPORT, community=desk.community,
            now=desk.now, how_many=len(rows), reason=f"{name} {why}".strip(),
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
