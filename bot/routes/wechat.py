"""WeChat's webhook: the address check, and each push with its passive reply.

https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Passive_user_reply_message.html
"""

from datetime import datetime
from time import monotonic

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.background import BackgroundTask

from bot.deps import InStack
from bot.stack import Stack
from bot.webhook import body_of, finish, forged, handled
from channels.wechat.envelope import ForgedError
from channels.wechat.parse import own_name, parse
from channels.wechat.render import answer, passive
from channels.wechat.service import Service
from core.clock import utcnow
from core.errors import DecodeError
from core.event import Arrival
from core.log import logger
from handlers.passive import Passive, reply

router = APIRouter(tags=["wechat"])
NAME = "wechat"
SUCCESS = "success"  # WeChat asks no more, and shows nothing
# WeChat hangs up after 5 s. A reply that is not begun by now is the worker's, by the API.
_REPLY_WITHIN_S = 4.0


@router.get("/wechat", response_class=PlainTextResponse)
async def check(request: Request, stack: InStack) -> str:
    """Prove to WeChat that this address is ours."""
    return echo(request, service(stack, NAME))


@router.post("/wechat")
async def take(request: Request, stack: InStack) -> Response:
    """Handle one push and answer it in the same breath, or say `success` and write later.

    The commit is waited for, however long it takes: WeChat's retry then finds the turn, and the
    text that was kept for it.
    """
    started, now = monotonic(), utcnow()
    account = service(stack, NAME)
    waiting = Passive(answer, started + _REPLY_WITHIN_S, stack.settings.base_url)
    raw = await opened(request, account, now=now)
    found = arrivals(raw, account, now=now)
    turns = await handled(stack, account, found, waiting)
    later = BackgroundTask(finish, stack, turns)
    text = turns[0].reply if turns else None
    if turns and text is None and waiting.waits():
        # Not cut short: a claim committed while we said `success` would be an answer lost.
        text = await reply(stack.db, turns[0].id, channel=NAME, passive=waiting, now=utcnow())
    if not text:
        return PlainTextResponse(SUCCESS, background=later)
    xml = passive(text, to=found[0].account, by=own_name(raw), now=utcnow())
    sealed = account.envelope.sealed(xml, now=utcnow())
    # What was written within the turn left nothing to do; anything else may have jobs besides.
    after = None if turns[0].reply is not None else later
    return Response(sealed, media_type="application/xml", background=after)


def service(stack: Stack, name: str) -> Service:
    """Return a channel of WeChat's; one that is off has no address."""
    found = stack.vendor(name)
    if not isinstance(found, Service):
        raise HTTPException(404)
    return found


def echo(request: Request, account: Service) -> str:
    """Answer the check of the address; 403 unless WeChat signed it."""
    try:
        account.envelope.check(request.query_params, now=utcnow())
    except ForgedError:
        raise forged(account.name) from None
    return request.query_params.get("echostr", "")


async def opened(request: Request, account: Service, *, now: datetime) -> str:
    """Return what a push says: "" when it can't be read, 403 for a forged, 413 for a big one."""
    body = await body_of(request)
    try:
        return account.envelope.opened(request.query_params, body, now=now)
    except ForgedError:
        raise forged(account.name) from None
    except DecodeError as error:
        logger().warning("webhook.unreadable", channel=account.name, reason=str(error))
        return ""


def arrivals(raw: str, account: Service, *, now: datetime) -> list[Arrival]:
    """Read a push; nothing for one that can't be read, as its retry would be no better."""
    if not raw:
        return []
    try:
        return parse(raw, channel=account.name, now=now)
    except DecodeError as error:
        logger().warning("webhook.unreadable", channel=account.name, reason=str(error))
        return []
