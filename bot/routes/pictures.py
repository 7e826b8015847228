"""Pictures of a talk: opened for its two people alone."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Response

from bot.deps import ChatVisitor, InStack
from core.errors import UserError
from services import handovers, media

router = APIRouter(prefix="/api/chat/pictures", tags=["chat"])
_LARGEST_ID = 2**63 - 1


@router.get("/{line}.jpg", response_class=Response)
async def picture(
    line: Annotated[int, Path(ge=1, le=_LARGEST_ID)], visitor: ChatVisitor, stack: InStack
) -> Response:
    """Show a picture that one of the two sent; anybody else learns nothing of it."""
    async with stack.db.reading() as session:
        digest = await handovers.picture(session, visitor.person, line)
    if digest is None:
        raise UserError("picture-unknown", status=404)
    jpeg = await asyncio.to_thread(media.load, stack.media, digest)
    return Response(
        jpeg, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=600"}
    )
