"""At the door: who was dialled, that the person is seen, and what is tried where nobody opens."""

from cards import door as cards
from core.act import Act, Refresh, Reply
from handlers.context import Context, Pressed
from handlers.emergency import ticket_of
from services.actors import names
from services.tickets import door, journal
from services.tickets.door import Step


async def dialled(ctx: Context, pressed: Pressed) -> list[Act]:
    """已拨打: the person says that they have dialled themselves."""
    ticket = ticket_of(pressed)
    number = pressed.args["number"]
    await journal.dialled(ctx.session, ctx.by, ticket=ticket, number=number, now=ctx.now)
    return [Refresh(ticket)]


async def seen(ctx: Context, pressed: Pressed) -> list[Act]:
    """见到本人: the family reads it at once."""
    ticket = ticket_of(pressed)
    await journal.seen(ctx.session, ctx.by, ticket=ticket, now=ctx.now)
    return [Refresh(ticket)]


async def note(ctx: Context, pressed: Pressed) -> list[Act]:
    """敲门无人应, 进不去, and each thing tried after that."""
    ticket, step = ticket_of(pressed), Step(pressed.args["step"])
    beside = pressed.args.get("beside", "")
    if step is Step.FORCED and not beside:
        found = await door.colleagues(ctx.session, ctx.by, ticket=ticket)
        known = await names(ctx.session, found)
        return [Reply(cards.who_else(ticket, [(one, known[one]) for one in found], ctx.t))]
    noted = await door.note(
        ctx.session, ctx.by, ticket=ticket, step=step, beside=beside, now=ctx.now
    )
    return [Reply(cards.door(ticket, door.steps(noted), ctx.t)), Refresh(ticket)]


async def next_step(ctx: Context, pressed: Pressed) -> list[Act]:
    """Show again what can be tried."""
    ticket = ticket_of(pressed)
    row = await journal.at_the_door(ctx.session, ctx.by, ticket)
    noted = await journal.of(ctx.session, ticket, row.epoch)
    return [Reply(cards.door(ticket, door.steps(noted), ctx.t))]
