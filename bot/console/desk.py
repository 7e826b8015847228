"""The desk at work: tickets taken, noted, telephoned about; the watch handed over; the siren muted."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from bot.console.deps import ByOperator
from bot.console.doors import asks
from bot.console.words import call_list_in_words, in_words
from bot.deps import InStack
from core.clock import utcnow
from core.db import Session
from services import watches
from services.permissions import Permission
from services.tickets import answer, board, desk, journal

router = APIRouter(prefix="/api/console", tags=["console"])


class Note(BaseModel):
    """What somebody writes down."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=2000)


class Dialled(BaseModel):
    """The number that somebody has dialled themselves: 110, 119 or 120."""

    model_config = ConfigDict(extra="forbid")
    number: str = Field(max_length=5)


class Rest(BaseModel):
    """Until when the siren of this operator's page rests, and why."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(max_length=2000)
    until: AwareDatetime


@router.post("/tickets/{ticket}/claim", **asks(Permission.TICKETS_WORK))
async def claim(ticket: UUID, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Take an open ticket at the desk; whoever comes second learns who was first."""
    now = utcnow()

    async def work(session: Session) -> dict[str, Any]:
        await answer.acknowledge(session, by.actor, ticket=ticket, now=now)
        return await _shown(session, by, ticket)

    return await stack.db.run(work)


@router.post("/tickets/{ticket}/notes", **asks(Permission.TICKETS_DISPATCH))
async def note(ticket: UUID, body: Note, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Write something into a live ticket's log."""
    now = utcnow()

    async def work(session: Session) -> dict[str, Any]:
        await desk.note(session, by.actor, ticket=ticket, text=body.text, now=now)
        return await _shown(session, by, ticket)

    return await stack.db.run(work)


@router.post("/tickets/{ticket}/close", **asks(Permission.TICKETS_DISPATCH))
async def close(ticket: UUID, body: Note, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Close a resolved ticket without waiting for its device, with a reason."""
    now = utcnow()

    async def work(session: Session) -> dict[str, Any]:
        await desk.close(session, by.actor, ticket=ticket, reason=body.text, now=now)
        return await _shown(session, by, ticket)

    return await stack.db.run(work)


@router.post("/tickets/{ticket}/dialled", **asks(Permission.TICKETS_NOTE))
async def dialled(ticket: UUID, body: Dialled, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Note that the operator has dialled a public number themselves."""
    now = utcnow()

    async def work(session: Session) -> dict[str, Any]:
        await journal.dialled(session, by.actor, ticket=ticket, number=body.number, now=now)
        return await _shown(session, by, ticket)

    return await stack.db.run(work)


@router.post("/tickets/{ticket}/calls", **asks(Permission.TICKETS_WORK))
async def calls(ticket: UUID, by: ByOperator, stack: InStack) -> dict[str, Any]:
    """Show whom to telephone while the ticket lives; the look is written down, in its log too."""
    now = utcnow()

    async def work(session: Session) -> dict[str, Any]:
        found = await desk.call_list(session, by.actor, ticket=ticket, now=now)
        return {
            "calls": call_list_in_words(found, by.t), "ticket": await _shown(session, by, ticket)
        }  # fmt: skip

    return await stack.db.run(work)


@router.post("/watch/handovers", **asks(Permission.WATCH_KEEP))
async def hand_over(body: Note, by: ByOperator, stack: InStack) -> dict[str, str]:
    """Hand the watch over to whoever signs for it."""
    now = utcnow()
    made = await stack.db.run(
        lambda s: watches.hand_over(s, by.actor, community=by.community, note=body.text, now=now)
    )
    return {"id": str(made)}


@router.post("/watch/handovers/{handover}/sign", **asks(Permission.WATCH_KEEP))
async def sign(handover: UUID, by: ByOperator, stack: InStack) -> dict[str, int]:
    """Sign for a watch; says how many tickets are the signer's now."""
    now = utcnow()
    taken = await stack.db.run(
        lambda s: watches.sign(s, by.actor, handover=handover, community=by.community, now=now)
    )
    return {"tickets": taken}


@router.post("/watch/mute", **asks(Permission.TICKETS_DISPATCH))
async def mute(body: Rest, by: ByOperator, stack: InStack) -> dict[str, bool]:
    """Note a mute of this operator's page."""
    now = utcnow()
    await stack.db.run(
        lambda s: watches.mute(
            s, by.actor, community=by.community, reason=body.reason, until=body.until, now=now
        )
    )
    return {"ok": True}


@router.delete("/watch/mute", **asks(Permission.TICKETS_DISPATCH))
async def unmute(by: ByOperator, stack: InStack) -> dict[str, bool]:
    """End the mute before its time."""
    now = utcnow()
    await stack.db.run(lambda s: watches.unmute(s, by.actor, community=by.community, now=now))
    return {"ok": True}


async def _shown(session: Session, by: ByOperator, ticket: UUID) -> dict[str, Any]:
    (found,) = await board.live(session, by.actor, by.community, only=[ticket])
    return in_words(found, by.t)
