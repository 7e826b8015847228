"""Routes of lists that are tables: one object in a form, files that come in, files that go out."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from bot.console.deps import ByOperator, Operator
from bot.console.doors import asks
from bot.console.lists.aside import aside
from bot.console.lists.fields import SEVERAL
from bot.console.lists.shape import Listing
from bot.deps import InStack
from bot.stack import Stack
from core.clock import local, utcnow
from core.db import Session
from core.errors import UserError
from core.i18n import Translator
from services.imports import Desk, Fault, Faulty, forms, reports, sheets
from services.imports.columns import columns
from services.imports.forms import FORMS
from services.imports.kinds import KINDS, take_out
from services.imports.reports import Report, Wishes
from services.imports.words import PARTS, listed
from services.lists.outgoing import require_reason, taken
from services.lists.pages import Asked
from services.permissions import At, Permission, require

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MANY = 500  # faults that a report shows one by one


Text = Annotated[str, Field(max_length=20_000)]


class Cells(BaseModel):
    """The cells of one object by their columns, and the version that the form was opened with."""

    model_config = ConfigDict(extra="forbid")
    cells: dict[str, Text | list[Text]] = Field(max_length=40)
    version: str = Field(default="", max_length=64)


class Taking(BaseModel):
    """Why a list goes out; `whole` means the table as it can come in again, without masks."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(default="", max_length=200)
    whole: bool = False


class Bringing(BaseModel):
    """The file's name, what is wanted of it, and which headers mean which columns."""

    file: str = Field(max_length=200)
    want: Literal["check", "write", "bad"] = "check"
    skip: bool = False
    means: str = Field(default="{}", max_length=4_000)


def add_routes(router: APIRouter, listing: Listing) -> None:
    """Give a list the routes that it has as a table."""
    kind = listing.table
    if kind in FORMS:
        _add_form(router, listing.name, kind)
    if kind in KINDS:
        _add_import(router, listing.name, kind)
    _add_export(router, listing)


def _desk(session: Session, by: Operator, stack: Stack) -> Desk:
    return Desk(session, by.community, by.actor, utcnow(), ZoneInfo(stack.settings.timezone))


def _add_form(router: APIRouter, name: str, kind: str) -> None:
    path, permission = f"/{name}/rows", FORMS[kind].permission

    async def add(body: Cells, by: ByOperator, stack: InStack) -> dict[str, Any]:
        async def work(session: Session) -> UUID | None:
            return await forms.saved(_desk(session, by, stack), kind, _known(kind, body))

        return {"id": await aside(stack, work)}

    async def read(row: UUID, by: ByOperator, stack: InStack) -> dict[str, Any]:
        async def work(session: Session) -> forms.Opened:
            return await forms.opened(_desk(session, by, stack), kind, row)

        found = await aside(stack, work)
        return {"values": _values(found.cells), "version": found.version}

    async def save(row: UUID, body: Cells, by: ByOperator, stack: InStack) -> dict[str, Any]:
        async def work(session: Session) -> UUID | None:
            desk, cells = _desk(session, by, stack), _known(kind, body)
            return await forms.saved(desk, kind, cells, which=row, version=body.version)

        return {"id": await aside(stack, work)}

    add.__doc__, read.__doc__, save.__doc__ = (
        f"Make one of {name}.", f"Open one of {name} in a form.", f"Change one of {name}.",
    )  # fmt: skip
    router.post(path, **asks(permission), name=f"add_{name}")(add)
    router.get(f"{path}/{{row}}", **asks(permission), name=f"open_{name}")(read)
    router.put(f"{path}/{{row}}", **asks(permission), name=f"save_{name}")(save)


def _known(kind: str, body: Cells) -> dict[str, str]:
    """Leave out what is no column."""
    said = {
        code: text if isinstance(text, str) else listed(text) for code, text in body.cells.items()
    }
    return {code: text.strip() for code, text in said.items() if code in columns(kind)}


def _values(cells: Mapping[str, str]) -> dict[str, str | list[str]]:
    """Give a form its cells, those of several words as lists."""
    return {
        code: [part for part in PARTS.split(text) if part] if code in SEVERAL else text
        for code, text in cells.items()
    }


def _add_import(router: APIRouter, name: str, kind: str) -> None:
    async def template(by: ByOperator) -> Response:
        require(by.actor, Permission.TABLES_IMPORT, At(by.community))
        of = columns(kind).values()
        return _file(
            sheets.xlsx_of([one.header for one in of], [[one.example for one in of]]), kind
        )

    async def bring(
        request: Request, by: ByOperator, stack: InStack, wanted: Annotated[Bringing, Query()]
    ) -> Any:
        require(by.actor, Permission.TABLES_IMPORT, At(by.community))
        raw = await request.body()

        async def work(session: Session) -> Any:
            return await _bring(_desk(session, by, stack), by.t, kind, wanted, raw)

        try:
            return await aside(stack, work)
        except Faulty as fault:
            raise UserError(fault.key, status=422, **fault.args_for_words) from None

    template.__doc__ = f"Give the headers of {kind} with an example, as a file."
    bring.__doc__ = (
        f"Check a file of {kind} row by row, write it, or give back the rows with faults."
    )
    router.get(
        f"/{name}/template",
        **asks(Permission.TABLES_IMPORT),
        response_class=Response,
        name=f"template_{name}",
    )(template)
    router.post(
        f"/{name}/import",
        **asks(Permission.TABLES_IMPORT),
        response_model=None,
        name=f"import_{name}",
    )(bring)


