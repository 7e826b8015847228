"""Telegram's webhook: its header is checked, and it is answered after the commit."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Request, Response

from bot.deps import InStack
from bot.stack import Stack
from channels.telegram import PATH, TelegramChannel
from core.clock import utcnow
from core.errors import DecodeError, UserError
from core.log import logger
from core.metrics import DEAD_LETTERS
from handlers.delivery import deliver_turn
from handlers.incoming import receive
from services.ingest import deadletter

router = APIRouter(tags=["telegram"], include_in_schema=False)
MAX_BODY = 256 * 1024


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
    await _handle(stack, channel, update)
    return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """Read a body; None beyond 256 KiB."""
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > MAX_BODY:
            return None
    return bytes(found)


async def _handle(stack: Stack, channel: TelegramChannel, update: dict[str, Any]) -> None:
    now = utcnow()
    async with channel.answering(update):
        try:
            arrival = await channel.parse(update, now=now)
        except DecodeError as error:
            await _bury(stack, update, str(error))
            return
        if arrival is None:
            return
        try:
            turn = await receive(
                stack.db, arrival, channel=channel, media_folder=stack.media,
                community=stack.settings.community,
            )  # fmt: skip
        except UserError as error:  # the same number with other words: no retry would mend it
            logger().warning("telegram.refused", reason=error.key)
            return
    await deliver_turn(
        stack.db, turn.id, channels=stack.channels, now=now, base_url=stack.settings.base_url
    )


async def _bury(stack: Stack, update: dict[str, Any], reason: str) -> None:
    """Keep what can't be read, sealed; Telegram would send it for ever."""
    DEAD_LETTERS.inc()
    await stack.db.run(
        lambda session: deadletter.bury(
            session, source="telegram", topic="webhook", payload=orjson.dumps(update),
            reason=reason, now=utcnow(),
        )
    )  # fmt: skip
