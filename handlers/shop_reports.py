"""信息不对, 已经关门了: what is wrong about a shop, reported and checked in chat."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from cards import shop_reports as cards
from core.act import Act, Reply
from core.actor import Actor
from core.card import Card
from core.db import Session
from core.i18n import Translator
from flows import correct
from handlers.context import Context, Pressed
from handlers.flow import take
from services import notices
from services.language.shop_faults import gone
from services.shops import places, reports, search


async def begin(ctx: Context, pressed: Pressed) -> list[Act]:
    """信息不对."""
    shop, name = UUID(pressed.args["shop"]), pressed.args["name"]
    return await take(ctx, await correct.begin(ctx.turn(), shop, name))


async def words(ctx: Context) -> list[Act] | None:
    """Take 老李修鞋铺搬走了; None where no shop of the circle is called so."""
    if (said := gone(ctx.text)) is None:
        return None
    name, fault = said
    start = await places.standpoint(ctx.session, ctx.by, conversation=ctx.conversation, now=ctx.now)
    if start is None:
        return None
    found = await search.find(
        ctx.session, start.community, name, origin=start.origin, now=ctx.now, limit=1
    )
    if found.kind is not search.Kind.NAME or not found.shops:
        return None
    shop = found.shops[0]
    return await take(ctx, await correct.begin(ctx.turn(), shop.id, shop.name, fault))


async def waiting(ctx: Context) -> list[Act]:
    """店铺核实: what is to be looked at."""
    return [Reply(cards.waiting(await reports.waiting(ctx.session, ctx.by), ctx.t))]


async def true(ctx: Context, pressed: Pressed) -> list[Act]:
    """Put it right for everybody."""
    return await _decide(ctx, pressed, accept=True)


async def untrue(ctx: Context, pressed: Pressed) -> list[Act]:
    """Leave the list as it is."""
    return await _decide(ctx, pressed, accept=False)


async def _decide(ctx: Context, pressed: Pressed, *, accept: bool) -> list[Act]:
    card = await decide(
        ctx.session, ctx.by, UUID(pressed.args["report"]), accept=accept, now=ctx.now
    )
    return [Reply(card(ctx.t))]


async def decide(
    session: Session, by: Actor, report: UUID, *, accept: bool, now: datetime
) -> Callable[[Translator], Card]:
    """Decide a report and tell everybody who made it; returns what is said."""
    one = await reports.decide(session, by, report=report, accept=accept, now=now)
    card = partial(cards.decided, one, accepted=accept)
    await notices.tell(session, one.people, card, now=now)
    return card
