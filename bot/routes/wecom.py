"""WeChat Work's callbacks: the check of our address, and each message with its cards sent after.

https://developer.work.weixin.qq.com/document/path/90238
"""

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.background import BackgroundTask

from bot.deps import InStack
from bot.stack import Stack
from bot.webhook import body_of, finish, forged, handled
from channels.wecom import WecomChannel
from channels.wecom.envelope import Forged, echoed, opened
from channels.wecom.parse import parse
from core.clock import utcnow
from core.errors import DecodeError
from core.log import logger

router = APIRouter(tags=["wecom"])


@router.get("/wecom", response_class=PlainTextResponse)
async def check(request: Request, stack: InStack) -> str:
    """Prove to WeChat Work that this address is ours, by what only we can decrypt."""
    channel = _channel(stack)
    try:
        return echoed(channel.settings, request.query_params, now=utcnow())
    except (Forged, DecodeError):
        raise forged(channel.name) from None


@router.post("/wecom")
async def take(request: Request, stack: InStack) -> Response:
    """Handle one callback to its commit and answer with nothing; the cards go by the API.

    What can't be read is answered all the same: its retries would be no better.
    """
    channel = _channel(stack)
    body, now = await body_of(request), utcnow()
    try:
        found = parse(opened(channel.settings, request.query_params, body, now=now), now)
    except Forged:
        raise forged(channel.name) from None
    except DecodeError as error:
        logger().warning("webhook.unreadable", channel=channel.name, reason=str(error))
        found = []
    turns = await handled(stack, channel, found)
    return Response(background=BackgroundTask(finish, stack, turns))


def _channel(stack: Stack) -> WecomChannel:
    """Return the channel; one that is off has no address."""
    found = stack.vendor("wecom")
    if not isinstance(found, WecomChannel):
        raise HTTPException(404)
    return found
