"""WeChat Work's callbacks: the check of our address, and each message with its cards sent after.

https://developer.work.weixin.qq.com/document/path/90238
"""

from fastapi import APIRouter, BackgroundTasks, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse

from bot.deps import InStack
from bot.stack import Stack
from channels.wecom import WecomChannel
from channels.wecom.envelope import Forged, echoed, opened
from channels.wecom.parse import parse
from core.clock import utcnow
from core.errors import DecodeError, UserError
from core.event import Arrival
from core.log import logger
from handlers.delivery import deliver_turn
from handlers.fetching import fetch_turn
from handlers.incoming import receive

router = APIRouter(tags=["wecom"])
MAX_BODY = 256 * 1024


@router.get("/wecom", response_class=PlainTextResponse)
async def check(request: Request, stack: InStack) -> str:
    """Prove to WeChat Work that this address is ours, by what only we can decrypt."""
    channel = _channel(stack)
    try:
        return echoed(channel.settings, request.query_params)
    except (Forged, DecodeError):
        raise _refused() from None


@router.post("/wecom")
async def take(request: Request, stack: InStack, later: BackgroundTasks) -> Response:
    """Handle one callback to its commit and answer with nothing; the cards go by the API.

    What can't be read is answered all the same: its retries would be no better.
    """
    channel = _channel(stack)
    body = await _body(request)
    try:
        found = parse(opened(channel.settings, request.query_params, body), utcnow())
    except Forged:
        raise _refused() from None
    except DecodeError as error:
        logger().warning("webhook.unreadable", channel=channel.name, reason=str(error))
        found = []
    for arrival in found:
        turn = await _handled(stack, channel, arrival)
        if turn is not None:
            later.add_task(_deliver, stack, turn)
    return Response()


def _channel(stack: Stack) -> WecomChannel:
    """Return the channel; one that is off has no address."""
    found = stack.vendor("wecom")
    if not isinstance(found, WecomChannel):
        raise HTTPException(404)
    return found


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise HTTPException(413)
    return bytes(body)


async def _handled(stack: Stack, channel: WecomChannel, arrival: Arrival) -> int | None:
    """Return the turn of an arrival; None when its key was used with other words."""
    try:
        turn = await receive(
            stack.db, arrival, channel=channel, media_folder=stack.media,
            community=stack.settings.community,
        )  # fmt: skip
    except UserError as error:
        logger().warning("webhook.refused", channel=channel.name, reason=error.key)
        return None
    return turn.id


async def _deliver(stack: Stack, turn: int) -> None:
    """Send a turn's cards, fetched pictures and voice first; the worker does what fails here."""
    fetched = await fetch_turn(
        stack.db, turn, channels=stack.channels, hear=stack.hear, folder=stack.media, now=utcnow()
    )
    for one in (turn, *fetched):
        await deliver_turn(
            stack.db, one, channels=stack.channels, now=utcnow(), base_url=stack.settings.base_url
        )


def _refused() -> HTTPException:
    """Note a forged request in one line without its content."""
    logger().warning("webhook.forged", channel="wecom")
    return HTTPException(403)
