"""Joining a flat or an elder: requests, who decides them, invitations, and ending a link."""

from collections.abc import Callable
from uuid import UUID

from cards import bindings as cards
from cards import families as family_cards
from cards.talk import say
from core.act import Act, Reply
from core.actor import Role
from core.card import Card
from core.errors import UserError
from core.i18n import Translator
from flows import bind
from handlers import flow
from handlers.context import Context, Pressed
from models import BindingKind
from services import conversation, notices
from services.people import bindings, families, flats, invitations, requests, spoken
from services.people.families import Link
from services.people.requests import Request, Wish

_Make = Callable[[Translator], Card]


async def home(ctx: Context) -> list[Act]:
    """登记住址, 搬家, 搬走."""
    return await flow.take(ctx, await bind.begin_home(ctx.turn(), ctx.text))


async def moved_out(ctx: Context) -> list[Act]:
    """我搬走了: the grid's worker confirms it."""
    return await home(ctx)


async def elder(ctx: Context) -> list[Act]:
    """绑定老人; an elder gets a code for the relatives, whoever wants out gets the list."""
    if spoken.leaving(ctx.text):
        return await relatives(ctx)
    if Role.ELDER in ctx.by.roles and ctx.by.person is not None:
        return [Reply(await invitation(ctx, elder=ctx.by.person, whom=ctx.by.name))]
    return await flow.take(ctx, await bind.begin_elder(ctx.turn(), ctx.text))


async def choose_home(ctx: Context, pressed: Pressed) -> list[Act]:
    """Take the flat, and what for, from a button; the question it answers is over."""
    if ctx.standing is not None and ctx.standing.flow == bind.NAME:
        await conversation.stand(ctx.session, ctx.conversation, None)
    wish = Wish(pressed.args["wish"]) if "wish" in pressed.args else None
    step = await bind.wanted(ctx.turn(), UUID(pressed.args["home"]), wish)
    return await flow.take(ctx, step)


async def withdraw(ctx: Context, pressed: Pressed) -> list[Act]:
    """Take an own request back."""
    one = await bindings.withdraw(
        ctx.session, ctx.by, binding=UUID(pressed.args["binding"]), now=ctx.now
    )
    workers = await bindings.deciders(ctx.session, one, now=ctx.now)
    await _tell(ctx, workers, lambda t: say(t("binding-taken-back", name=one.name)))
    return [Reply(say(ctx.t("binding-withdrawn"), tone="success"))]


async def open_requests(ctx: Context) -> list[Act]:
    """绑定申请: what waits in the own grids."""
    return [Reply(cards.requests(await requests.open_in(ctx.session, ctx.by), 0, ctx.t))]


async def more_requests(ctx: Context, pressed: Pressed) -> list[Act]:
    """更多 of the requests."""
    found = await requests.open_in(ctx.session, ctx.by)
    return [Reply(cards.requests(found, int(pressed.args["start"]), ctx.t))]


async def show(ctx: Context, pressed: Pressed) -> list[Act]:
    """Show one request to those who may decide it."""
    found = await requests.open_in(ctx.session, ctx.by)
    wanted = UUID(pressed.args["binding"])
    one = next((one for one in found if one.id == wanted), None)
    if one is None:
        raise UserError("binding-is-over", status=409)
    return [Reply(cards.to_worker(one, ctx.t))]


async def confirm(ctx: Context, pressed: Pressed) -> list[Act]:
    """确认, 同意."""
    return await _decide(ctx, pressed, yes=True)


async def refuse(ctx: Context, pressed: Pressed) -> list[Act]:
    """不是, 不同意."""
    return await _decide(ctx, pressed, yes=False)


async def _decide(ctx: Context, pressed: Pressed, *, yes: bool) -> list[Act]:
    one = await bindings.decide(
        ctx.session, ctx.by, binding=UUID(pressed.args["binding"]), yes=yes, now=ctx.now
    )
    if one.elder is not None and yes:
        await _tell_linked(ctx, one)
    return await _ended(ctx, one)


async def same(ctx: Context, pressed: Pressed) -> list[Act]:
    """就是登记的这一位."""
    one = await bindings.same_as(
        ctx.session, ctx.by, binding=UUID(pressed.args["binding"]),
        person=UUID(pressed.args["person"]), now=ctx.now,
    )  # fmt: skip
    return await _ended(ctx, one)


