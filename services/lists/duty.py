"""Duty as lists: posts of every week, shifts to come, days off, swaps, the centre's hours."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.actor import Actor
from core.crypto import open_json
from core.db import Session, sql
from services import posts
from services.lists.pages import Asked, Page, Query, all_of, read
from services.permissions import At, Permission, require

_ROTA = Query(
    "r.id, g.name AS grid, p.name, r.duty, r.days, r.begins, r.ends",
    "rota r JOIN grid g ON g.id = r.grid_id JOIN person p ON p.id = r.person_id",
    (
        ("g.number", "integer"), ("array_position(ARRAY['worker', 'backup', 'lead'], r.duty)", "integer"),
        ("r.id", "uuid"),
    ),
)  # fmt: skip
_SWAPS = Query(
    "w.id, a.name AS asked_by, o.name AS asked_of, s.starts_at, s.ends_at, g.name AS grid, "
    "w.asked_at, w.accepted",
    "swap w JOIN shift s ON s.id = w.shift_id JOIN grid g ON g.id = s.grid_id "
    "JOIN person a ON a.id = w.asked_by JOIN person o ON o.id = w.asked_of",
    (("w.asked_at", "timestamptz"), ("w.id", "uuid")),
    down=True,
)  # fmt: skip


_ALWAYS: dict[str, Any] = {"days": [], "begins": "00:00", "ends": "24:00"}


async def rota(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (every list is asked so)
    """List who holds which post every week."""
    require(by, Permission.WORKERS_READ, At(asked.community))
    conditions, values = ["r.community_id = :community", "r.ended_at IS NULL"], {}
    if (grid := asked.id("grid")) is not None:
        conditions.append("r.grid_id = :grid")
        values["grid"] = grid
    whole = {**values, "community": asked.community}
    rows, goes_on, total = await read(session, _ROTA, conditions, whole, asked)
    return Page([_post(row) for row in rows], goes_on, total)


def _post(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "grid": row.grid, "person": open_json(row.name, "person.name"),
        "duty": row.duty, "days": [str(day - 1) for day in row.days],
        "hours": f"{row.begins}–{row.ends}",
    }  # fmt: skip


async def shifts(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:
    """List the shifts of the next two weeks, and who of those on duty can be reached."""
    board = await posts.board(session, by, asked.community, now=now)
    grid, duty, state = (asked.one(name) for name in ("grid", "duty", "state"))
    rows = [
        {
            "id": post["id"], "grid": of["name"], "person": post["name"], "duty": post["duty"],
            "starts_at": post["starts_at"], "ends_at": post["ends_at"], "state": post["state"],
            "by_hand": post["by_hand"], "open_tickets": post["open_tickets"],
        }
        for of in board["grids"]
        for post in of["posts"]
        if grid in {None, of["id"]} and duty in {None, post["duty"]} and state in {None, post["state"]}
    ]  # fmt: skip
    return all_of(rows, asked)


async def days_off(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:
    """List the days on which somebody rests."""
    board = await posts.board(session, by, asked.community, now=now)
    rows = [
        {"id": f"{one['person']} {one['day']}", "day": one["day"], "person": one["person"],
         "who": one["name"]}
        for one in board["days_off"]
    ]  # fmt: skip
    return all_of(rows, asked)


async def swaps(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (same)
    """List who asked whom to take a shift, the newest first."""
    require(by, Permission.WORKERS_READ, At(asked.community))
    rows, goes_on, total = await read(
        session, _SWAPS, ["w.community_id = :community"], {"community": asked.community}, asked
    )
    return Page([_swap(row) for row in rows], goes_on, total)


def _swap(row: Any) -> dict[str, Any]:
    answer = {None: "waits", True: "accepted", False: "declined"}[row.accepted]
    return {
        "id": row.id, "asked_at": row.asked_at, "person": open_json(row.asked_by, "person.name"),
        "whom": open_json(row.asked_of, "person.name"), "grid": row.grid,
        "starts_at": row.starts_at, "ends_at": row.ends_at, "answer": answer,
    }  # fmt: skip


async def hours(session: Session, by: Actor, asked: Asked, *, now: datetime) -> Page:  # noqa: ARG001  (same)
    """Tell when the centre is staffed; without any hours it always is."""
    require(by, Permission.WORKERS_READ, At(asked.community))
    rows = await session.execute(
        sql("SELECT id, staffed, duty_phone FROM community WHERE id = :community"),
        {"community": asked.community},
    )
    return all_of([_hours(row) for row in rows], asked)


def _hours(row: Any) -> dict[str, Any]:
    spans = [
        {"days": one.get("days") or [], "begins": one["from"], "ends": one["to"]}
        for one in row.staffed
    ]
    return {
        "id": row.id, "spans": spans or [_ALWAYS], "duty_phone": row.duty_phone or "",
        "values": {"hours": spans, "duty_phone": row.duty_phone or ""},
    }  # fmt: skip


def written(span: Mapping[str, Any]) -> tuple[list[str], str]:
    """Give the days of a span as codes of weekdays, and its hours."""
    return [str(day - 1) for day in span["days"]], f"{span['begins']}–{span['ends']}"
