"""What a worker does with tickets, by button or in words."""

from uuid import UUID

from cards.talk import call_office, say, ticket_list
from core.act import Act, Refresh, Reply
from core.errors import UserError
from flows import resolve, transfer
from handlers import people
from handlers.context import Context, Pressed
from handlers.emergency import ticket_of
from handlers.flow import take
from models import Status
from services import office
from services.tickets import (
    answer,
    backup,
    bell,
    own_cards,
    queries,
    remedies,
    rings,
    watch,
)
from services.tickets.callers import HANDOVER


async def acknowledge(ctx: Context, pressed: Pressed) -> list[Act]:
    """接单: the first to press has it, the others learn who."""
    ticket = ticket_of(pressed)
    await answer.acknowledge(ctx.session, ctx.by, ticket=ticket, now=ctx.now)
    return [*await people.begun(ctx, ticket), Refresh(ticket)]


async def arrive(ctx: Context, pressed: Pressed) -> list[Act]:
    """到场."""
    ticket = ticket_of(pressed)
    await answer.arrive(ctx.session, ctx.by, ticket=ticket, now=ctx.now)
    return [Refresh(ticket)]


async def resolve_ticket(ctx: Context, pressed: Pressed) -> list[Act]:
    """处置完成: begin the flow that asks what was found and who was seen; a talk just ends."""
    if (await queries.view(ctx.session, ticket_of(pressed))).what == HANDOVER:
        return await people.end(ctx, pressed)
    return await take(ctx, await resolve.begin(ctx.turn(), ticket_of(pressed)))


async def heard(ctx: Context, pressed: Pressed) -> list[Act]:
    """收到: the monthly test came through."""
    ticket = ticket_of(pressed)
    await bell.hear(ctx.session, ctx.by, ticket=ticket, now=ctx.now)
    await own_cards.show_again(
        ctx.session, ticket=ticket, person=ctx.person, channel=ctx.channel, now=ctx.now
    )
    return [Refresh(ticket)]


async def promise(ctx: Context, pressed: Pressed) -> list[Act]:
    """5 / 15 分钟到."""
    ticket, minutes = ticket_of(pressed), int(pressed.args["minutes"])
    await watch.promise(ctx.session, ctx.by, ticket=ticket, minutes=minutes, now=ctx.now)
    return [Refresh(ticket)]


async def take_along(ctx: Context, pressed: Pressed) -> list[Act]:
    """同一户的一起接: whoever goes there takes what else alarms behind that door."""
    ticket = ticket_of(pressed)
    taken = await answer.take_along(ctx.session, ctx.by, ticket=ticket, now=ctx.now)
    return [Refresh(one) for one in (ticket, *taken)]


async def pass_on(ctx: Context, pressed: Pressed) -> list[Act]:
    """转派: begin the flow that asks to whom and why."""
    return await take(ctx, await transfer.begin(ctx.turn(), ticket_of(pressed)))


async def repair(ctx: Context, pressed: Pressed) -> list[Act]:
    """报修: the device of this ticket goes on the maintenance list."""
    await remedies.repair(ctx.session, ctx.by, ticket=ticket_of(pressed), now=ctx.now)
    return [Reply(say(ctx.t("remedy-faulty"), tone="info"))]


async def show(ctx: Context, pressed: Pressed) -> list[Act]:
    """Show a ticket of the list again, as it is now."""
    ticket = UUID(pressed.args["ticket"])
    found = await own_cards.show_again(
        ctx.session, ticket=ticket, person=ctx.person, channel=ctx.channel, now=ctx.now, ring=True
    )
    if not found:
        raise UserError("ticket-unknown", status=404)
    # What only stood in the list has nothing on its way yet that could be shown.
    await rings.refresh(ctx.session, [ticket], now=ctx.now)
    return [Refresh(ticket)]


async def mine(ctx: Context) -> list[Act]:
    """我的工单."""
    return [Reply(ticket_list(await queries.mine(ctx.session, ctx.person), ctx.t))]


async def acknowledge_by_text(ctx: Context) -> list[Act]:
    """接单 in words: only when it can mean a single ticket."""
    return await acknowledge(ctx, await _the_one(ctx, Status.OPEN))


async def arrive_by_text(ctx: Context) -> list[Act]:
    """到场 in words."""
    return await arrive(ctx, await _the_one(ctx, Status.ACKED))


async def resolve_by_text(ctx: Context) -> list[Act]:
    """处置完成 in words."""
    return await resolve_ticket(ctx, await _the_one(ctx, Status.ACKED))


async def pass_on_by_text(ctx: Context) -> list[Act]:
    """转派 in words."""
    return await pass_on(ctx, await _the_one(ctx, Status.ACKED))


async def ask_for_backup(ctx: Context) -> list[Act]:
    """求助 in words."""
    return await call_backup(ctx, await _the_one(ctx, Status.ACKED))


async def call_backup(ctx: Context, pressed: Pressed) -> list[Act]:
    """求助: backup and lead of the grid are told at once."""
    ticket = ticket_of(pressed)
    try:
        told = await backup.ask(ctx.session, ctx.by, ticket=ticket, now=ctx.now)
    except UserError as error:
        if error.key != "ticket-help-nobody":
            raise
        phone = await office.phone(ctx.session, ctx.person)
        return [Reply(call_office(ctx.t(error.key), phone, ctx.t))]
    words = ctx.t("ticket-help-asked", names=ctx.t("word-list").join(told))
    return [Reply(say(words, summary=ctx.t("ticket-help-next"), tone="success"))]


async def _the_one(ctx: Context, status: Status) -> Pressed:
    """Find the ticket that words can mean; raises UserError when there is none or several."""
    tickets = [
        one
        for one in await queries.mine(ctx.session, ctx.person)
        if one.status is status
        and (status is Status.OPEN or (one.acked_by == ctx.person and one.what != HANDOVER))
    ]
    if not tickets:
        raise UserError("ticket-none-for-words")
    if len(tickets) > 1:
        raise UserError("ticket-several-for-words", count=len(tickets))
    return Pressed("", tickets[0].id, {})