async def _ended(ctx: Context, one: Request) -> list[Act]:
    """Tell the asker, in their channel, and whoever decided."""
    await notices.tell(
        ctx.session, [one.person], lambda t: cards.decided(one, t, own=True), now=ctx.now,
        at_once=True,
    )  # fmt: skip
    return [Reply(cards.decided(one, ctx.t, own=False))]


async def _tell_linked(ctx: Context, one: Request) -> None:
    """Tell the elder and the relatives before who hears of the alarms too."""
    assert one.elder is not None
    made = next(
        link for link in await families.links(ctx.session, one.elder)
        if link.relative == one.person and link.elder == one.elder
    )  # fmt: skip
    await _tell_household(ctx, made, lambda t: family_cards.told_linked(made, t))


async def _tell_household(ctx: Context, made: Link, make: _Make) -> None:
    known = [made.elder, *await families.relatives(ctx.session, made.elder)]
    await _tell(ctx, families.others(known, made.relative, ctx.person), make)


async def invitation(
    ctx: Context, *, whom: str, home: UUID | None = None, elder: UUID | None = None
) -> Card:
    """Make a code for a flat, or for an elder's relatives."""
    if elder is not None:
        digits = await invitations.to_elder(ctx.session, ctx.by, elder=elder, now=ctx.now)
    else:
        assert home is not None
        digits = await invitations.to_home(ctx.session, ctx.by, home=home, now=ctx.now)
    return cards.code(digits, invitations.LIFE.days, ctx.t, whom=whom, family=elder is not None)


async def by_code(ctx: Context, digits: str) -> list[Act] | None:
    """Use an invitation's code; None for digits that are none."""
    invited = await invitations.use(ctx.session, ctx.by, digits, now=ctx.now)
    if invited is None:
        return None
    if invited.kind is BindingKind.ELDER:
        return await _by_family_code(ctx, invited)
    before = await flats.lived_in(ctx.session, ctx.person)
    one = await bindings.invited_home(ctx.session, ctx.by, invited, now=ctx.now)
    await _tell(ctx, [invited.made_by], lambda t: cards.to_worker(one, t))
    acts: list[Act] = [Reply(cards.decided(one, ctx.t, own=True))]
    if before:
        acts.append(Reply(cards.still_there(before, ctx.t)))
    return acts


async def _by_family_code(ctx: Context, invited: invitations.Invited) -> list[Act]:
    made = await families.by_code(ctx.session, ctx.by, invited, now=ctx.now)
    await _tell_household(ctx, made, lambda t: family_cards.told_linked(made, t))
    return [Reply(family_cards.linked(made, ctx.t))]


async def set_relation(ctx: Context, pressed: Pressed) -> list[Act]:
    """Keep whose relative somebody is."""
    await families.set_relation(
        ctx.session, ctx.by, elder=UUID(pressed.args["elder"]), relation=pressed.args["relation"]
    )
    return [Reply(say(ctx.t("family-relation-kept"), tone="success"))]


async def relatives(ctx: Context) -> list[Act]:
    """我的家属: who hears of whose alarms; 解除绑定 leads here too."""
    found = await families.links(ctx.session, ctx.person)
    return [Reply(family_cards.relatives(found, ctx.person, ctx.t))]


async def unlink(ctx: Context, pressed: Pressed) -> list[Act]:
    """End a link after its consequence was named; worker and relatives hear of it."""
    ends = {"elder": UUID(pressed.args["elder"]), "relative": UUID(pressed.args["relative"])}
    if not pressed.args.get("sure"):
        found = await families.links(ctx.session, ctx.person)
        one = next(
            (f for f in found if f.elder == ends["elder"] and f.relative == ends["relative"]), None
        )
        if one is None:
            raise UserError("family-gone", status=409)
        return [Reply(family_cards.ask_unlink(one, ctx.t))]
    ended = await families.unlink(ctx.session, ctx.by, **ends, now=ctx.now)
    await _tell_household(ctx, ended, lambda t: family_cards.told_unlinked(ended, t))
    await _tell(ctx, families.others([ended.relative], ctx.person),
                lambda t: family_cards.told_unlinked(ended, t))  # fmt: skip
    workers = await families.workers(ctx.session, ended.elder, now=ctx.now)
    await _tell(ctx, workers, lambda t: family_cards.told_unlinked(ended, t))
    return [Reply(family_cards.told_unlinked(ended, ctx.t))]


async def _tell(ctx: Context, people: list[UUID], make: _Make) -> None:
    await notices.tell(ctx.session, people, make, now=ctx.now)
