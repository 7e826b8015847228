"""Telegram's webhook: its header is checked, and it is answered after the commit."""

import asyncio
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Request, Response
from starlette.background import BackgroundTask

from bot.deps import InStack
from bot.stack import Stack
from channels.telegram import PATH, TelegramChannel
from core.clock import utcnow
from core.errors import DecodeError, Halted, Permanent, Retryable, UserError
from core.log import logger
from core.metrics import DEAD_LETTERS
from handlers.aftermath import finish_turn
from handlers.incoming import receive
from services.ingest import deadletter

router = APIRouter(tags=["telegram"], include_in_schema=False)
MAX_BODY = 256 * 1024
_AGAIN_S = 60.0


@router.post(PATH)
async def telegram(
    request: Request,
    stack: InStack,
    x_telegram_bot_api_secret_token: Annotated[str, Header()] = "",
) -> Response:
    """Handle one update; anything but 200 makes Telegram send it again."""
    channel = stack.channels.get(TelegramChannel.name)
    if not isinstance(channel, TelegramChannel) or stack.settings.telegram.mode != "webhook":
        return Response(status_code=404)
    if not channel.is_telegram(x_telegram_bot_api_secret_token):
        logger().warning("telegram.wrong_secret")
        return Response(status_code=403)
    body = await _body(request)
    if body is None:
        return Response(status_code=413)
    try:
        update = orjson.loads(body)
    except orjson.JSONDecodeError:
        update = None
    if not isinstance(update, dict):
        return Response(status_code=400)
    turn = await _committed(stack, channel, update)
    after = BackgroundTask(_finish, stack, turn) if turn is not None else None
    return Response(status_code=200, background=after)


async def begin(stack: Stack) -> None:
    """In webhook mode ask Telegram to send updates here, again until it agrees."""
    channel, settings = stack.channels.get(TelegramChannel.name), stack.settings
    if not isinstance(channel, TelegramChannel) or settings.telegram.mode != "webhook":
        return
    while True:
        try:
            await channel.listen_at(settings.base_url)
        except (Retryable, Halted, Permanent) as error:
            logger().warning("telegram.cannot_register", reason=str(error))
            await asyncio.sleep(getattr(error, "after", _AGAIN_S))
        else:
            return


async def _body(request: Request) -> bytes | None:
    """Read a body; None beyond 256 KiB."""
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > MAX_BODY:
            return None
    return bytes(found)


async def _committed(stack: Stack, channel: TelegramChannel, update: dict[str, Any]) -> int | None:
    """Handle an update in one transaction; None when there is nothing to do afterwards."""
    async with channel.answering(update):
        try:
            arrival = await channel.parse(update, now=utcnow())
        except DecodeError as error:
            await _bury(stack, update, str(error))
            return None
        if arrival is None:
            return None
        try:
            turn = await receive(
                stack.db, arrival, channel=channel, media_folder=stack.media,
                community=stack.settings.community,
            )  # fmt: skip
        except UserError as error:  # the same number with other words: no retry would mend it
            logger().warning("telegram.refused", reason=error.key)
            return None
    return turn.id


async def _finish(stack: Stack, turn: int) -> None:
    await finish_turn(
        stack.db, turn, channels=stack.channels, hear=stack.hear, folder=stack.media, now=utcnow(),
        base_url=stack.settings.base_url,
    )  # fmt: skip


async def _bury(stack: Stack, update: dict[str, Any], reason: str) -> None:
    """Keep what can't be read, sealed; Telegram would send it for ever."""
    DEAD_LETTERS.inc()
    await stack.db.run(
        lambda session: deadletter.bury(
            session, source="telegram", topic="webhook", payload=orjson.dumps(update),
            reason=reason, now=utcnow(),
        )
    )  # fmt: skip
