"""Redeeming: the resident holds and shows a code, the merchant enters it and confirms."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from cards.points import ask_card, merchant_card, offers_card, resident_card
from cards.proxy import marked
from cards.talk import say
from core.act import Act, Reply
from core.actor import Role
from core.db import Session
from core.errors import UserError
from core.i18n import Translator
from handlers import points
from handlers.context import Context, Pressed
from services import actors, outbox
from services.people import proxy
from services.points import codes, holds, queries, redemptions, rewards
from services.points.holds import RedemptionView

_CODE = ("码", "code")  # asks for what is in hand, not for a reward of that name
_GIVEN_UP = re.compile(
    r"取消|撤销|退回|退给|退我|不想?要?换|不兑|不想兑|不要兑|cancel|give .* back|any more|changed my mind",
    re.IGNORECASE,
)
_ALL = 200  # more rewards than a community has
_End = Callable[..., Awaitable[RedemptionView]]


async def begin(ctx: Context) -> list[Act]:
    """Go on with the reward that was named, else with the code in hand, else with the list.

    Whoever gave it up sees the code in hand too: its other button gives the points back.
    """
    words = str(ctx.slots.get("reward") or "")
    given_up = _GIVEN_UP.search(ctx.text) is not None
    if words and not given_up and not any(one in words.casefold() for one in _CODE):
        return await _named(ctx, words)
    held = await holds.live(ctx.session, ctx.person, now=ctx.now)
    if held:
        return [Reply(resident_card(held[0], ctx.t, now=ctx.now))]
    if given_up:
        return [Reply(say(ctx.t("redeem-none-held"), summary=ctx.t("redeem-none-held-next")))]
    return await points.offers(ctx)


async def _named(ctx: Context, words: str) -> list[Act]:
    community = queries.community_of(ctx.by)
    offers = await rewards.on_offer(ctx.session, community, after=None, limit=_ALL)
    found = rewards.alike(offers, words)
    has = await queries.balance(ctx.session, ctx.by)
    if len(found) == 1:
        return [Reply(ask_card(found[0], has, ctx.t))]
    if found:
        return [Reply(offers_card(found[: points.PAGE], has, None, ctx.t))]
    more = offers[points.PAGE - 1].id if len(offers) > points.PAGE else None
    shown = offers[: points.PAGE]
    return [Reply(offers_card(shown, has, more, ctx.t, title="rewards-not-found"))]


async def choose(ctx: Context, pressed: Pressed) -> list[Act]:
    """Ask before anything is written."""
    community = queries.community_of(ctx.by)
    wanted = await rewards.reward(ctx.session, community, UUID(pressed.args["reward"]))
    return [Reply(ask_card(wanted, await queries.balance(ctx.session, ctx.by), ctx.t))]


async def hold(ctx: Context, pressed: Pressed) -> list[Act]:
    """Set the points aside and show the code; pressed again, show it again."""
    made = await redemptions.hold(
        ctx.session, ctx.by, reward=UUID(pressed.args["reward"]),
        redemption=UUID(pressed.args["redemption"]), channel=ctx.channel, now=ctx.now,
    )  # fmt: skip
    return [Reply(resident_card(made, ctx.t, now=ctx.now))]


async def cancel(ctx: Context, pressed: Pressed) -> list[Act]:
    """Give the points back to the resident who changed their mind."""
    ended, _ = await _ended(ctx, pressed, redemptions.cancel)
    return [Reply(resident_card(ended, ctx.t, now=ctx.now))]


async def ask_code(ctx: Context) -> list[Act]:
    """Take the code that came with the words, else ask the merchant for it."""
    if code := ctx.slots.get("code"):
        return await entered(ctx, str(code))
    if Role.MERCHANT not in ctx.by.roles:
        raise UserError("not-allowed", status=403)
    return [Reply(say(ctx.t("redeem-ask-code"), summary=ctx.t("redeem-ask-code-next")))]


async def entered(ctx: Context, text: str) -> list[Act]:
    """Show the merchant what a code stands for, or how many tries are left."""
    found = await codes.enter(ctx.session, ctx.by, text, now=ctx.now)
    if isinstance(found, codes.Found):
        return [Reply(merchant_card(found.redemption, ctx.t, now=ctx.now))]
    if isinstance(found, codes.Wrong):
        wrong = ctx.t("redeem-wrong-code")
        next_step = ctx.t("redeem-wrong-code-next", left=found.left)
        return [Reply(say(wrong, summary=next_step, tone="warning"))]
    if isinstance(found, codes.Locked):
        locked = ctx.t("redeem-locked", minutes=found.minutes)
        return [Reply(say(locked, summary=ctx.t("redeem-locked-next"), tone="warning"))]
    return [Reply(say(ctx.t("redeem-ask-code"), summary=ctx.t("redeem-ask-code-next")))]


async def confirm(ctx: Context, pressed: Pressed) -> list[Act]:
    """Hand the points over, once; whoever comes later sees how it ended."""
    return await _at_the_counter(ctx, pressed, redemptions.confirm)


async def refuse(ctx: Context, pressed: Pressed) -> list[Act]:
    """Give the points back at the merchant's word."""
    return await _at_the_counter(ctx, pressed, redemptions.refuse)


async def _at_the_counter(ctx: Context, pressed: Pressed, end: _End) -> list[Act]:
    ended, by_this = await _ended(ctx, pressed, end)
    if by_this:
        await _tell(ctx.session, ended, now=ctx.now)
    return [Reply(merchant_card(ended, ctx.t, now=ctx.now))]


async def _ended(ctx: Context, pressed: Pressed, end: _End) -> tuple[RedemptionView, bool]:
    """End a redemption by a click; a late one gets it as it is now, any other refusal stays one."""
    which = UUID(pressed.args["redemption"])
    try:
        return await end(ctx.session, ctx.by, redemption=which, now=ctx.now), True
    except UserError as error:
        if not error.key.startswith("redeem-is-"):
            raise
        return await holds.view(ctx.session, which, by=ctx.by), False


async def sweep(session: Session, *, now: datetime) -> int:
    """Give back what was not confirmed in time and tell the residents; returns how many."""
    ended = await redemptions.sweep(session, now=now)
    for one in ended:
        await _tell(session, one, now=now)
    return len(ended)


async def _tell(session: Session, ended: RedemptionView, *, now: datetime) -> None:
    """Tell the resident at once, in their language, where they redeemed; or who acts for them."""
    to = await proxy.recipient(session, ended.person, now=now)
    if to is None:
        return
    t = Translator((await actors.profile(session, to, channel=ended.channel)).lang)
    card = resident_card(ended, t, now=now)
    if to != ended.person and (whom := await proxy.live(session, to, now=now)) is not None:
        card = marked(card, whom, t)
    await outbox.enqueue_reply(session, card, person=to, channel=ended.channel, turn=None, now=now)
