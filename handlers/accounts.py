"""Somebody comes, leaves, or joins another account of theirs to the one we know."""

import re
from uuid import UUID

from cards import accounts as cards
from cards.talk import say
from core.act import Act, Fetch, Reply
from core.actor import Role
from core.event import GaveNumber, Invited, Joined, Recognised
from core.i18n import Translator
from handlers import bindings
from handlers.context import Context, Pressed
from services import accounts, actors, linking
from services.language.commands import intent_of
from services.language.intents import main_role

_CODE = re.compile(
    r"\s*(绑定|关联|邀请码|link|invitation)?[\s:：]*(\d(?:[ -]?\d){7})\s*", re.IGNORECASE
)
# The scene of a code that we made: a QR code, t.me/<bot>?start=…
SCENE = re.compile(r"link-(\d{8})")
_INVITE = "link_account"
_ASKS_NUMBER = frozenset({"telegram"})
# Its pushes carry no union id, so the vendor is asked once; a mini-program's pushes carry it.
_TELLS_UNION = frozenset({"wechat"})


async def joined(ctx: Context, event: Joined) -> list[Act]:
    """Greet somebody new; a code that they came by joins them to who they are."""
    found = SCENE.fullmatch(event.scene)
    if found is not None:
        return await _join(ctx, found[1])
    role = main_role(ctx.by.roles)
    newcomer = role is Role.RESIDENT and await linking.is_newcomer(ctx.session, ctx.person)
    card = cards.welcome(
        role, ctx.t, newcomer=newcomer, asks_number=newcomer and ctx.channel in _ASKS_NUMBER
    )
    ask = [Fetch("union")] if newcomer and ctx.channel in _TELLS_UNION else []
    return [Reply(card), *ask]


async def words(ctx: Context) -> list[Act] | None:
    """Take what is about accounts: "绑定账号" makes a code, the code joins; None for all else."""
    if intent_of(ctx.text) == _INVITE:
        return await _invite(ctx)
    found = _CODE.fullmatch(ctx.text)
    if found is None:
        return None
    code = re.sub(r"\D", "", found[2])
    if not found[1] and (ctx.standing or not await linking.is_newcomer(ctx.session, ctx.person)):
        # Eight bare digits may as well be a telephone number.
        return None if ctx.standing else await bindings.by_code(ctx, code)
    return await _join(ctx, code)


async def _invite(ctx: Context) -> list[Act]:
    digits = await linking.invite(ctx.session, ctx.person, now=ctx.now)
    minutes = int(linking.CODE_LIFE.total_seconds() // 60)
    return [Reply(cards.code(digits, minutes, ctx.t)), Fetch("invite", f"link-{digits}")]


def invited(ctx: Context, event: Invited) -> list[Act]:
    """Show where the code need not be typed: a QR code, a link."""
    return [Reply(cards.invitations(event.links, ctx.t))]


async def _join(ctx: Context, code: str) -> list[Act]:
    person = await linking.join(
        ctx.session, channel=ctx.channel, newcomer=ctx.person, code=code, now=ctx.now
    )
    if person is not None:
        return await _linked(ctx, person)
    invited = await bindings.by_code(ctx, code)
    return invited or [Reply(say(ctx.t("link-code-wrong"), tone="warning"))]


async def recognised(ctx: Context, event: Recognised) -> list[Act]:
    """Join a newcomer to the person whom their WeChat is known to be; silent otherwise."""
    account = await accounts.of(ctx.session, ctx.person, ctx.channel)
    if account is None:
        return []
    person = await linking.recognise(
        ctx.session, account, channel=ctx.channel, union=event.union, now=ctx.now
    )
    if person is None:
        return []
    profile = await actors.profile(ctx.session, person)
    words = Translator(profile.lang)("link-recognised", name=profile.name)
    return [Reply(say(words, tone="success"), person)]


async def ask_number(ctx: Context, _pressed: Pressed) -> list[Act]:
    """Say where the vendor's own button is: only that one sends a number that can be believed."""
    return [Reply(say(ctx.t("link-press-button")))]


async def gave_number(ctx: Context, event: GaveNumber) -> list[Act]:
    """Join the account to the one person who is registered with this number.

    Only a number that the vendor vouches for is believed.
    """
    if not event.own:
        return [Reply(say(ctx.t("link-number-foreign"), tone="warning"))]
    person = await linking.of_phone(ctx.session, event.phone)
    if person is None or person == ctx.person:
        return [Reply(say(ctx.t("link-number-unknown"), summary=ctx.t("link-number-next")))]
    await linking.merge(
        ctx.session, channel=ctx.channel, newcomer=ctx.person, person=person, now=ctx.now
    )
    return await _linked(ctx, person)


async def _linked(ctx: Context, person: UUID) -> list[Act]:
    """Greet the person whom this account belongs to now."""
    profile = await actors.profile(ctx.session, person)
    t = Translator(profile.lang)
    card = say(t("link-done", name=profile.name), summary=t("link-done-next"), tone="success")
    return [Reply(card, person)]
