"""The state of one's home, nothing to cancel, and nothing more to list."""

from cards import talk
from core.act import Act, Reply
from handlers.context import Context
from services.homes import statuses


async def home_status(ctx: Context) -> list[Act]:
    """Show how the devices at home, or at the elders' homes, are."""
    return [Reply(talk.home_status(await statuses(ctx.session, ctx.person), ctx.t))]


async def nothing_to_cancel(ctx: Context) -> list[Act]:
    """Say that nothing was under way."""
    return [Reply(talk.say(ctx.t("nothing-to-cancel")))]


async def nothing_more(ctx: Context) -> list[Act]:
    """Say that the newest list was the whole of it."""
    return [Reply(talk.say(ctx.t("nothing-more"), summary=ctx.t("nothing-more-next")))]
