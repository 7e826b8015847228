"""WeChat's webhook: the address check, and each push with its passive reply.

https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Passive_user_reply_message.html
"""

import asyncio
from datetime import datetime
from time import monotonic

from fastapi import APIRouter, BackgroundTasks, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse

from bot.deps import InStack
from bot.stack import Stack
from channels.wechat.envelope import ForgedError
from channels.wechat.parse import own_name, parse
from channels.wechat.render import answer, passive
from channels.wechat.service import Service
from core.clock import utcnow
from core.errors import DecodeError, UserError
from core.event import Arrival, Attached
from core.log import logger
from handlers.delivery import deliver_turn
from handlers.fetching import fetch_turn
from handlers.incoming import receive
from handlers.passive import reply

router = APIRouter(tags=["wechat"])
NAME = "wechat"
SUCCESS = "success"  # WeChat asks no more, and shows nothing
MAX_BODY = 256 * 1024
# WeChat hangs up after 5 s. A reply that is not begun by now is the worker's, by the API.
REPLY_WITHIN_S = 4.0


@router.get("/wechat", response_class=PlainTextResponse)
async def check(request: Request, stack: InStack) -> str:
    """Prove to WeChat that this address is ours."""
    return echo(request, service(stack, NAME))


@router.post("/wechat")
async def take(request: Request, stack: InStack, later: BackgroundTasks) -> Response:
    """Handle one push and answer it in the same breath, or say `success` and write later.

    The commit is waited for, however long it takes: WeChat's retry then finds the turn, and the
    text that was kept for it.
    """
    until, now = monotonic() + REPLY_WITHIN_S, utcnow()
    account = service(stack, NAME)
    raw = await opened(request, account, now=now)
    found = arrivals(raw, account, now=now)
    turns = [await handled(stack, account, one) for one in found]
    turn = turns[0] if len(turns) == 1 else None  # several are consents, which nobody answers
    if turn is not None and isinstance(found[0].event, Attached):
        turn = await _fetched(stack, turn, later, until=until)
    if turn is None or monotonic() > until:
        return PlainTextResponse(SUCCESS)
    # Not cut short: a claim that was committed while we said `success` would be an answer lost.
    text = await reply(stack.db, turn, channel=NAME, write=answer, now=utcnow())
    if not text:
        return PlainTextResponse(SUCCESS)
    xml = passive(text, to=found[0].account, by=own_name(raw), now=utcnow())
    return Response(account.envelope.sealed(xml, now=utcnow()), media_type="application/xml")


async def _fetched(stack: Stack, turn: int, later: BackgroundTasks, *, until: float) -> int | None:
    """Fetch what a person sent; what takes longer than WeChat waits is answered by the API."""
    fetching = asyncio.create_task(fetch(stack, turn))
    await asyncio.wait({fetching}, timeout=max(0.0, until - monotonic()))
    if not fetching.done():
        later.add_task(_tell, stack, fetching)
        return None
    return next(reversed(fetching.result()), turn)


async def _tell(stack: Stack, fetching: asyncio.Task[list[int]]) -> None:
    for turn in await fetching:
        await deliver(stack, turn)


async def fetch(stack: Stack, turn: int) -> list[int]:
    """Do a turn's jobs; returns the turns that came of them."""
    return await fetch_turn(
        stack.db, turn, channels=stack.channels, hear=stack.hear, folder=stack.media, now=utcnow()
    )


async def deliver(stack: Stack, turn: int) -> None:
    """Send a turn's cards by the API."""
    await deliver_turn(
        stack.db, turn, channels=stack.channels, now=utcnow(), base_url=stack.settings.base_url
    )


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
        raise refused(account) from None
    return request.query_params.get("echostr", "")


async def opened(request: Request, account: Service, *, now: datetime) -> str:
    """Return what a push says: "" when it can't be read, 403 for a forged, 413 for a big one."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY:
            raise HTTPException(413)
    try:
        return account.envelope.opened(request.query_params, bytes(body), now=now)
    except ForgedError:
        raise refused(account) from None
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


async def handled(stack: Stack, account: Service, arrival: Arrival) -> int | None:
    """Return the turn of an arrival; None when its key was used with other words."""
    try:
        turn = await receive(
            stack.db, arrival, channel=account, media_folder=stack.media,
            community=stack.settings.community,
        )  # fmt: skip
    except UserError as error:
        logger().warning("webhook.refused", channel=account.name, reason=error.key)
        return None
    return turn.id


def refused(account: Service) -> HTTPException:
    """Note a forged request in one line without its content."""
    logger().warning("webhook.forged", channel=account.name)
    return HTTPException(403)
