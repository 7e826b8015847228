"""The routes of the lists: which there are, a page of one."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from bot.console.deps import ByOperator, Operator, unmasked
from bot.console.doors import asks
from bot.console.lists import (
    decisions,
    fields,
    homes,
    offers,
    settings,
    shops,
    tables,
)
from bot.console.lists.registry import LISTS
from bot.console.lists.shape import Act, Column, Listing
from bot.deps import InStack
from core.clock import utcnow
from core.db import Session
from core.i18n import Translator
from services.imports.forms import FORMS
from services.imports.kinds import KINDS
from services.lists.pages import LONGEST, WORDS, Asked
from services.permissions import At, Permission, allowed, require

router = APIRouter(prefix="/api/console/lists", tags=["console"], dependencies=[Depends(unmasked)])


class Wanted(BaseModel):
    """The words that are searched for, the place after which a page begins, how long it is."""

    q: str = Field(default="", max_length=WORDS)
    after: str = Field(default="", max_length=600)
    limit: int = Field(default=50, ge=1, le=LONGEST)


@router.get("")
async def read_lists(by: ByOperator) -> dict[str, Any]:
    """List the lists that whoever looks may open, for the navigation."""
    found = [one for one in LISTS.values() if allowed(by.actor, one.permission, _here(by))]
    return {
        "lists": [
            {"name": one.name, "title": by.t(f"list-{one.name}"), "group": by.t(f"group-of-{one.group}")}
            for one in found
        ]
    }  # fmt: skip


def _here(by: Operator) -> At:
    """Name the place that a role over any part of the community is enough for."""
    return At(by.community, anywhere=True)


def _page_of(listing: Listing) -> None:
    """Give a list its route."""

    async def read(
        request: Request, by: ByOperator, stack: InStack, wanted: Annotated[Wanted, Query()]
    ) -> dict[str, Any]:
        asked = _asked(listing, by, wanted, request.query_params)

        async def work(session: Session) -> dict[str, Any]:
            page = await listing.rows(session, by.actor, asked, now=utcnow())
            head = {} if wanted.after else {"head": await _head(session, listing, by)}
            rows = [_row(listing, by.t, row) for row in page.rows]
            return {**head, "rows": rows, "next": page.next, "total": page.total}

        return await stack.db.run(work)

    read.__name__ = f"read_{listing.name}"
    read.__doc__ = f"List {listing.name}: a page, what it goes on after, and what can be done."
    router.get(f"/{listing.name}", **asks(listing.permission))(read)


def _asked(listing: Listing, by: Operator, wanted: Wanted, query: Mapping[str, str]) -> Asked:
    """Read what is asked for; a filter that the list does not have is passed over."""
    filters = {one.code: value for one in listing.filters if (value := query.get(one.code))}
    return Asked(by.community, wanted.q, filters, wanted.after, wanted.limit)


async def _head(session: Session, listing: Listing, by: Operator) -> dict[str, Any]:
    """Say how the list is drawn, by what it is narrowed, and what may be done with it."""
    return {
        "title": by.t(f"list-{listing.name}"),
        "group": listing.group,
        "empty": by.t(f"empty-{listing.name}"),
        "columns": [
            {"code": one.code, "title": by.t(f"col-{one.word}"), "shape": one.shape}
            for one in listing.columns
        ],
        "filters": [
            {
                "code": one.code, "title": by.t(f"col-{one.code}"),
                "choices": [
                    {"value": value, "text": text}
                    for value, text in await one.choices(session, by)
                ],
            }
            for one in listing.filters
        ],
        "searched": listing.searched,
        "personal": listing.personal,
        "acts": [
            _act(one, by.t)
            for one in (*listing.acts, *_of_table(listing))
            if allowed(by.actor, one.permission, _here(by))
        ],
        "imports": listing.table in KINDS and allowed(by.actor, Permission.TABLES_IMPORT, _here(by)),
        "exports": allowed(by.actor, Permission.TABLES_EXPORT, _here(by)),
        "whole": listing.table in KINDS,
    }  # fmt: skip


def _act(act: Act, t: Translator) -> dict[str, Any]:
    return {
        "code": act.code, "title": t(f"act-{act.code}"), "method": act.method, "path": act.path,
        "on": act.on, "when": act.when, "shows": act.shows, "tells": act.tells,
        "sure": t(f"sure-{act.code}") if act.sure else None, "asks": act.asks, "loads": act.loads,
        "cells": act.cells, "takes": act.takes, "versioned": act.versioned,
    }  # fmt: skip


def _of_table(listing: Listing) -> tuple[Act, ...]:
    """List what can be done with the objects of a table, each in a form."""
    if listing.table not in FORMS:
        return ()
    path, what = f"/api/console/lists/{listing.name}/rows", FORMS[listing.table].permission
    return (
        Act("add", "POST", path, what, on="list", cells=True),
        Act(
            "edit",
            "PUT",
            f"{path}/{{id}}",
            what,
            loads=f"{path}/{{id}}",
            cells=True,
            when=listing.changeable,
        ),
    )


def _form_of(listing: Listing, act: Act) -> None:
    """Give what asks for something its route: the fields of the form."""

    async def read(by: ByOperator, stack: InStack) -> dict[str, Any]:
        require(by.actor, act.permission, _here(by))
        async with stack.db.reading() as session:
            if act.body is not None:
                return {"fields": await fields.of_body(session, by, act.body)}
            return {"fields": await fields.of_table(session, by, listing.table)}

    read.__doc__ = f"Describe the form `{act.code}` of {listing.name}."
    path = f"/{listing.name}/forms/{act.code}"
    router.get(path, **asks(act.permission), name=f"form_{listing.name}_{act.code}")(read)


def _row(listing: Listing, t: Translator, row: Mapping[str, Any]) -> dict[str, Any]:
    """Say the codes of a row in words; what is no column goes along as it is."""
    said = {one.code: _cell(one, t, row[one.code]) for one in listing.columns}
    return {**row, **said}


def _cell(column: Column, t: Translator, value: Any) -> Any:
    if column.words is None or value is None:
        return value
    if isinstance(value, list):
        return [column.words(t, one) for one in value]
    text = column.words(t, value)
    return {"code": value, "text": text} if column.shape == "state" else text


decisions.add_routes(router)
homes.add_routes(router)
offers.add_routes(router)
settings.add_routes(router)
shops.add_routes(router)
for _one in LISTS.values():
    _page_of(_one)
    tables.add_routes(router, _one)
    for _act_of in (*_one.acts, *_of_table(_one)):
        if _act_of.asks:
            _form_of(_one, _act_of)
