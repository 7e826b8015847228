"""The QR code of a redemption, as a picture that fills a phone and holds a link into the chat."""

import io
from typing import Annotated

import segno
from fastapi import APIRouter, Path, Request, Response

from bot.deps import InStack, words_of
from core.clock import utcnow
from core.errors import UserError
from services.points import holds

router = APIRouter(prefix="/api/chat/qr", tags=["chat"])
_MARGIN = 4


@router.get("/{token}.svg", response_class=Response)
async def picture(
    token: Annotated[str, Path(pattern="^[A-Za-z0-9_-]{22}$")], request: Request, stack: InStack
) -> Response:
    """Draw the code of a hold that can still be confirmed.

    The token in the address is what the code itself shows, so nothing more is asked: the phone at
    the counter need not be logged in here.
    """
    async with stack.db.reading() as session:
        if not await holds.is_live(session, token, now=utcnow()):
            raise UserError("redeem-qr-gone", status=404)
    base = stack.settings.base_url or str(request.base_url)
    code = segno.make(f"{base.rstrip('/')}/chat#redeem={token}", error="m", micro=False)
    drawn = io.BytesIO()
    code.save(
        drawn, kind="svg", omitsize=True, light="#fff", border=_MARGIN, svgclass=None,
        lineclass=None, title=words_of(request)("redeem-qr-title"),
    )  # fmt: skip
    return Response(
        drawn.getvalue(), media_type="image/svg+xml", headers={"Cache-Control": "no-store"}
    )
