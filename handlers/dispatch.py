"""The funnel: dedupe, lock, one transaction, acts into the outbox."""

from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from cards.talk import say
from core.act import Act, Refresh, Reply
from core.actor import Role
from core.db import Database, Session
from core.errors import UserError
from core.event import Clicked, Event, Located, Pictured, Said
from core.i18n import Translator
from core.log import logger
from flows.base import Answer, Standing
from handlers import flow, redeem, shops
from handlers.context import Context, Pressed
from handlers.routes import CLICKS, INTENTS, SAYS
from services import actors, buttons, conversation, media, outbox
from services.language.commands import intent_of, number_of
from services.mailbox import newest_with_buttons
from services.points.redemptions import looks_like_code
from services.tickets import queries

TEXT_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Turn:
    """A handled event: its inbound id; `repeated` when it had been handled before."""

    id: int
    repeated: bool


async def dispatch(db: Database, event: Event, *, media_folder: Path) -> Turn:
    """Handle one event in one transaction; safe to repeat with the same event.

    A UserError undoes what the handler did and becomes the answer. Any other exception is a bug:
    it is logged, all is rolled back, and the person gets an apology with a way on.
    """

    async def work(session: Session) -> Turn:
        return await _handle(session, event, media_folder)

    try:
        return await db.run(work)
    except UserError:
        raise
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise  # without a database there is nothing to apologise with
        logger().error("handler.failed", exc=error, event=type(event).__name__)
        return await db.run(lambda session: _apologise(session, event))


async def _handle(session: Session, event: Event, media_folder: Path) -> Turn:
    number, new = await conversation.receive(session, event)
    if not new:
        return Turn(number, repeated=True)
    locked = await conversation.lock(session, person=event.person, channel=event.channel)
    profile = await actors.profile(session, event.person)
    context = Context(
        session=session,
        by=await actors.actor(session, event.person),
        person=event.person,
        channel=event.channel,
        conversation=locked.id,
        standing=Standing(**locked.flow) if locked.flow else None,
        t=Translator(profile.lang),
        now=event.at,
        media=media_folder,
    )
    for act in await _answer(context, event):
        await _enqueue(context, act, number)
    return Turn(number, repeated=False)


async def _answer(ctx: Context, event: Event) -> list[Act]:
    """Run the handler inside a savepoint, so that a refusal leaves nothing half done."""
    pressed: list[Pressed] = []
    try:
        async with ctx.session.begin_nested():
            return await _route(ctx, event, pressed)
    except UserError as error:
        refusal = say(ctx.t(error.key, **error.args_for_words), tone="warning")
        return [Reply(refusal), *await _current_card(ctx, pressed)]


async def _current_card(ctx: Context, pressed: list[Pressed]) -> list[Act]:
    """After a stale click, show the ticket's card as it is now."""
    ticket = pressed[0].object_id if pressed else None
    if ticket is None:
        return []
    shown = await queries.show_again(
        ctx.session, ticket=ticket, person=ctx.person, channel=ctx.channel, now=ctx.now
    )
    return [Refresh(ticket)] if shown else []


async def _route(ctx: Context, event: Event, pressed: list[Pressed]) -> list[Act]:
    if isinstance(event, Clicked):
        return await _click(ctx, event.token, pressed)
    if isinstance(event, Pictured):
        if ctx.standing is None:
            raise UserError("picture-not-now")
        digest = await media.store(ctx.session, ctx.media, event.jpeg, now=ctx.now)
        return await flow.answered(ctx, ctx.standing, Answer(picture=digest))
    if isinstance(event, Said):
        return await _words(ctx, event.text.strip(), pressed)
    if isinstance(event, Located) and ctx.standing is None:
        return await shops.around(ctx, event)
    raise UserError("place-not-now")


async def _click(ctx: Context, token: str, pressed: list[Pressed]) -> list[Act]:
    found = await buttons.press(ctx.session, token, person=ctx.person, now=ctx.now)
    click = Pressed(found.action, found.object_id, found.args)
    pressed.append(click)
    if click.action in SAYS:
        return await INTENTS[SAYS[click.action]](ctx)
    return await CLICKS[click.action](ctx, click)


async def _words(ctx: Context, text: str, pressed: list[Pressed]) -> list[Act]:
    """Understand words: a number means the newest card's button, then fixed phrases, then a flow."""
    if not text or len(text) > TEXT_LIMIT:
        raise UserError("text-too-long" if text else "text-empty", limit=TEXT_LIMIT)
    ctx = replace(ctx, text=text)
    number = number_of(text)
    if number is not None and (token := await _numbered(ctx, number)):
        return await _click(ctx, token, pressed)
    if Role.MERCHANT in ctx.by.roles and looks_like_code(text):
        return await redeem.entered(ctx, text)
    intent = intent_of(text)
    if ctx.standing is not None:
        return await _within_flow(ctx, ctx.standing, intent, text)
    return await INTENTS[intent or "unknown"](ctx)


async def _within_flow(
    ctx: Context, standing: Standing, intent: str | None, text: str
) -> list[Act]:
    if intent == "cancel":
        return await flow.cancelled(ctx, standing)
    if intent in {"help", "my_tickets"}:
        return await INTENTS[intent](ctx)
    if intent == "skip":
        return await flow.answered(ctx, standing, Answer(choice="skip"))
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


async def _enqueue(ctx: Context, act: Act, turn: int) -> None:
    if isinstance(act, Reply):
        await outbox.enqueue_reply(
            ctx.session, act.card, person=ctx.person, channel=ctx.channel, turn=turn, now=ctx.now
        )
    else:
        await outbox.lease_to_turn(
            ctx.session, ticket=act.ticket, person=ctx.person, channel=ctx.channel, turn=turn,
            now=ctx.now,
        )  # fmt: skip


async def _apologise(session: Session, event: Event) -> Turn:
    number, new = await conversation.receive(session, event)
    if not new:
        return Turn(number, repeated=True)
    profile = await actors.profile(session, event.person)
    t = Translator(profile.lang)
    card = say(t("sorry-our-fault"), summary=t("sorry-next"), tone="warning")
    await outbox.enqueue_reply(
        session, card, person=event.person, channel=event.channel, turn=number, now=event.at
    )
    return Turn(number, repeated=False)
