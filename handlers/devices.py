"""Devices in and out of the registry, and the wishes of those who have none yet."""

from datetime import datetime
from uuid import UUID

from cards import devices as cards
from core.act import Act, Reply
from core.card import Card
from core.db import Session
from core.i18n import Translator
from flows import apply, install, uninstall
from handlers.context import Context
from handlers.flow import take
from services import actors, device_requests, installations, outbox


async def register(ctx: Context) -> list[Act]:
    """登记设备."""
    return await take(ctx, await install.begin(ctx.turn()))


async def remove(ctx: Context) -> list[Act]:
    """拆除设备."""
    return await take(ctx, await uninstall.begin(ctx.turn()))


async def request(ctx: Context) -> list[Act]:
    """Begin a resident's wish for a device, for themselves or for an elder of theirs."""
    return await take(ctx, await apply.begin(ctx.turn(), ctx.text))


async def wishes(ctx: Context) -> list[Act]:
    """设备申请名单."""
    found, total = await device_requests.listing(ctx.session, ctx.by)
    return [Reply(cards.wishes(found, total, ctx.t))]


async def tell(session: Session, *, now: datetime) -> None:
    """Tell workers how their live tests ended, and those who asked that the device is there."""
    for test in await installations.outcomes(session, now=now):
        t, channel = await _ear(session, test.worker)
        await _send(session, cards.tested(test.name, test.heard, t), test.worker, channel, now=now)
    for person, kind in await device_requests.fulfilled(session, now=now):
        t, channel = await _ear(session, person)
        await _send(session, cards.in_place(kind, t), person, channel, now=now)


async def _ear(session: Session, person: UUID) -> tuple[Translator, str | None]:
    channel = (await actors.reachable(session, [person])).get(person)
    profile = await actors.profile(session, person, channel=channel or "")
    return Translator(profile.lang), channel


async def _send(
    session: Session, card: Card, person: UUID, channel: str | None, *, now: datetime
) -> None:
    if channel is not None:
        await outbox.enqueue_reply(
            session, card, person=person, channel=channel, turn=None, now=now
        )
