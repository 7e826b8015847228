"""外出报备 in one sentence: who, from when until when; confirmed, listed, ended early."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from cards import away as cards
from cards.talk import say
from core.act import Act, Reply
from core.card import Card
from core.clock import local
from core.db import Session
from core.errors import UserError
from core.i18n import Translator
from handlers.context import Context, Pressed
from services import actors, away, outbox
from services.away import Away
from services.language.dates import of_a_parent, span_of


async def begin(ctx: Context) -> list[Act]:
    """Read who and when; ask for what was not said, then for a yes."""
    people = await away.candidates(ctx.session, ctx.by)
    if not people:
        raise UserError("away-nobody")
    span = span_of(ctx.text, _today(ctx))
    known = await away.live(ctx.session, ctx.by)
    if span.ends is None and known:
        return [Reply(cards.listing(known, ctx.t))]
    days = {
        name: value.isoformat()
        for name, value in (("begins", span.begins), ("ends", span.ends))
        if value is not None
    }
    meant = _meant(ctx, people)
    if len(meant) > 1:
        return [Reply(cards.who(meant, days, ctx.t))]
    return [_next(ctx, meant[0], days)]


async def end(ctx: Context) -> list[Act]:
    """回来了: end it; 十号回来 says when, so it is a report."""
    ends = span_of(ctx.text, _today(ctx)).ends
    if ends is not None and ends > _today(ctx):
        return await begin(ctx)
    known = await away.live(ctx.session, ctx.by)
    if len(known) != 1:
        return [Reply(cards.listing(known, ctx.t))]
    return [Reply(cards.ended(await _back(ctx, known[0].id), ctx.t))]


async def who(ctx: Context, pressed: Pressed) -> list[Act]:
    """Take whom the button names."""
    return [_next(ctx, await _person(ctx, pressed), pressed.args)]


async def days(ctx: Context, pressed: Pressed) -> list[Act]:
    """Take so many days from today."""
    person, name = await _person(ctx, pressed)
    ends = _today(ctx) + timedelta(days=int(pressed.args["days"]))
    return [Reply(cards.confirm(person, name, _today(ctx), ends, ctx.t))]


async def confirm(ctx: Context, pressed: Pressed) -> list[Act]:
    """Note it, and tell the person whom somebody else has reported."""
    made = await away.leave(
        ctx.session, ctx.by, person=UUID(pressed.args["person"]),
        begins=date.fromisoformat(pressed.args["begins"]),
        ends=date.fromisoformat(pressed.args["ends"]), now=ctx.now,
    )  # fmt: skip
    if made.person != ctx.person:
        await _tell(ctx.session, made.person, partial(cards.told_elder, made), now=ctx.now)
    return [Reply(cards.noted(made, ctx.t))]


async def drop(ctx: Context, _pressed: Pressed) -> list[Act]:
    """Note nothing."""
    return [Reply(say(ctx.t("away-dropped")))]


async def ended(ctx: Context, pressed: Pressed) -> list[Act]:
    """End it by its button."""
    return [Reply(cards.ended(await _back(ctx, UUID(pressed.args["away"])), ctx.t))]


async def sweep(session: Session, *, now: datetime) -> int:
    """Tell setters of use in an empty flat and of the day of return; ask about the overdue."""
    used = await away.used(session, now=now)
    for one in used:
        await _tell(session, one.set_by, partial(cards.used, one), now=now)
    due = await away.due_back(session, now=now)
    for one in due:
        await _tell(session, one.set_by, partial(cards.back_today, one), now=now)
    return len(used) + len(due) + await away.overdue(session, now=now)


def offer(ctx: Context, person: UUID, name: str) -> Reply:
    """Offer to report an elder who is with a relative."""
    return Reply(cards.how_long(person, name, ctx.t, offered=True))


def _next(ctx: Context, person: tuple[UUID, str], said: dict[str, Any]) -> Reply:
    """Ask for the days, or show them to be confirmed."""
    if "ends" not in said:
        return Reply(cards.how_long(*person, ctx.t))
    ends = date.fromisoformat(said["ends"])
    begins = date.fromisoformat(said["begins"]) if "begins" in said else _today(ctx)
    return Reply(cards.confirm(*person, begins, ends, ctx.t))


def _meant(ctx: Context, people: list[tuple[UUID, str]]) -> list[tuple[UUID, str]]:
    """Tell from the words who is away: somebody named, a parent, or the one who writes."""
    if named := [one for one in people if one[1] in ctx.text]:
        return named
    others = [one for one in people if one[0] != ctx.person]
    own = [one for one in people if one[0] == ctx.person]
    if others and (of_a_parent(ctx.text) or not own):
        return others
    return own or others


async def _person(ctx: Context, pressed: Pressed) -> tuple[UUID, str]:
    """Name whom the button is about; whether the actor may report them the service asks."""
    person = UUID(pressed.args["person"])
    return person, (await actors.names(ctx.session, [person]))[person]


async def _back(ctx: Context, one: UUID) -> Away:
    return await away.back(ctx.session, ctx.by, away=one, now=ctx.now)


async def _tell(
    session: Session, person: UUID, card: Callable[[Translator], Card], *, now: datetime
) -> None:
    channel = (await actors.reachable(session, [person])).get(person)
    if channel is None:
        return
    t = Translator((await actors.profile(session, person, channel=channel)).lang)
    await outbox.enqueue_reply(session, card(t), person=person, channel=channel, turn=None, now=now)


def _today(ctx: Context) -> date:
    return local(ctx.now).date()