async def _bring(desk: Desk, t: Translator, kind: str, wanted: Bringing, raw: bytes) -> Any:
    sheet = sheets.read(wanted.file, raw)
    wishes = Wishes(wanted.want != "write", wanted.skip, _means(kind, wanted.means))
    headers, report = await reports.bring(desk, kind, sheet, wishes)
    if wanted.want == "bad":
        return _file(
            sheets.xlsx_of(
                *reports.bad_rows(sheet, headers, report.faults, lambda one: t(one.key, **one.args))
            ),
            kind,
        )
    return _told(report, t, kind)


def _means(kind: str, text: str) -> dict[str, str]:
    try:
        means = orjson.loads(text)
    except orjson.JSONDecodeError:
        means = None
    if not isinstance(means, dict) or not all(one in list(columns(kind)) for one in means.values()):
        raise Faulty("import-means-wrong")
    return means


def _told(report: Report, t: Translator, kind: str) -> dict[str, Any]:
    return {
        "rows": report.rows, "good": report.good, "written": report.written,
        "added": report.counts.added, "changed": report.counts.changed, "same": report.counts.same,
        "faults": [_fault(one, t) for one in report.faults[:_MANY]],
        "faulty": len(report.faults),
        "strange": [{"header": one.header, "like": one.like} for one in report.strange],
        "columns": [
            {"value": one.code, "text": one.header} for one in columns(kind).values()
        ],
    }  # fmt: skip


def _fault(one: Fault, t: Translator) -> dict[str, Any]:
    return {
        "row": one.row,
        "column": one.column,
        "value": one.value,
        "problem": t(one.key, **one.args),
    }


def _add_export(router: APIRouter, listing: Listing) -> None:
    async def take(request: Request, body: Taking, by: ByOperator, stack: InStack) -> Response:
        query = request.query_params
        filters = {one.code: value for one in listing.filters if (value := query.get(one.code))}
        asked = Asked(by.community, query.get("q", ""), filters)

        async def work(session: Session) -> tuple[list[str], list[list[str]]]:
            if body.whole and listing.table in KINDS:
                return await _whole(_desk(session, by, stack), listing, body.reason)
            return await _as_shown(session, by, listing, asked, body.reason)

        headers, rows = await aside(stack, work)
        return _file(await asyncio.to_thread(sheets.xlsx_of, headers, rows), listing.name)

    take.__doc__ = f"Take {listing.name} out as a file; personal lists want a reason."
    router.post(
        f"/{listing.name}/export",
        **asks(Permission.TABLES_EXPORT),
        response_class=Response,
        name=f"export_{listing.name}",
    )(take)


async def _whole(desk: Desk, listing: Listing, reason: str) -> tuple[list[str], list[list[str]]]:
    kind = listing.table
    require_reason(reason, personal=listing.personal)
    rows = await take_out(desk, kind, whole=True, why=reason)
    return [one.header for one in columns(kind).values()], [list(row) for row in rows]


async def _as_shown(
    session: Session, by: Operator, listing: Listing, asked: Asked, reason: str
) -> tuple[list[str], list[list[str]]]:
    now = utcnow()
    page = await taken(
        session, by.actor, asked, name=listing.name, reason=reason, personal=listing.personal,
        read=lambda whole: listing.rows(session, by.actor, whole, now=now), now=now,
    )  # fmt: skip
    headers = [by.t(f"col-{one.word}") for one in listing.columns]
    return headers, [
        [_text(by.t, listing, row, one.code) for one in listing.columns] for row in page.rows
    ]


def _text(t: Translator, listing: Listing, row: Mapping[str, Any], code: str) -> str:
    """Write a cell as a person reads it."""
    column = next(one for one in listing.columns if one.code == code)
    value = row[code]
    if value is None or value == "":
        return ""
    if isinstance(value, list | tuple):
        return listed(column.words(t, one) if column.words else str(one) for one in value)
    if column.words:
        return column.words(t, value)
    if isinstance(value, bool):
        return t("list-yes") if value else t("list-no")
    return f"{local(value):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _file(raw: bytes, name: str) -> Response:
    day = f"{local(utcnow()):%Y%m%d}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}-{day}.xlsx"', "Cache-Control": "no-store",
    }  # fmt: skip
    return Response(raw, media_type=_XLSX, headers=headers)
