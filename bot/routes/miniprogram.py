"""A mini-program's customer service: every answer goes by the API, as a push takes none."""

from fastapi import APIRouter, BackgroundTasks, Request, Response
from fastapi.responses import PlainTextResponse

from bot.deps import InStack
from bot.routes.wechat import SUCCESS, arrivals, echo, handled, opened, service
from bot.stack import Stack
from core.clock import utcnow
from handlers.delivery import deliver_turn

router = APIRouter(tags=["miniprogram"])
NAME = "miniprogram"


@router.get("/miniprogram", response_class=PlainTextResponse)
async def check(request: Request, stack: InStack) -> str:
    """Prove to WeChat that this address is ours."""
    return echo(request, service(stack, NAME))


@router.post("/miniprogram", response_class=PlainTextResponse)
async def take(request: Request, stack: InStack, later: BackgroundTasks) -> Response:
    """Handle one push; its cards are sent right after the answer."""
    now = utcnow()
    account = service(stack, NAME)
    raw = await opened(request, account, now=now)
    for arrival in arrivals(raw, account, now=now):
        turn = await handled(stack, account, arrival)
        if turn is not None:
            later.add_task(_deliver, stack, turn.id)
    return PlainTextResponse(SUCCESS)


async def _deliver(stack: Stack, turn: int) -> None:
    await deliver_turn(
        stack.db, turn, channels=stack.channels, now=utcnow(), base_url=stack.settings.base_url
    )
