"""A mini-program's customer service: every answer goes by the API, as a push takes none."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.background import BackgroundTask

from bot.deps import InStack
from bot.routes.wechat import SUCCESS, arrivals, echo, opened, service
from bot.webhook import finish, handled
from core.clock import utcnow

router = APIRouter(tags=["miniprogram"])
NAME = "miniprogram"


@router.get("/miniprogram", response_class=PlainTextResponse)
async def check(request: Request, stack: InStack) -> str:
    """Prove to WeChat that this address is ours."""
    return echo(request, service(stack, NAME))


@router.post("/miniprogram", response_class=PlainTextResponse)
async def take(request: Request, stack: InStack) -> Response:
    """Handle one push; its cards are sent right after the answer."""
    now = utcnow()
    account = service(stack, NAME)
    raw = await opened(request, account, now=now)
    found = arrivals(raw, account, now=now)
    turns = await handled(stack, account, found)
    return PlainTextResponse(SUCCESS, background=BackgroundTask(finish, stack, turns))
