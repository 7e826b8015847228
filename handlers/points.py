"""What a resident has, how it came to be, and what it can be spent on."""

from uuid import UUID

from cards.points import balance_card, history_card, offers_card
from core.act import Act, Reply
from handlers.context import Context, Pressed
from services.points import queries, rewards

PAGE = 3


async def balance(ctx: Context) -> list[Act]:
    """Say what the person has."""
    return [Reply(balance_card(await queries.balance(ctx.session, ctx.by), ctx.t))]


async def history(ctx: Context) -> list[Act]:
    """List the newest movements."""
    return await _movements(ctx, None)


async def more_history(ctx: Context, pressed: Pressed) -> list[Act]:
    """List the movements before those shown."""
    return await _movements(ctx, int(pressed.args["before"]))


async def _movements(ctx: Context, before: int | None) -> list[Act]:
    found = await queries.history(ctx.session, ctx.by, before=before, limit=PAGE + 1)
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return [Reply(history_card(found[:PAGE], more, ctx.t))]


async def offers(ctx: Context) -> list[Act]:
    """List what there is, the cheapest first."""
    return await _offers(ctx, None)


async def more_offers(ctx: Context, pressed: Pressed) -> list[Act]:
    """List what comes after those shown."""
    return await _offers(ctx, UUID(pressed.args["after"]))


async def _offers(ctx: Context, after: UUID | None) -> list[Act]:
    found = await rewards.on_offer(
        ctx.session, queries.community_of(ctx.by), after=after, limit=PAGE + 1
    )
    more = found[PAGE - 1].id if len(found) > PAGE else None
    has = await queries.balance(ctx.session, ctx.by)
    return [Reply(offers_card(found[:PAGE], has, more, ctx.t))]
