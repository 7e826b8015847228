"""Telegram's webhook: its header is checked, and it is answered after the commit."""

import asyncio
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Request, Response
from starlette.background import BackgroundTask

from bot.deps import InStack
from bot.stack import Stack
from bot.webhook import body_of, finish, forged, handled
from channels.telegram import PATH, TelegramChannel
from core.clock import utcnow
from core.errors import DecodeError, Halted, Permanent, Retryable
from core.log import logger
from core.metrics import DEAD_LETTERS
from handlers.dispatch import Turn
from services.ingest import deadletter

router = APIRouter(tags=["telegram"], include_in_schema=False)
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
        raise forged(channel.name)
    body = await body_of(request)
    try:
        update = orjson.loads(body)
    except orjson.JSONDecodeError:
        update = None
    if not isinstance(update, dict):
        return Response(status_code=400)
    turns = await _committed(stack, channel, update)
    return Response(status_code=200, background=BackgroundTask(finish, stack, turns))


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


async def _committed(stack: Stack, channel: TelegramChannel, update: dict[str, Any]) -> list[Turn]:
    """Handle an update in one transaction; returns what is to be finished afterwards."""
    async with channel.answering(update):
        try:
            arrival = await channel.parse(update, now=utcnow())
        except DecodeError as error:
            await _bury(stack, update, str(error))
            return []
        return await handled(stack, channel, [arrival] if arrival is not None else [])


async def _bury(stack: Stack, update: dict[str, Any], reason: str) -> None:
    """Keep what can't be read, sealed; Telegram would send it for ever."""
    DEAD_LETTERS.inc()
    await stack.db.run(
        lambda session: deadletter.bury(
            session, source="telegram", topic="webhook", payload=orjson.dumps(update),
            reason=reason, now=utcnow(),
        )
    )  # fmt: skip
