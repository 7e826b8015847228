"""Duty: on and off, what is told before, during and after a shift, and shifts that are swapped."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from cards import duty as cards
from cards.talk import say
from core.act import Act, Refresh, Reply
from core.card import Card
from core.db import Session
from core.i18n import Translator
from flows import swap as flow
from handlers.context import Context, Pressed
from handlers.flow import take
from services import calendars, duty, notices, reliefs, shifts, swaps

SHOWN = 10  # shifts on one card
SOON = timedelta(days=1)


async def begin(ctx: Context) -> list[Act]:
    """我在岗."""
    grids = await shifts.confirm(ctx.session, ctx.by, now=ctx.now)
    return [Reply(say(ctx.t("duty-on", grids=ctx.t("word-list").join(grids)), tone="success"))]


async def leave(ctx: Context) -> list[Act]:
    """下班."""
    grids = await duty.leave(ctx.session, ctx.by, now=ctx.now)
    words = ctx.t("duty-off", grids=ctx.t("word-list").join(grids))
    return [Reply(say(words, summary=ctx.t("duty-off-next")))]


async def relieve(ctx: Context, pressed: Pressed) -> list[Act]:
    """全部接下: what the one before still had in hand."""
    relief = UUID(pressed.args["relief"])
    taken = await reliefs.take(ctx.session, ctx.by, relief=relief, channel=ctx.channel, now=ctx.now)
    if not taken:
        return [Reply(say(ctx.t("relief-empty"), tone="success"))]
    done = say(ctx.t("relief-taken", count=len(taken)), tone="success")
    return [Reply(done), *(Refresh(ticket) for ticket in taken)]


async def swap(ctx: Context) -> list[Act]:
    """换班."""
    return await take(ctx, await flow.begin(ctx.turn()))


async def swap_yes(ctx: Context, pressed: Pressed) -> list[Act]:
    """我来上."""
    return await _answered(ctx, pressed, accepted=True)


async def swap_no(ctx: Context, pressed: Pressed) -> list[Act]:
    """换不了."""
    return await _answered(ctx, pressed, accepted=False)


async def _answered(ctx: Context, pressed: Pressed, *, accepted: bool) -> list[Act]:
    done = await swaps.answer(
        ctx.session, ctx.by, swap=UUID(pressed.args["swap"]), accepted=accepted, now=ctx.now
    )
    listeners = [done.asker, *(done.operators if accepted else ())]
    await notices.tell(
        ctx.session, [one for one in listeners if one != ctx.person],
        lambda t: cards.swapped(done, t), now=ctx.now, at_once=done.shift.starts_at - ctx.now < SOON,
    )  # fmt: skip
    key = "swap-yours" if accepted else "swap-kept"
    return [Reply(say(ctx.t(key, name=done.shift.name), tone="success"))]


async def mine(ctx: Context) -> list[Act]:
    """我的班表."""
    turns = await swaps.mine(ctx.session, ctx.by, now=ctx.now, running=True)
    return [Reply(cards.mine(turns[:SHOWN], calendars.link(ctx.person, now=ctx.now), ctx.t))]


async def sweep(session: Session, *, now: datetime) -> None:
    """Do what the clock says of shifts, and tell people: notice, missed, hand-over, given back."""

    async def tell(people: Sequence[UUID], card: Callable[[Translator], Card]) -> None:
        await notices.tell(session, people, card, now=now, at_once=True)

    for one in await shifts.beginning(session, now=now):
        await tell([one.person], partial(cards.beginning, one))
    for one in await shifts.missed(session, now=now):
        await tell([one.person], partial(cards.missed, one))
        await tell(one.others, partial(cards.missed_by, one))
    for relief in await reliefs.begin(session, now=now):
        await tell(relief.takers, partial(cards.relief, relief))
        await tell([relief.giver], partial(cards.given, relief))
    await reliefs.overdue(session, now=now)
