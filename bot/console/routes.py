"""Map, queue, dispatch and figures."""

import asyncio
from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from bot.console.deps import ByOperator
from bot.console.doors import asks
from bot.console.hub import Hub
from bot.console.words import figures_in_words, in_words
from bot.deps import InStack
from core.clock import utcnow
from core.db import Session
from core.errors import UserError
from services import buildings, map_points, media, search, stats, workers
from services.permissions import Permission
from services.tickets import board, desk

router = APIRouter(prefix="/api/console", tags=["console"])


class Dispatch(BaseModel):
    """The worker to send."""

    model_config = ConfigDict(extra="forbid")
    worker: UUID


class Search(BaseModel):
    """What somebody looks for; not in an address, for addresses are logged."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=200)


@router.get("/points", **asks(Permission.MAP_READ))
async def read_points(by: ByOperator, stack: InStack) -> dict[str, Any]:
    """List every device as a GeoJSON point with its state."""
    async with stack.db.reading() as session:
        found = await map_points.features(session, by.actor, by.community)
    return {"type": "FeatureCollection", "features": found}


@router.get("/buildings", **asks(Permission.MAP_READ))
async def read_buildings(by: ByOperator, stack: InStack) -> dict[str, Any]:
    """List every building as a GeoJSON polygon, a point where none is drawn; and what lies below."""
    async with stack.db.reading() as session:
        found = await buildings.outlines(session, by.actor, by.community)
    tiles = stack.settings.tiles
    return {
        "type": "FeatureCollection",
        "features": found,
        "tiles": {"url": tiles.url, "attribution": tiles.attribution} if tiles.url else None,
    }


@router.get("/buildings/{building}", **asks(Permission.HOMES_READ))
async def read_building(building: UUID, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Show a building's flats, who lives there (masked), and their devices."""

    async def work(session: Session) -> dict[str, Any]:
        return await buildings.detail(session, by.actor, by.community, building, now=utcnow())

    found = await stack.db.run(work)
    for flat in found["flats"]:
        flat["use_text"] = by.t(f"use-{flat['use']}")
        for resident in flat["residents"]:
            resident["groups"] = [by.t(f"group-{group}") for group in resident["groups"]]
    return found


@router.post("/search", **asks(Permission.MAP_READ))
async def find(body: Search, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Find buildings, flats, people (masked) and devices; who was shown is written down."""
    now = utcnow()
    found = await stack.db.run(lambda s: search.find(s, by.actor, by.community, body.text, now=now))
    for one in found.flats:
        one["use_text"] = by.t(f"use-{one['use']}")
    for one in found.people:
        one["groups"] = [by.t(f"group-{group}") for group in one["groups"]]
    return asdict(found)


@router.get("/tickets", **asks(Permission.TICKETS_READ))
async def read_tickets(by: ByOperator, stack: InStack) -> dict[str, Any]:
    """List live tickets, worst first."""
    async with stack.db.reading() as session:
        found = await board.live(session, by.actor, by.community)
    return {"tickets": [in_words(ticket, by.t) for ticket in found]}


@router.post("/tickets/{ticket}/dispatch", **asks(Permission.TICKETS_DISPATCH))
async def dispatch(ticket: UUID, body: Dispatch, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Send a worker; the chain goes on until somebody acknowledges."""

    async def work(session: Session) -> list[dict[str, Any]]:
        await desk.send(session, by.actor, ticket=ticket, worker=body.worker, now=utcnow())
        return await board.live(session, by.actor, by.community, only=[ticket])

    return in_words((await stack.db.run(work))[0], by.t)


@router.get(
    "/tickets/{ticket}/photos/{photo}",
    response_class=Response,
    **asks(Permission.TICKETS_READ),
)
async def read_photo(ticket: UUID, photo: str, by: ByOperator, stack: InStack) -> Response:
    """Show a picture that a worker left with a ticket."""
    async with stack.db.reading() as session:
        if not await board.has_photo(session, by.actor, by.community, ticket=ticket, photo=photo):
            raise UserError("picture-unknown", status=404)
    jpeg = await asyncio.to_thread(media.load, stack.media, photo)
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


@router.get("/workers", **asks(Permission.WORKERS_READ))
async def read_workers(
    by: ByOperator, stack: InStack, ticket: UUID | None = None
) -> dict[str, Any]:
    """List workers, those on duty and least busy first; with a ticket, those who may be sent."""
    async with stack.db.reading() as session:
        found = await workers.board(session, by.actor, by.community, now=utcnow(), ticket=ticket)
    return {"workers": found}


@router.get("/stats", **asks(Permission.FIGURES_READ))
async def read_stats(by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Show the live figures."""
    async with stack.db.reading() as session:
        now = utcnow()
        found = await stats.figures(session, by.actor, by.community, now=now)
        slow = await stats.standing(session, by.actor, by.community, now=now)
    return figures_in_words({**found, **slow}, by.t)


@router.get("/stream", response_class=StreamingResponse, **asks(Permission.TICKETS_READ))
async def stream(by: ByOperator, request: Request) -> StreamingResponse:
    """Send a snapshot, then every change within 100 ms, and a ping while nothing happens."""
    hub: Hub = request.app.state.hub
    return StreamingResponse(
        hub.follow(by.actor, by.community, by.t, by.token),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store"},
    )
