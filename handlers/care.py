"""Those who are asked answer: 平安, how they know it, 没联系上, and 撤回."""

from uuid import UUID

from cards import care as cards
from cards.talk import say
from core.act import Act, Refresh, Reply
from core.errors import UserError
from handlers import away as away_talk
from handlers.context import Context, Pressed
from handlers.emergency import ticket_of
from models import How, Part
from services import away
from services.tickets import own_cards, queries, safety


async def yes(ctx: Context, pressed: Pressed) -> list[Act]:
    """平安: the elder is believed; a relative says how they know."""
    return await _yes(ctx, ticket_of(pressed))


async def no(ctx: Context, pressed: Pressed) -> list[Act]:
    """没联系上, or the elder needs help: somebody goes at once."""
    return await _answer(ctx, ticket_of(pressed), How.NOT_REACHED)


async def how(ctx: Context, pressed: Pressed) -> list[Act]:
    """刚通过话, 和我在一起, 我猜没事."""
    return await _answer(ctx, ticket_of(pressed), How(pressed.args["how"]))


async def undo(ctx: Context, pressed: Pressed) -> list[Act]:
    """撤回 within ten minutes."""
    ticket = ticket_of(pressed)
    await safety.take_back(ctx.session, ctx.by, ticket=ticket, now=ctx.now)
    return [Reply(cards.taken_back(ticket, ctx.t)), Refresh(ticket)]


async def yes_in_words(ctx: Context) -> list[Act]:
    """平安 in words: when somebody is asked; else it is good to hear."""
    ticket = await own_cards.asked_about(ctx.session, ctx.person)
    if ticket is None:
        return [Reply(say(ctx.t("safe-nobody-asks"), tone="success"))]
    return await _yes(ctx, ticket)


async def no_in_words(ctx: Context) -> list[Act]:
    """没联系上 in words."""
    ticket = await own_cards.asked_about(ctx.session, ctx.person)
    if ticket is None:
        raise UserError("safe-no-nobody-asks")
    return await _answer(ctx, ticket, How.NOT_REACHED)


async def _yes(ctx: Context, ticket: UUID) -> list[Act]:
    if await own_cards.part_of(ctx.session, ticket=ticket, person=ctx.person) is Part.ELDER:
        return await _answer(ctx, ticket, How.SELF)
    return [Reply(cards.how_do_you_know(ticket, ctx.t))]


async def _answer(ctx: Context, ticket: UUID, known: How) -> list[Act]:
    await safety.answer(ctx.session, ctx.by, ticket=ticket, how=known, now=ctx.now)
    noted = Reply(cards.answered(ticket, known, ctx.t, until=ctx.now + safety.UNDO))
    if known is not How.TOGETHER:
        return [noted, Refresh(ticket)]
    about = await queries.about(ctx.session, ticket)
    theirs = [one for one in await away.candidates(ctx.session, ctx.by) if one[0] in about]
    return [noted, *(away_talk.offer(ctx, *one) for one in theirs), Refresh(ticket)]
