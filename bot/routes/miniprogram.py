"""A mini-program's customer service: every answer goes by the API, as a push takes none."""

from fastapi import APIRouter, BackgroundTasks, Request, Response
from fastapi.responses import PlainTextResponse

from bot.deps import InStack
from bot.routes.wechat import SUCCESS, arrivals, deliver, echo, fetch, handled, opened, service
from bot.stack import Stack
from core.clock import utcnow

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
            later.add_task(_tell, stack, turn)
    return PlainTextResponse(SUCCESS)


async def _tell(stack: Stack, turn: int) -> None:
    """Send a turn's cards, and those of what it had fetched; the worker does what fails here."""
    for one in (turn, *await fetch(stack, turn)):
        await deliver(stack, one)
