"""The worker's phone: a map of the own grids and the people of one ticket, by signed link alone."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict

from bot.briefs import people_in_words
from bot.deps import InStack
from bot.routes.pages import WEB
from core.actor import Actor
from core.clock import utcnow
from core.errors import UserError
from core.i18n import Translator
from services import actors, field, links
from services.field import Brief
from services.tickets import answer

router = APIRouter(tags=["field"])
_PAGE = WEB / "field" / "index.html"
_FRESH = {"Cache-Control": "no-store"}
Key = Annotated[str, Query(max_length=400)]


@dataclass(frozen=True, slots=True)
class Worker:
    """Who holds the link, as what they may do at this moment, and their language."""

    actor: Actor
    t: Translator


class Dispatch(BaseModel):
    """The worker to send."""

    model_config = ConfigDict(extra="forbid")
    worker: UUID


async def _holder(stack: InStack, key: Key = "", ticket: UUID | None = None) -> Worker:
    """Tell whose key it is: the map's opens all of the own grids, a ticket's that ticket alone."""
    now = utcnow()
    try:
        person = links.holder(key, links.FIELD, now=now)
    except UserError:
        if ticket is None:
            raise
        person = links.holder(key, f"{links.FIELD}/tickets/{ticket}", now=now)
    async with stack.db.reading() as session:
        actor = await actors.actor(session, person, way="field")
        profile = await actors.profile(session, person)
    return Worker(actor, Translator(profile.lang))


ByHolder = Annotated[Worker, Depends(_holder)]


@router.get("/field", include_in_schema=False)
@router.get("/field/tickets/{ticket}", include_in_schema=False)
async def page() -> FileResponse:
    """Show the page; what stands on it asks for the key."""
    return FileResponse(_PAGE, headers=_FRESH)


@router.get("/api/field/points")
async def read_points(by: ByHolder, stack: InStack, response: Response) -> dict[str, Any]:
    """List the points of the own grids, red first, and the buildings below them."""
    async with stack.db.reading() as session:
        found = await field.points(session, by.actor)
        ground = await field.outlines(session, by.actor)
    response.headers.update(_FRESH)
    for one in found:
        what = one["properties"]["what"]
        one["properties"]["title"] = by.t(f"what-{what}") if what else ""
    return {"points": found, "buildings": ground}


@router.get("/api/field/tickets/{ticket}")
async def read_ticket(
    ticket: UUID, by: ByHolder, stack: InStack, response: Response
) -> dict[str, Any]:
    """Show whom to telephone and what to mind, while the ticket lives; the look is noted."""
    now = utcnow()
    found = await stack.db.run(lambda s: field.brief(s, by.actor, ticket=ticket, now=now))
    response.headers.update(_FRESH)
    return _brief(found, by)


@router.post("/api/field/tickets/{ticket}/take")
async def take(ticket: UUID, by: ByHolder, stack: InStack) -> dict[str, str]:
    """接单 on the map, as the button of the card does it."""
    now = utcnow()
    await stack.db.run(lambda s: answer.acknowledge(s, by.actor, ticket=ticket, now=now))
    return {"ticket": str(ticket)}


@router.get("/api/field/tickets/{ticket}/workers")
async def read_workers(ticket: UUID, by: ByHolder, stack: InStack) -> dict[str, Any]:
    """List whom the holder may send there; nobody for whoever may send nobody."""
    now = utcnow()
    found = await stack.db.run(lambda s: field.to_send(s, by.actor, ticket=ticket, now=now))
    return {"workers": found}


@router.post("/api/field/tickets/{ticket}/dispatch")
async def dispatch(ticket: UUID, body: Dispatch, by: ByHolder, stack: InStack) -> dict[str, str]:
    """Send a worker; the chain goes on until somebody acknowledges."""
    now = utcnow()
    await stack.db.run(
        lambda s: answer.dispatch(s, by.actor, ticket=ticket, worker=body.worker, now=now)
    )
    return {"ticket": str(ticket)}


def _brief(found: Brief, by: Worker) -> dict[str, Any]:
    view, place, t = found.view, found.scene, by.t
    aloud = view.place
    if place is not None:
        aloud = t("address-aloud", street=place.street, community=place.community,
                  address=place.address, door=place.door).strip()  # fmt: skip
    return {
        "id": str(view.id),
        "title": t(f"what-{view.what}"),
        "drill": view.drill,
        "place": view.place,
        "aloud": aloud,
        "floor": place.floor if place else 0,
        "status": view.status,
        "taken_by": view.acked_by_name,
        "mine": view.acked_by == by.actor.person,
        "way": found.way,
        **people_in_words(found, t),
    }
