"""Proposed limits: the operator accepts or declines, the worker who proposed hears of it."""

from functools import partial
from uuid import UUID

from cards import proposals as cards
from core.act import Act, Reply
from handlers.context import Context, Pressed
from services import notices
from services.rules import proposals


async def listing(ctx: Context) -> list[Act]:
    """限值建议."""
    return [Reply(cards.waiting(await proposals.waiting(ctx.session, ctx.by), ctx.t))]


async def accept(ctx: Context, pressed: Pressed) -> list[Act]:
    """Put it in force for 90 days."""
    return await _decide(ctx, pressed, accepted=True)


async def decline(ctx: Context, pressed: Pressed) -> list[Act]:
    """Leave the rule as it is."""
    return await _decide(ctx, pressed, accepted=False)


async def _decide(ctx: Context, pressed: Pressed, *, accepted: bool) -> list[Act]:
    one = await proposals.decide(
        ctx.session, ctx.by, proposal=UUID(pressed.args["proposal"]), accept=accepted, now=ctx.now
    )
    card = partial(cards.decided, one, accepted=accepted)
    await notices.tell(ctx.session, [one.asked_by], card, now=ctx.now)
    return [Reply(card(ctx.t))]
