"""One object of a table in a form: opened, changed or made, by the table's own columns and checks.

What was changed meanwhile by somebody else is told by a digest of what the form was opened with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.crypto import keyring
from core.db import sql
from core.errors import FieldErrors, StaleError, UserError
from services import audit, masks
from services.imports import Desk, Row
from services.imports.columns import columns
from services.imports.kinds import KINDS
from services.permissions import At, Permission, require


@dataclass(frozen=True, slots=True)
class Form:
    """Who may change objects of a kind, and where one lies: its grid, and whom it is about."""

    permission: Permission
    place: str


FORMS: Mapping[str, Form] = {
    "residents": Form(
        Permission.PEOPLE_WRITE,
        """SELECT b.grid_id AS grid, r.person_id AS person FROM residence r
           JOIN home h ON h.id = r.home_id JOIN building b ON b.id = h.building_id
           WHERE r.id = :id AND r.community_id = :community AND r.until IS NULL""",
    ),
    "devices": Form(
        Permission.DEVICES_WRITE,
        """SELECT grid_id AS grid, CAST(NULL AS uuid) AS person FROM device
           WHERE id = :id AND community_id = :community AND removed_at IS NULL""",
    ),
    "buildings": Form(
        Permission.HOMES_WRITE,
        """SELECT grid_id AS grid, CAST(NULL AS uuid) AS person FROM building
           WHERE id = :id AND community_id = :community""",
    ),
    "shops": Form(
        Permission.OFFERS_WRITE,
        """SELECT CAST(NULL AS uuid) AS grid, CAST(NULL AS uuid) AS person FROM shop
           WHERE id = :id AND community_id = :community AND enabled""",
    ),
    "activities": Form(
        Permission.OFFERS_WRITE,
        """SELECT CAST(NULL AS uuid) AS grid, CAST(NULL AS uuid) AS person FROM activity
           WHERE id = :id AND community_id = :community AND status = 'open'""",
    ),
}


@dataclass(frozen=True, slots=True)
class Opened:
    """What a form is filled with, and the version of it."""

    cells: Mapping[str, str]
    version: str


async def opened(desk: Desk, kind: str, which: UUID) -> Opened:
    """Fill a form; whom it is about can read of the look. Of the ID number the end alone is shown."""
    place = await _allowed(desk, kind, which)
    found = await _cells(desk, kind, which)
    audit.note(
        desk.session, desk.by, FORMS[kind].permission, community=desk.community, now=desk.now,
        subject=place.person, thing=which,
    )  # fmt: skip
    return Opened(_shown(kind, found), version_of(found))


async def saved(
    desk: Desk, kind: str, cells: Mapping[str, str], *, which: UUID | None = None, version: str = ""
) -> UUID | None:
    """Write a form, a new object without `which`; raises FieldErrors, StaleError.

    A cell that still shows a mask is left as it was.
    """
    if which is None:
        return await _write(desk, kind, Row(1, cells))
    # Whoever saves the same object waits, and then sees what the first one made of it.
    await desk.session.execute(
        sql("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"form {which}"}
    )
    await _allowed(desk, kind, which)
    before = await _cells(desk, kind, which)
    shown = _shown(kind, before)
    if version != version_of(before):
        raise StaleError("form-stale", values=shown, version=version_of(before))
    kept = {code: before[code] if text == shown.get(code) else text for code, text in cells.items()}
    await _write(desk, kind, Row(1, kept, which))
    return which


def version_of(cells: Mapping[str, str]) -> str:
    """Make the digest of what a form shows; it tells nothing of what that is."""
    text = "\n".join(f"{code}={cells[code]}" for code in sorted(cells))
    return keyring().index(text, "form.version").hex()


async def _write(desk: Desk, kind: str, row: Row) -> UUID | None:
    of, form = KINDS[kind], FORMS[kind]
    plan, faults = await of.check(desk, [row])
    if faults:
        fields = {fault.column: UserError(fault.key, status=422, **fault.args) for fault in faults}
        raise FieldErrors("form-faulty", fields=fields)
    await of.write(desk, plan)
    written = list(of.written(plan)) if of.written else []
    if not written:
        require(desk.by, form.permission, At(desk.community))
    for one in written:
        place = await _allowed(desk, kind, one)
        audit.note(
            desk.session, desk.by, form.permission, community=desk.community, now=desk.now,
            subject=place.person, thing=one, reason=kind,
        )  # fmt: skip
    return written[0] if written else None


async def _allowed(desk: Desk, kind: str, which: UUID) -> Any:
    """Ask for the right where the object lies; raises UserError (404) for none of the community."""
    form = FORMS[kind]
    rows = await desk.session.execute(sql(form.place), {"id": which, "community": desk.community})
    place = rows.one_or_none()
    if place is None:
        raise UserError("object-unknown", status=404)
    require(desk.by, form.permission, At(desk.community, place.grid))
    return place


async def _cells(desk: Desk, kind: str, which: UUID) -> dict[str, str]:
    lines = KINDS[kind].lines
    assert lines is not None
    found = next((row for one, row in await lines(desk) if one == which), None)
    if found is None:
        raise UserError("object-unknown", status=404)
    return dict(zip(columns(kind), found, strict=True))


def _shown(kind: str, cells: Mapping[str, str]) -> dict[str, str]:
    return {
        code: masks.id_number(text) if columns(kind)[code].mask == "id_number" else text
        for code, text in cells.items()
    }
