"""Pictures of a talk, for its two people alone; of what a camera saw, for those who work on it."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from bot.deps import InStack, chat_visitor
from bot.stack import Stack
from core.clock import utcnow
from core.errors import UserError
from services import handovers, links, media, snapshots

router = APIRouter(prefix="/api/chat/pictures", tags=["chat"])
_LARGEST_ID = 2**63 - 1


async def _viewer(request: Request, key: Annotated[str, Query(max_length=400)] = "") -> UUID:
    """Tell who looks: by the key of a link in a vendor's chat, else by the session."""
    if key:
        return links.holder(key, request.url.path, now=utcnow())
    return (await chat_visitor(request)).person


@router.get("/{line}.jpg", response_class=Response)
async def picture(
    line: Annotated[int, Path(ge=1, le=_LARGEST_ID)],
    viewer: Annotated[UUID, Depends(_viewer)],
    stack: InStack,
) -> Response:
    """Show a picture that one of the two sent; anybody else learns nothing of it."""
    async with stack.db.reading() as session:
        digest = await handovers.picture(session, viewer, line)
    return await _opened(stack, digest)


@router.get("/tickets/{ticket}.jpg", response_class=Response)
async def sight(
    ticket: UUID, viewer: Annotated[UUID, Depends(_viewer)], stack: InStack
) -> Response:
    """Show what a camera saw, as long as the ticket that it raised is live."""
    async with stack.db.reading() as session:
        digest = await snapshots.picture(session, viewer, ticket)
    return await _opened(stack, digest)


async def _opened(stack: Stack, digest: str | None) -> Response:
    if digest is None:
        raise UserError("picture-unknown", status=404)
    jpeg = await asyncio.to_thread(media.load, stack.media, digest)
    return Response(
        jpeg, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=600"}
    )
