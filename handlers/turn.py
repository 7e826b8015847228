"""What a turn means: a click, a picture, a place, or words, each to its handler."""

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
    Joined,
    Left,
    Located,
    Pictured,
    Said,
    Strange,
)
from core.i18n import Translator
from flows.base import Answer, Standing
from handlers import accounts, flow, people, redeem, shops, unsure
from handlers.context import Context, Pressed
from handlers.routes import CLICKS, INTENTS, SAYS
from services import buttons, lastcards, media, receipts, steps
from services.language import Understanding, understand
from services.language.commands import intent_of, number_of
from services.language.intents import UNKNOWN, main_role
from services.language.slots import slots_of
from services.language.written import is_english
from services.mailbox import newest_with_buttons
from services.points.redemptions import looks_like_code

TEXT_LIMIT = 2000
# What a person may want in the middle of a flow; anything longer is an answer to its question.
_INTERRUPTS = frozenset({"help", "human", "my_tickets"})
_INTERRUPTION_LIMIT = 12
# What is said only with these very words, and never guessed.
_COMMANDS = frozenset({"cancel", "approve_attendance"})
_SURE = 0.9
_WEB = "web"


async def answer(ctx: Context, event: Event, pressed: list[Pressed]) -> list[Act]:
    """Run the handler that the event is for; a click that was looked up is left in `pressed`."""
    if isinstance(event, Clicked):
        return await _click(ctx, event.token, pressed, event.receipt)
    if isinstance(event, Pictured):
        if ctx.standing is None:
            raise UserError("picture-not-now")
        digest = await media.store(ctx.session, ctx.media, event.jpeg, now=ctx.now)
        return await flow.answered(ctx, ctx.standing, Answer(picture=digest))
    if isinstance(event, Said):
        return await _words(ctx, event.text.strip(), pressed)
    if isinstance(event, Located):
        if ctx.standing is None:
            return await shops.around(ctx, event)
        raise UserError("place-not-now")
    return await _from_vendor(ctx, event)


async def _from_vendor(ctx: Context, event: Event) -> list[Act]:
    """Answer what only vendors tell: somebody came or left, sent a file or their number."""
    if isinstance(event, Joined):
        return await accounts.joined(ctx, event)
    if isinstance(event, GaveNumber):
        return await accounts.gave_number(ctx, event)
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
    if found.object_id is not None:
        await _reacted(ctx, found.object_id, receipt)
    await unsure.forget(ctx)
    if click.action in SAYS:
        return await INTENTS[SAYS[click.action]](ctx)
    if click.action == unsure.CHOOSE:
        return await _chosen(ctx, click.args)
    return await CLICKS[click.action](ctx, click)


async def _reacted(ctx: Context, ticket: UUID, receipt: dict[str, Any] | None) -> None:
    """Note that the person has seen their card, and by what the vendor lets us edit it."""
    await steps.confirmed(ctx.session, ticket=ticket, person=ctx.person, now=ctx.now)
    if receipt:
        await receipts.keep(
            ctx.session, receipt, ticket=ticket, person=ctx.person, channel=ctx.channel,
            now=ctx.now,
        )  # fmt: skip


async def _chosen(ctx: Context, args: dict[str, Any]) -> list[Act]:
    """Go on with the guess that was right, as if it had been understood at once."""
    intent, text = args["intent"], args["text"]
    return await INTENTS[intent](replace(ctx, text=text, slots=slots_of(intent, text)))


async def _words(ctx: Context, text: str, pressed: list[Pressed]) -> list[Act]:
    """Answer words: danger, a number, the flow that waits, a merchant's code, then their meaning."""
    if not text or len(text) > TEXT_LIMIT:
        raise UserError("text-too-long" if text else "text-empty", limit=TEXT_LIMIT)
    english = is_english(text) and not looks_like_code(text)
    ctx = replace(ctx, text=text, t=Translator("en") if english else ctx.t)
    if (acts := await people.first(ctx)) is not None:
        return acts
    if (acts := await accounts.words(ctx)) is not None:
        return acts
    if intent_of(text) == "more" and (rest := await _read_on(ctx)):
        return [Reply(say(ctx.t("text-rest"), summary=rest))]
    number = number_of(text)
    if number is not None and (token := await _numbered(ctx, number)):
        return await _click(ctx, token, pressed)
    if ctx.standing is not None:
        return await _within_flow(ctx, ctx.standing, text)
    if Role.MERCHANT in ctx.by.roles and looks_like_code(text):
        return await redeem.entered(ctx, text)
    if (phrase := intent_of(text)) in _COMMANDS:
        return await INTENTS[phrase](ctx)
    return await _meant(ctx, _understood(ctx, text))


def _understood(ctx: Context, text: str) -> Understanding:
    roles = ctx.by.roles
    return understand(text, main_role(roles), lang=ctx.t.lang, also=roles)


async def _meant(ctx: Context, found: Understanding) -> list[Act]:
    """Run what was understood; what was not becomes a choice."""
    ctx = replace(ctx, understood=found, slots=found.slots)
    if found.intent == UNKNOWN:
        return await people.kept(ctx) or await unsure.ask(ctx, found)
    await unsure.forget(ctx)
    return await INTENTS[found.intent](ctx)


async def _within_flow(ctx: Context, standing: Standing, text: str) -> list[Act]:
    phrase = intent_of(text)
    if phrase == "cancel":
        return await flow.cancelled(ctx, standing)
    if phrase == "skip":
        return await flow.answered(ctx, standing, Answer(choice="skip"))
    if phrase is None and len(text) <= _INTERRUPTION_LIMIT:
        found = _understood(ctx, text)
        phrase = "human" if found.intent == "human" and found.confidence > _SURE else None
    if phrase in _INTERRUPTS and phrase in INTENTS:
        return await INTENTS[phrase](ctx)
    return await flow.answered(ctx, standing, Answer(text=text))


async def _read_on(ctx: Context) -> str:
    if ctx.channel == _WEB:
        return ""
    return await lastcards.read_on(ctx.session, ctx.person, ctx.channel)


async def _numbered(ctx: Context, number: int) -> str | None:
    if ctx.channel == _WEB:
        card = await newest_with_buttons(ctx.session, ctx.person)
    else:
        card = await lastcards.last(ctx.session, ctx.person, ctx.channel)
    if card is None:
        return None
    if not 1 <= number <= len(card.actions):
        raise UserError("number-out-of-range", count=len(card.actions))
    action = card.actions[number - 1]
    if action.url is not None:
        raise UserError("number-is-a-link", label=action.label)
    return action.token
