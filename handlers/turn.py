"""What a turn means: a click, a picture, a place, or words, each to its handler."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from cards.talk import say, strange
from core.act import Act, Fetch, Reply
from core.actor import Role
from core.errors import UserError
from core.event import (
    Attached,
    Clicked,
    Consented,
    Event,
    GaveNumber,
    Invited,
    Joined,
    Left,
    Located,
    Pictured,
    Recognised,
    Said,
    Strange,
)
from core.i18n import Translator
from flows.base import Answer, Standing
from handlers import (
    accounts,
    flow,
    glass,
    limits,
    newest,
    people,
    proxy,
    redeem,
    residents,
    shop_reports,
    shops,
    silences,
    unsure,
)
from handlers.context import Context, Pressed
from handlers.routes import CLICKS, INTENTS, SAYS
from services import actors, buttons, conversation, media, receipts, steps
from services.language import Understanding, understand
from services.language.commands import intent_of, number_of
from services.language.intents import UNKNOWN, main_role
from services.language.slots import slots_of
from services.language.written import language_of
from services.points.redemptions import looks_like_code
from services.tickets import own_cards

TEXT_LIMIT = 2000
# What a person may want in the middle of a flow; anything longer is an answer to its question.
_INTERRUPTS = frozenset({"help", "human", "my_tickets"})
_INTERRUPTION_LIMIT = 12
# What is said only with these very words, and never guessed.
_COMMANDS = frozenset(
    {
        "cancel", "approve_attendance", "more", "moved_out", "relatives", "binding_requests",
        "end_proxy", "register_device", "remove_device", "device_requests", "rule_proposals",
        "silences", "safe_yes", "safe_no", "swap_shift", "my_shifts",
        "shop_reports",
    }
)  # fmt: skip
_SURE = 0.9


async def answer(ctx: Context, event: Event, pressed: list[Pressed]) -> list[Act]:
    """Run the handler that the event is for; a click that was looked up is left in `pressed`."""
    if isinstance(event, Clicked):
        return await _click(ctx, event.token, pressed, event.receipt)
    if isinstance(event, Pictured):
        if ctx.standing is None:
            return await people.pictured(ctx, event.jpeg)
        digest = await media.store(ctx.session, ctx.media, event.jpeg, now=ctx.now)
        return await flow.answered(ctx, ctx.standing, Answer(picture=digest))
    if isinstance(event, Said):
        return await _words(ctx, event.text.strip(), pressed)
    if isinstance(event, Located):
        return await _located(ctx, event)
    return await _from_vendor(ctx, event)


async def _located(ctx: Context, event: Located) -> list[Act]:
    """Look for shops around a place; within a flow keep it for later and ask on."""
    if ctx.standing is None:
        return await shops.around(ctx, event)
    await shops.keep_place(ctx, event)
    kept = say(ctx.t("place-kept"), tone="info")
    return [Reply(kept), *await flow.answered(ctx, ctx.standing, Answer())]


async def _from_vendor(ctx: Context, event: Event) -> list[Act]:
    """Answer what only vendors tell: somebody came or left, sent a file or their number."""
    if isinstance(event, Joined):
        return await accounts.joined(ctx, event)
    if isinstance(event, GaveNumber):
        return await accounts.gave_number(ctx, event)
    if isinstance(event, Invited):
        return accounts.invited(ctx, event)
    if isinstance(event, Recognised):
        return await accounts.recognised(ctx, event)
    if isinstance(event, Attached):
        return [Fetch(event.kind, event.ref)]
    if isinstance(event, Left | Consented):
        return []
    if isinstance(event, Strange):
        return [Reply(strange(event.kind, ctx.t))]
    raise TypeError(type(event).__name__)


async def _click(
    ctx: Context, token: str, pressed: list[Pressed], receipt: dict[str, Any] | None = None
) -> list[Act]:
    found = await buttons.press(ctx.session, token, person=ctx.person, now=ctx.now)
    click = Pressed(found.action, found.object_id, found.args)
    pressed.append(click)
    await unsure.forget(ctx)
    if (whom := await proxy.bound(ctx, click.args)) is not None:
        stand = await proxy.as_person(ctx, whom)
        acts = proxy.asks_again(ctx, click, whom) or await _pressed(stand, click)
        return await proxy.acted(stand, whom, acts)
    acts = await _pressed(ctx, click)
    if click.object_id is not None:  # after the handler: tickets are locked before their cards
        await _reacted(ctx, click.object_id, receipt)
    return acts


async def _pressed(ctx: Context, click: Pressed) -> list[Act]:
    if click.action in SAYS:
        return await INTENTS[SAYS[click.action]](ctx)
    if click.action == unsure.CHOOSE:
        return await _chosen(ctx, click.args)
    return await CLICKS[click.action](ctx, click)


async def _reacted(ctx: Context, ticket: UUID, receipt: dict[str, Any] | None) -> None:
    """Note that the person has seen their card, and by what the vendor lets us edit it.

    WeChat Work greys all of a card's buttons at a click, so the card is drawn anew.
    """
    keys: dict[str, Any] = {"ticket": ticket, "person": ctx.person}
    await steps.confirmed(ctx.session, **keys, now=ctx.now)
    if receipt:
        await receipts.keep(ctx.session, receipt, **keys, channel=ctx.channel, now=ctx.now)
        await own_cards.show_again(ctx.session, **keys, channel=ctx.channel, now=ctx.now)


async def _chosen(ctx: Context, args: dict[str, Any]) -> list[Act]:
    """Go on with the guess that was right, as if it had been understood at once."""
    intent, text = args["intent"], args["text"]
    return await _done(replace(ctx, text=text, slots=slots_of(intent, text)), intent)


async def _done(ctx: Context, intent: str) -> list[Act]:
    """Do what was understood; what is a resident's is done as whom the worker acts for."""
    whom = await proxy.standing(ctx) if intent in proxy.INTENTS else None
    if whom is None or ctx.by.through is not None:
        return await INTENTS[intent](ctx)
    stand = await proxy.as_person(ctx, whom)
    return await proxy.acted(stand, whom, await INTENTS[intent](stand))


