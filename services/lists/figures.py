"""A month's figures as a list, each beside the same of the month that was kept."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from core.actor import Actor
from core.clock import local
from core.db import Session
from core.errors import UserError
from services import months
from services.lists.pages import Asked, Page, all_of
from services.months import Figure

MONTHS = 12


async def of_month(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:
    """List the kinds of alarms by grid; the median minutes stand beside those of the kept month."""
    month = read_month(asked.one("month") or last_months(now)[0])
    found = await months.figures(session, by, asked.community, month=month)
    kept = await months.baseline(session, by, asked.community, month=month)
    before = {(one.what, one.grid): one for one in kept.figures} if kept else {}
    rows = [
        _row(one, before.get((one.what, one.grid)))
        for one in found
        if one.what == (asked.one("what") or one.what)
    ]
    return all_of(rows, asked)


def read_month(text: str) -> date:
    """Read `2026-11`; raises UserError for what is none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise UserError("list-filter-wrong", status=422) from None


def last_months(now: datetime) -> list[str]:
    """Name this month and those before it, the newest first."""
    day = local(now).date()
    found = []
    for back in range(MONTHS):
        year, month = divmod(day.year * 12 + day.month - 1 - back, 12)
        found.append(f"{year}-{month + 1:02d}")
    return found


def _row(one: Figure, before: Figure | None) -> Mapping[str, Any]:
    return {
        "id": f"{one.what} {one.grid}", "what": one.what, "grid": one.grid, "alarms": one.alarms,
        "closed": one.closed, "ack_minutes": _one(one.ack_minutes),
        "ack_before": _one(before.ack_minutes if before else None),
        "close_minutes": _one(one.close_minutes),
        "close_before": _one(before.close_minutes if before else None),
        "undelivered": one.undelivered,
        "false_share": None if one.false_share is None else round(100 * one.false_share),
    }  # fmt: skip


def _one(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes, 1)
