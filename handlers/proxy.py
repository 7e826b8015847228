"""代办: what a worker writes and presses is done as somebody without chat, till it ends."""

from dataclasses import replace
from uuid import UUID

from cards import proxy as cards
from cards.proxy import FOR
from core.act import Act, Reply
from core.actor import Role
from core.card import Action
from core.errors import UserError
from handlers.context import Context, Pressed
from services.language.intents import RESIDENT
from services.people import proxy
from services.people.proxy import Standing

# What is done as the person; danger, a talk, one's own tickets and data stay the worker's.
INTENTS = frozenset(RESIDENT)
_MONEY = "redeem.hold"


async def begin(ctx: Context, person: UUID) -> list[Act]:
    """代办 somebody."""
    standing = await proxy.begin(ctx.session, ctx.by, person=person, now=ctx.now)
    return [Reply(cards.begun(standing, ctx.t))]


async def end(ctx: Context) -> list[Act]:
    """结束代办."""
    return [Reply(cards.ended(await proxy.end(ctx.session, ctx.by, now=ctx.now), ctx.t))]


async def end_pressed(ctx: Context, _pressed: Pressed) -> list[Act]:
    """结束代办 by button."""
    return await end(ctx)


async def standing(ctx: Context) -> Standing | None:
    """Tell for whom this turn's person acts; only workers do."""
    if Role.WORKER not in ctx.by.roles:
        return None
    return await proxy.live(ctx.session, ctx.person, now=ctx.now)


async def bound(ctx: Context, args: dict[str, object]) -> Standing | None:
    """Find for whom a button or a flow was made; None for the worker's own.

    Raises UserError `proxy-is-over` when the worker no longer acts for them.
    """
    if FOR not in args:
        return None
    live = await standing(ctx)
    if live is None or str(live.person) != args[FOR]:
        raise UserError("proxy-is-over", status=409)
    return live


async def as_person(ctx: Context, whom: Standing) -> Context:
    """Make the context in which handlers act as the person."""
    by = await proxy.stands_in(ctx.session, ctx.by, whom)
    return replace(ctx, by=by, person=whom.person)


async def acted(ctx: Context, whom: Standing, acts: list[Act]) -> list[Act]:
    """Mark every card of a turn as done for the person, and write the act down."""
    await proxy.acted(ctx.session, ctx.by, whom, now=ctx.now)
    return [
        Reply(cards.marked(act.card, whom, ctx.t)) if isinstance(act, Reply) else act
        for act in acts
    ]


def asks_again(ctx: Context, pressed: Pressed, whom: Standing) -> list[Act] | None:
    """Have the worker check with the person before their points are spent; None once they did."""
    if pressed.action != _MONEY or pressed.args.get("sure"):
        return None
    button = Action(
        "redeem.hold", ctx.t("action-proxy-sure"), "danger", args={**pressed.args, "sure": True}
    )
    return [Reply(cards.sure(button, whom, ctx.t))]