async def _words(ctx: Context, text: str, pressed: list[Pressed]) -> list[Act]:
    """Answer words: danger, a number, the flow that waits, a merchant's code, then their meaning."""
    if not text or len(text) > TEXT_LIMIT:
        raise UserError("text-too-long" if text else "text-empty", limit=TEXT_LIMIT)
    ctx = replace(ctx, text=text, t=await _in_their_language(ctx, text))
    if (acts := await _taken(ctx, people.first, accounts.words, glass.words)) is not None:
        return acts
    phrase = intent_of(text)
    if phrase == "more" and (rest := await newest.rest(ctx)):
        return [Reply(say(ctx.t("text-rest"), summary=rest))]
    number = number_of(text)
    if number is not None and (token := await newest.numbered(ctx, number)):
        return await _click(ctx, token, pressed)
    if ctx.standing is not None:
        return await _within_flow(ctx, ctx.standing, text)
    if Role.MERCHANT in ctx.by.roles and looks_like_code(text):
        return await redeem.entered(ctx, text)
    if token := await newest.worded(ctx, text, phrase):
        return await _click(ctx, token, pressed)
    if phrase in _COMMANDS:
        return await INTENTS[phrase](ctx)
    acts = await _taken(ctx, silences.words, limits.words, residents.words, shop_reports.words)
    return acts or await _meant(ctx, await _understood(ctx, text))


async def _taken(
    ctx: Context, *takers: Callable[[Context], Awaitable[list[Act] | None]]
) -> list[Act] | None:
    """Ask each in turn whether the words are theirs."""
    for taker in takers:
        if (acts := await taker(ctx)) is not None:
            return acts
    return None


async def _in_their_language(ctx: Context, text: str) -> Translator:
    """Answer as the person writes; buttons and cards that follow go on in this language."""
    spoken = None if looks_like_code(text) else language_of(text)
    if spoken is None or spoken == ctx.t.lang:
        return ctx.t
    own = (await actors.profile(ctx.session, ctx.person)).lang
    lang = "en" if spoken == "en" else own  # who asked for English gets it for Chinese words too
    await conversation.speak(ctx.session, ctx.conversation, None if lang == own else lang)
    return Translator(lang)


async def _understood(ctx: Context, text: str) -> Understanding:
    roles = ctx.by.roles
    if await proxy.standing(ctx) is not None:
        return understand(text, Role.RESIDENT, lang=ctx.t.lang, also=roles)
    return understand(text, main_role(roles), lang=ctx.t.lang, also=roles)


async def _meant(ctx: Context, found: Understanding) -> list[Act]:
    """Run what was understood; what was not becomes a choice."""
    ctx = replace(ctx, understood=found, slots=found.slots)
    if found.intent == UNKNOWN:
        return await _taken(ctx, people.kept, shops.taught) or await unsure.ask(ctx, found)
    await unsure.forget(ctx)
    return await _done(ctx, found.intent)


async def _within_flow(ctx: Context, standing: Standing, text: str) -> list[Act]:
    phrase = intent_of(text)
    if phrase == "cancel":
        return await flow.cancelled(ctx, standing)
    if phrase == "skip":
        return await flow.answered(ctx, standing, Answer(choice="skip"))
    if phrase is None and len(text) <= _INTERRUPTION_LIMIT:
        found = await _understood(ctx, text)
        phrase = "human" if found.intent == "human" and found.confidence > _SURE else None
    if phrase in _INTERRUPTS and phrase in INTENTS:
        return await INTENTS[phrase](ctx)
    if (acts := await flow.offered(ctx, standing, text)) is not None:
        return acts
    return await _beside(ctx, standing, text)


async def _beside(ctx: Context, standing: Standing, text: str) -> list[Act]:
    """Do what else was surely meant, then ask the flow's question again; else ask it at once."""
    found = await _understood(ctx, text)
    if found.confidence < _SURE or found.intent in {UNKNOWN, "smalltalk"}:
        return await flow.answered(ctx, standing, Answer(text=text))
    acts = await _done(replace(ctx, understood=found, slots=found.slots), found.intent)
    stands = await conversation.standing(ctx.session, ctx.conversation)
    if stands is not None and stands["ref"] != standing.ref:
        return acts  # it began a flow, under which this one waits, or went through this one
    return [*acts, *await flow.asked_again(ctx, standing)]
