"""The funnel: dedupe, lock, one transaction, acts into the outbox."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy.exc import DBAPIError

from cards.talk import call_office, say
from core.act import Act, Fetch, Refresh, Reply
from core.card import Card
from core.db import Database, Session, savepoint
from core.errors import UserError
from core.event import Clicked, Event, Said
from core.i18n import Translator
from core.log import logger
from flows.base import Standing
from handlers import passive, unsure
from handlers.context import Context, Pressed
from handlers.passive import Passive
from handlers.turn import answer
from services import accounts, actors, conversation, jobs, office, outbox
from services.language.written import language_of
from services.tickets import own_cards


@dataclass(frozen=True, slots=True)
class Turn:
    """A handled event: its inbound id; `repeated` when it had been handled before.

    `reply` is what the waiting request is to say, where it could be written at once.
    """

    id: int
    repeated: bool
    reply: str | None = None


class Caller(Protocol):
    """Somebody whose account the event came from; who they are is found in its transaction."""

    async def identify(self, session: Session, event: Event) -> Event:
        """Return the event with its person."""

    async def heard(self, session: Session, event: Event) -> None:
        """Note what this contact means for the account; called once an event."""


async def dispatch(
    db: Database,
    event: Event,
    *,
    media_folder: Path,
    caller: Caller | None = None,
    waiting: Passive | None = None,
) -> Turn:
    """Handle one event in one transaction; safe to repeat with the same event.

    `caller` finds out whose event it is, where that is not known yet; `waiting` is the vendor's
    request that may carry the answer.

    A UserError undoes what the handler did and becomes the answer. Any other exception is a bug:
    it is logged, all is rolled back, and the person gets an apology with a way on.
    """

    async def work(session: Session, refused: _Refused | None = None) -> Turn:
        known = event if caller is None else await caller.identify(session, event)
        return await _handle(
            session, known, media_folder, caller=caller, waiting=waiting, refused=refused
        )

    async def apologise(session: Session) -> Turn:
        known = event if caller is None else await caller.identify(session, event)
        return await _apologise(session, known)

    try:
        return await _refusable(db, work)
    except UserError:
        raise
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise  # without a database there is nothing to apologise with
        logger().error("handler.failed", exc=error, kind=type(event).__name__)
        return await db.run(apologise)


class _Refused(Exception):
    """What the handler did is undone; `pressed` is the click that it was about."""

    def __init__(self, error: UserError, pressed: list[Pressed]) -> None:
        super().__init__(error.key)
        self.error, self.pressed = error, pressed


async def _refusable(db: Database, work: Callable[..., Awaitable[Turn]]) -> Turn:
    """Do a turn; one that is refused begins again with the refusal, for most are not refused.

    A savepoint round each handler would cost every turn two more trips to the database. Clicks
    have one: of the hands on an alarm's card all but the first are refused, at the same moment.
    """
    try:
        return await db.run(work)
    except _Refused as refused:
        known = refused
        return await db.run(lambda session: work(session, known))


async def _handle(
    session: Session,
    event: Event,
    media_folder: Path,
    *,
    caller: Caller | None,
    waiting: Passive | None,
    refused: _Refused | None,
) -> Turn:
    number, locked = await conversation.begin(session, event)
    if locked is None:
        return Turn(number, repeated=True)
    if caller is not None:
        await caller.heard(session, event)
    else:
        await accounts.used(session, event.person, event.channel, now=event.at)
    by, profile = await actors.speaker(session, event.person, channel=event.channel)
    stands = locked.flow or {}
    misses = stands["data"]["misses"] if stands.get("flow") == unsure.NAME else 0
    context = Context(
        session=session,
        by=by,
        person=event.person,
        channel=event.channel,
        conversation=locked.id,
        standing=Standing(**stands) if stands and not misses else None,
        t=Translator(profile.lang),
        now=event.at,
        media=media_folder,
        misses=misses,
        talking=profile.talking,
        card=profile.card,
    )
    acts = await (
        _answer(context, event)
        if refused is None
        else _refusal(context, refused.error, refused.pressed)
    )
    said = [act.card for act in acts if isinstance(act, Reply) and act.person is None]
    if waiting is not None and said and len(said) == len(acts) and waiting.waits():
        return Turn(
            number, repeated=False, reply=await _reply(context, event, said, number, waiting)
        )
    for act in acts:
        await _enqueue(context, act, number)
    return Turn(number, repeated=False)


async def _reply(ctx: Context, event: Event, said: list[Card], turn: int, waiting: Passive) -> str:
    """Write the answer in the language of the words, which the turn may just have learnt."""
    t = ctx.t
    if isinstance(event, Said) and language_of(event.text) not in {None, t.lang}:
        t = Translator((await actors.profile(ctx.session, ctx.person, channel=ctx.channel)).lang)
    return await passive.answer(
        ctx.session, said, person=ctx.person, channel=ctx.channel, turn=turn, passive=waiting,
        t=t, now=ctx.now,
    )  # fmt: skip


async def _answer(ctx: Context, event: Event) -> list[Act]:
    pressed: list[Pressed] = []
    try:
        if not isinstance(event, Clicked):
            return await answer(ctx, event, pressed)
        async with savepoint(ctx.session):
            return await answer(ctx, event, pressed)
    except UserError as error:
        if not isinstance(event, Clicked):
            raise _Refused(error, pressed) from error
        return await _refusal(ctx, error, pressed)


async def _refusal(ctx: Context, error: UserError, pressed: list[Pressed]) -> list[Act]:
    said = ctx.t(error.key, **error.args_for_words)
    return [Reply(say(said, tone="warning")), *await _current_card(ctx, pressed)]


async def _current_card(ctx: Context, pressed: list[Pressed]) -> list[Act]:
    """After a stale click, show the ticket's card as it is now."""
    ticket = pressed[0].object_id if pressed else None
    if ticket is None:
        return []
    shown = await own_cards.show_again(
        ctx.session, ticket=ticket, person=ctx.person, channel=ctx.channel, now=ctx.now
    )
    return [Refresh(ticket)] if shown else []


async def _enqueue(ctx: Context, act: Act, turn: int) -> None:
    if isinstance(act, Reply):
        await outbox.enqueue_reply(
            ctx.session, act.card, person=act.person or ctx.person, channel=ctx.channel,
            turn=turn, now=ctx.now,
        )  # fmt: skip
    elif isinstance(act, Fetch):
        await jobs.enqueue(
            ctx.session, act, person=ctx.person, channel=ctx.channel, turn=turn, now=ctx.now
        )
    else:
        await outbox.lease_to_turn(
            ctx.session, ticket=act.ticket, person=ctx.person, channel=ctx.channel, turn=turn,
            now=ctx.now,
        )  # fmt: skip


async def _apologise(session: Session, event: Event) -> Turn:
    number, locked = await conversation.begin(session, event)
    if locked is None:
        return Turn(number, repeated=True)
    profile = await actors.profile(session, event.person, channel=event.channel)
    t = Translator(profile.lang)
    phone = await office.phone(session, event.person)
    card = call_office(t("sorry-our-fault"), phone, t, summary=t("sorry-next"))
    await outbox.enqueue_reply(
        session, card, person=event.person, channel=event.channel, turn=number, now=event.at
    )
    return Turn(number, repeated=False)
