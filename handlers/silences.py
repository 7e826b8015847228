"""Silencing a device in the chat: asked for in words, agreed to and ended by buttons."""

from datetime import datetime
from functools import partial
from uuid import UUID

from cards import silences as cards
from core.act import Act, Reply
from core.actor import Role
from core.db import Session
from flows import silence
from handlers.context import Context, Pressed
from handlers.flow import take
from services import notices, silenced, silences
from services.language.silencing import Wish, read
from services.rules.book import Book

_STAFF = frozenset({Role.WORKER, Role.OPERATOR})


async def words(ctx: Context) -> list[Act] | None:
    """Take what staff say about silencing; None for anything else."""
    wish = read(ctx.text) if ctx.by.roles & _STAFF else None
    if wish is None:
        return None
    return await listing(ctx) if wish.wants == "list" else await _begin(ctx, wish)


async def listing(ctx: Context) -> list[Act]:
    """静音名单."""
    return [Reply(cards.listing(await silenced.listing(ctx.session, ctx.by), ctx.person, ctx.t))]


async def agree(ctx: Context, pressed: Pressed) -> list[Act]:
    """Be the second person; whoever asked hears of it."""
    which = UUID(pressed.args["silence"])
    await silences.agree(ctx.session, ctx.by, silence=which, now=ctx.now)
    one = await silenced.one(ctx.session, which)
    await notices.tell(
        ctx.session, [one.asked_by], partial(cards.agreed, one), now=ctx.now, at_once=True
    )
    return [Reply(cards.begun(one, ctx.t))]


async def end(ctx: Context, pressed: Pressed) -> list[Act]:
    """End it early, withdraw it or refuse it; whoever asked hears of a refusal."""
    which = UUID(pressed.args["silence"])
    one = await silenced.one(ctx.session, which)
    await silences.end(ctx.session, ctx.by, silence=which, now=ctx.now)
    if one.ends_at is None and one.asked_by != ctx.person:
        card = partial(cards.refused, one.device, ctx.by.name)
        await notices.tell(ctx.session, [one.asked_by], card, now=ctx.now, at_once=True)
    return [Reply(cards.ended(one.device, ctx.t))]


async def sweep(session: Session, book: Book, *, now: datetime) -> int:
    """End what is over and tell both people what was held back and whether it rings now."""
    over = await silences.sweep(session, book, now=now)
    for one in await silenced.over(session, over) if over else ():
        card = partial(cards.over, one)
        await notices.tell(session, one.people, card, now=now, at_once=True)
    return len(over)


async def _begin(ctx: Context, wish: Wish) -> list[Act]:
    return await take(ctx, await silence.begin(ctx.turn(), wish))
