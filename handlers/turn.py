"""What a turn means: a click, a picture, a place, or words, each to its handler."""

from dataclasses import replace
from typing import Any

from cards.talk import say
from core.act import Act, Reply
from core.actor import Role
from core.errors import UserError
from core.event import Clicked, Event, Located, Pictured, Said
from core.i18n import Translator
from flows.base import Answer, Standing
from handlers import flow, people, redeem, shops, unsure
from handlers.context import Context, Pressed
from handlers.routes import CLICKS, INTENTS, SAYS
from services import actors, buttons, conversation, media
from services.language import Understanding, understand
from services.language.commands import intent_of, number_of
from services.language.intents import UNKNOWN, main_role
from services.language.slots import slots_of
from services.language.written import language_of
from services.mailbox import newest_with_buttons
from services.points.redemptions import looks_like_code

TEXT_LIMIT = 2000
# What a person may want in the middle of a flow; anything longer is an answer to its question.
_INTERRUPTS = frozenset({"help", "human", "my_tickets"})
_INTERRUPTION_LIMIT = 12
# What is said only with these very words, and never guessed.
_COMMANDS = frozenset({"cancel", "approve_attendance", "more"})
_SURE = 0.9
_MORE = ".more"  # how the ids of buttons end that turn a list's page


async def answer(ctx: Context, event: Event, pressed: list[Pressed]) -> list[Act]:
    """Run the handler that the event is for; a click that was looked up is left in `pressed`."""
    if isinstance(event, Clicked):
        return await _click(ctx, event.token, pressed)
    if isinstance(event, Pictured):
        if ctx.standing is None:
            return await people.pictured(ctx, event.jpeg)
        digest = await media.store(ctx.session, ctx.media, event.jpeg, now=ctx.now)
        return await flow.answered(ctx, ctx.standing, Answer(picture=digest))
    if isinstance(event, Said):
        return await _words(ctx, event.text.strip(), pressed)
    if not isinstance(event, Located):
        raise TypeError(f"no answer to {type(event).__name__}")
    return await _located(ctx, event)


async def _located(ctx: Context, event: Located) -> list[Act]:
    """Look for shops around a place; within a flow keep it for later and ask on."""
    if ctx.standing is None:
        return await shops.around(ctx, event)
    await shops.keep_place(ctx, event)
    kept = say(ctx.t("place-kept"), tone="info")
    return [Reply(kept), *await flow.answered(ctx, ctx.standing, Answer())]


async def _click(ctx: Context, token: str, pressed: list[Pressed]) -> list[Act]:
    found = await buttons.press(ctx.session, token, person=ctx.person, now=ctx.now)
    click = Pressed(found.action, found.object_id, found.args)
    pressed.append(click)
    await unsure.forget(ctx)
    if click.action in SAYS:
        return await INTENTS[SAYS[click.action]](ctx)
    if click.action == unsure.CHOOSE:
        return await _chosen(ctx, click.args)
    return await CLICKS[click.action](ctx, click)


async def _chosen(ctx: Context, args: dict[str, Any]) -> list[Act]:
    """Go on with the guess that was right, as if it had been understood at once."""
    intent, text = args["intent"], args["text"]
    return await INTENTS[intent](replace(ctx, text=text, slots=slots_of(intent, text)))


async def _words(ctx: Context, text: str, pressed: list[Pressed]) -> list[Act]:
    """Answer words: danger, a number, the flow that waits, a merchant's code, then their meaning."""
    if not text or len(text) > TEXT_LIMIT:
        raise UserError("text-too-long" if text else "text-empty", limit=TEXT_LIMIT)
    ctx = replace(ctx, text=text, t=await _in_their_language(ctx, text))
    if (acts := await people.first(ctx)) is not None:
        return acts
    number = number_of(text)
    if number is not None and (token := await _numbered(ctx, number)):
        return await _click(ctx, token, pressed)
    if ctx.standing is not None:
        return await _within_flow(ctx, ctx.standing, text)
    if Role.MERCHANT in ctx.by.roles and looks_like_code(text):
        return await redeem.entered(ctx, text)
    phrase = intent_of(text)
    if phrase == "more" and (token := await _next_page(ctx)):
        return await _click(ctx, token, pressed)
    if phrase in _COMMANDS:
        return await INTENTS[phrase](ctx)
    return await _meant(ctx, _understood(ctx, text))


async def _in_their_language(ctx: Context, text: str) -> Translator:
    """Answer as the person writes; buttons and cards that follow go on in this language."""
    spoken = None if looks_like_code(text) else language_of(text)
    if spoken is None or spoken == ctx.t.lang:
        return ctx.t
    own = (await actors.profile(ctx.session, ctx.person)).lang
    lang = "en" if spoken == "en" else own  # who asked for English gets it for Chinese words too
    await conversation.speak(ctx.session, ctx.conversation, None if lang == own else lang)
    return Translator(lang)


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


async def _numbered(ctx: Context, number: int) -> str | None:
    card = await newest_with_buttons(ctx.session, ctx.person)
    if card is None:
        return None
    if not 1 <= number <= len(card.actions):
        raise UserError("number-out-of-range", count=len(card.actions))
    action = card.actions[number - 1]
    if action.url is not None:
        raise UserError("number-is-a-link", label=action.label)
    return action.token


async def _next_page(ctx: Context) -> str | None:
    """Find the button 更多 of the newest card."""
    card = await newest_with_buttons(ctx.session, ctx.person)
    actions = card.actions if card else ()
    return next((one.token for one in actions if one.id.endswith(_MORE)), None)
