"""Pictures of a talk: opened for its two people alone."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from bot.deps import InStack, chat_visitor
from core.clock import utcnow
from core.errors import UserError
from services import handovers, links, media

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
    if digest is None:
        raise UserError("picture-unknown", status=404)
    jpeg = await asyncio.to_thread(media.load, stack.media, digest)
    return Response(
        jpeg, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=600"}
    )
