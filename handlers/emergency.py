"""救命 in chat: told at once, before any flow; the flow stays where it was and goes on after."""

from uuid import UUID

from cards import people as cards
from cards.talk import say
from core.act import Act, Refresh, Reply
from core.errors import UserError
from flows.base import Answer
from handlers import flow
from handlers.context import Context, Pressed
from services.language.emergency import emergency_of
from services.tickets import contacts, emergency, own_cards

_GENERAL = "help"


async def said(ctx: Context) -> list[Act]:
    """Open the ticket for words of danger, or answer a general question with advice."""
    danger = emergency_of(ctx.text)
    if danger is None or not danger.now:
        return [Reply(cards.advice(danger.kind if danger else _GENERAL, ctx.t))]
    return await _open(ctx, danger.kind, ctx.text, elder=danger.elder)


async def opened(ctx: Context, pressed: Pressed) -> list[Act]:
    """现在就有危险: the button under the advice."""
    return await _open(ctx, pressed.args["kind"], ctx.t("action-danger-now"), elder=False)


async def _open(ctx: Context, kind: str, words: str, *, elder: bool) -> list[Act]:
    ticket = await emergency.call(
        ctx.session, ctx.by, kind=kind, said=words, elder=elder, now=ctx.now
    )
    if ticket is None:
        return [Reply(cards.nobody_to_tell(kind, ctx.t))]
    return await own_card(ctx, ticket) or [Reply(cards.rung_again(kind, ctx.t))]


async def own_card(ctx: Context, ticket: UUID) -> list[Act]:
    """Show the ticket's card in this turn; empty where it stands in another channel."""
    shown = await own_cards.show_again(
        ctx.session, ticket=ticket, person=ctx.person, channel=ctx.channel, now=ctx.now
    )
    return [Refresh(ticket)] if shown else []


async def withdrawn(ctx: Context, pressed: Pressed) -> list[Act]:
    """误触，撤销: the worker still asks; what the person was doing before goes on."""
    ticket = ticket_of(pressed)
    await emergency.withdraw(ctx.session, ctx.by, ticket=ticket, now=ctx.now)
    answer: list[Act] = [Reply(say(ctx.t("emergency-withdrawn"), tone="info")), Refresh(ticket)]
    if ctx.standing is not None:
        answer += await flow.answered(ctx, ctx.standing, Answer())
    return answer


async def taken_back(ctx: Context) -> list[Act] | None:
    """误触 in words: as the button says it, while the newest call has that button."""
    ticket = await emergency.to_take_back(ctx.session, ctx.person)
    return None if ticket is None else await withdrawn(ctx, Pressed("", ticket, {}))


async def contact(ctx: Context, pressed: Pressed) -> list[Act]:
    """联系电话: for those who work on the ticket, while it lives."""
    found = await contacts.of_ticket(ctx.session, ctx.by, ticket=ticket_of(pressed), now=ctx.now)
    return [Reply(cards.contacts(found, ctx.t))]


def ticket_of(pressed: Pressed) -> UUID:
    """Return the ticket that a click is about."""
    if pressed.object_id is None:
        raise UserError("ticket-unknown", status=404)
    return pressed.object_id
