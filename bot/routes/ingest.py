"""HTTP pushes of the operators' device platforms, stored exactly as the listener stores.

The platform is answered after the commit: 200 for what is stored or kept as unreadable, anything
else for what is to come again.
CTWing: https://help.ctwing.cn/ding-yue-tui-song/xiao-xi-ding-yue-tui-song.html
OneNET: "HTTP推送 · 开发指南".
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import PlainTextResponse
from pydantic import SecretStr

from bot.deps import InStack
from bot.stack import Stack
from bot.webhook import body_of, forged
from core.clock import utcnow
from core.db import Session, is_outage
from core.errors import DecodeError
from core.log import logger
from core.metrics import DEAD_LETTERS, MESSAGES
from devices import ctwing, decode_push, onenet, parts_of_push, pusher_of
from services.ingest import batch, deadletter
from services.ingest.registry import Registry

router = APIRouter(prefix="/ingest", tags=["devices"], include_in_schema=False)


@router.post("/ctwing")
async def from_ctwing(request: Request, stack: InStack) -> PlainTextResponse:
    """Take a push of 天翼物联; it is known by the secret in its address or header alone."""
    settings = stack.settings.ctwing
    _require(on=settings.on)
    given = request.headers if settings.header else request.query_params
    if not _same(settings.token, given.get(settings.header or "token", "")):
        raise forged(ctwing.SOURCE)
    return await _take(stack, ctwing.SOURCE, await body_of(request))


@router.get("/onenet", response_class=PlainTextResponse)
async def check_onenet(
    stack: InStack,
    msg: Annotated[str, Query(max_length=1000)] = "",
    nonce: Annotated[str, Query(max_length=100)] = "",
    signature: Annotated[str, Query(max_length=100)] = "",
) -> str:
    """Prove to OneNET that this address is ours."""
    settings = stack.settings.onenet
    _require(on=settings.on)
    if not onenet.is_signature(signature, settings.token.get_secret_value(), nonce, msg):
        raise forged(onenet.SOURCE)
    return msg


@router.post("/onenet")
async def from_onenet(request: Request, stack: InStack, token: str = "") -> PlainTextResponse:
    """Take a push of OneNET, of one message or many."""
    settings = stack.settings.onenet
    _require(on=settings.on)
    body = await body_of(request)
    if not (_is_signed(body, settings.token) if settings.signed else _same(settings.token, token)):
        raise forged(onenet.SOURCE)
    return await _take(stack, onenet.SOURCE, body)


def _require(*, on: bool) -> None:
    """Answer 404 where nobody configured the source."""
    if not on:
        raise HTTPException(404)


def _same(secret: SecretStr, given: str) -> bool:
    return hmac.compare_digest(secret.get_secret_value().encode(), given.encode())


def _is_signed(body: bytes, token: SecretStr) -> bool:
    try:
        return onenet.is_signed(body, token.get_secret_value())
    except DecodeError:
        return False


async def _take(stack: Stack, source: str, body: bytes) -> PlainTextResponse:
    """Store a push; what can't be applied is buried, an outage is a 503."""
    error = await _attempted(stack, source, body)
    if error is not None and not is_outage(error):
        # A database that dies in mid-statement may show as any error: once more before we judge.
        error = await _attempted(stack, source, body)
    if error is not None:
        await _given_up(stack, source, body, error)
    MESSAGES.inc()
    return PlainTextResponse("OK")


async def _attempted(stack: Stack, source: str, body: bytes) -> Exception | None:
    try:
        await stack.db.run(lambda session: _store(session, stack, source, body, now=utcnow()))
    except Exception as error:  # noqa: BLE001  whatever it is decides what the platform hears
        return error
    return None


async def _given_up(stack: Stack, source: str, body: bytes, error: Exception) -> None:
    if is_outage(error):
        logger().warning("ingest.database_away", error=type(error).__name__)
        raise HTTPException(503) from error
    logger().error("ingest.poison", exc=error)
    reason = type(error).__name__
    await stack.db.run(lambda session: _bury(session, stack, source, body, reason, now=utcnow()))


async def _store(
    session: Session, stack: Stack, source: str, body: bytes, *, now: datetime
) -> None:
    readable: list[batch.Message] = []
    for part in await _parts(session, stack, source, body, now=now):
        try:
            decoded = decode_push(source, part, now)
        except DecodeError as error:
            await _bury(session, stack, source, part, str(error), now=now)
            continue
        if decoded:
            digest = hashlib.blake2b(source.encode() + b"\0" + part, digest_size=8).digest()
            readable.append(
                batch.Message.of(
                    decoded, community=stack.settings.community, source=source, digest=digest,
                    received=now,
                )
            )  # fmt: skip
    # A registry of its own: pushes are handled side by side, and a shared one is cleared now and
    # then under the feet of the others.
    await batch.apply(session, Registry(), readable, now=now)


async def _parts(
    session: Session, stack: Stack, source: str, body: bytes, *, now: datetime
) -> Sequence[bytes]:
    try:
        return parts_of_push(source, body)
    except DecodeError as error:
        await _bury(session, stack, source, body, str(error), now=now)
        return ()


async def _bury(
    session: Session, stack: Stack, source: str, payload: bytes, reason: str, *, now: datetime
) -> None:
    """Keep the message with its reason; ring the operator when a life device sent it."""
    DEAD_LETTERS.inc()
    await deadletter.bury(
        session, source=source, topic=f"/ingest/{source}", payload=payload, reason=reason, now=now
    )
    speaker = pusher_of(source, payload)
    if speaker is not None:
        place = (*speaker, stack.settings.community)
        await deadletter.alarm_unreadable(session, Registry(), place, now=now)
