"""Help, the state of one's home, and what to say when nothing was understood."""

from cards import talk
from core.act import Act, Reply
from handlers.context import Context
from services.homes import statuses


async def help_menu(ctx: Context) -> list[Act]:
    """Show the menu of the person's role."""
    return [Reply(talk.menu(ctx.by.roles, ctx.t))]


async def home_status(ctx: Context) -> list[Act]:
    """Show how the devices at home, or at the elders' homes, are."""
    return [Reply(talk.home_status(await statuses(ctx.session, ctx.person), ctx.t))]


async def unknown(ctx: Context) -> list[Act]:
    """Admit it, with the menu and the emergency numbers."""
    return [Reply(talk.not_understood(ctx.t))]


async def nothing_to_cancel(ctx: Context) -> list[Act]:
    """Say that nothing was under way."""
    return [Reply(talk.say(ctx.t("nothing-to-cancel")))]
