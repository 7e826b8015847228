"""One's own shifts as a calendar, by a signed link."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from bot.deps import InStack
from core.clock import utcnow
from services import calendars

router = APIRouter(tags=["duty"])


@router.get(calendars.PATH, response_class=Response)
async def shifts(stack: InStack, key: Annotated[str, Query(max_length=400)] = "") -> Response:
    """Show the shifts of whoever's key this is; nothing of any ticket stands in them."""
    async with stack.db.reading() as session:
        written = await calendars.read(session, key, now=utcnow())
    return Response(written, media_type="text/calendar", headers={"Cache-Control": "no-store"})
