"""The pages and their words; everything else they need are plain files under /web."""

from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import FileResponse

from bot.deps import InStack
from core.i18n import page_words

router = APIRouter(include_in_schema=False)
# What the pages share begins with one of these, as `web-role-worker`.
SHARED = ("brand", "language", "reconnecting", "role", "server", "unreachable")
WEB = Path(__file__).resolve().parent.parent.parent / "web"


@router.get("/")
async def start() -> FileResponse:
    """Show the start page."""
    return FileResponse(WEB / "start" / "index.html")


@router.get("/chat")
async def chat() -> FileResponse:
    """Show the web chat."""
    return FileResponse(WEB / "chat" / "index.html")


@router.get("/console")
async def console() -> FileResponse:
    """Show the command centre."""
    return FileResponse(WEB / "console" / "index.html")


@router.get("/api/words/{lang}")
async def words(
    lang: Literal["zh-CN", "en"],
    response: Response,
    stack: InStack,
    page: Annotated[str, Query(max_length=20)] = "",
) -> dict[str, str]:
    """Return the pages' words of one language, or those of one page; arguments stand as `{name}`.

    The header X-Timezone says in which zone the pages tell the time.
    """
    response.headers["x-timezone"] = stack.settings.timezone
    found = page_words(lang)
    if not page:
        return found
    return {key: text for key, text in found.items() if key.split("-")[1] in {page, *SHARED}}
