"""转人工, and the talk that follows: each one's words go to the other until one ends it."""

from collections.abc import Sequence
from uuid import UUID

from cards import people as cards
from cards.talk import say
from core.act import Act, Refresh, Reply
from core.actor import Role
from core.errors import UserError
from core.i18n import Translator
from flows import glass as glass_flow
from handlers import emergency, glass
from handlers.context import Context, Pressed
from handlers.emergency import ticket_of
from models import Side
from services import actors, handovers, media, outbox
from services.handovers import Talk
from services.language.commands import intent_of, number_of
from services.language.emergency import Emergency, emergency_of, taken_back

_END = "end_talk"
# What a worker says to the assistant and not to the person they are talking with.
_TO_US = frozenset({"my_tickets", "duty_on", "duty_off", "ticket_help", "ticket_transfer"})
_VERY_WORDS = frozenset({"接单", "到场", "处置完成", "帮助", "菜单", "help", "menu"})
_CRY = "help"


async def first(ctx: Context) -> list[Act] | None:
    """Take what comes before everything else: danger and its end, 0 for a person, the live talk."""
    talks = await handovers.talks(ctx.session, ctx.person) if ctx.talking else []
    talk = next((one for one in talks if one.other() is not None), None)
    danger = emergency_of(ctx.text)
    if danger is not None and _interrupts(ctx, danger, talk):
        return await emergency.said(ctx)
    if taken_back(ctx.text) and (acts := await emergency.taken_back(ctx)) is not None:
        return acts
    if talks and intent_of(ctx.text) == _END:
        return await _end(ctx, (talk or talks[0]).ticket)
    if talk is None:
        return await human(ctx) if number_of(ctx.text) == 0 else None
    if talk.side is Side.RESIDENT:
        return await _from_resident(ctx, talk)
    return await _from_worker(ctx, talk, several=_several(talks))


async def human(ctx: Context) -> list[Act]:
    """转人工: the words that led here go along, unless they are the bare command."""
    bare = number_of(ctx.text) is not None or intent_of(ctx.text) == "human"
    ticket = await handovers.ask(
        ctx.session, ctx.by, channel=ctx.channel, said="" if bare else ctx.text, now=ctx.now
    )
    shown = await emergency.own_card(ctx, ticket)
    return shown or [Reply(say(ctx.t("handover-open-elsewhere"), tone="info"))]


async def kept(ctx: Context) -> list[Act] | None:
    """Keep words that nobody here understood for the worker who is still awaited."""
    if not ctx.talking:
        return None
    for talk in await handovers.talks(ctx.session, ctx.person):
        if talk.side is Side.RESIDENT and talk.other() is None:
            return await _keep(ctx, talk, ctx.text)
    return None


async def pictured(ctx: Context, jpeg: bytes) -> list[Act]:
    """Pass a picture on to the other of a talk, or keep it for the worker who is awaited."""
    talks = await handovers.talks(ctx.session, ctx.person)
    talk = next((one for one in talks if one.other() is not None), talks[0] if talks else None)
    if talk is None:
        raise UserError("picture-not-now")
    digest = await media.store(ctx.session, ctx.media, jpeg, now=ctx.now)
    if talk.other() is None:
        return await _keep(ctx, talk, "", picture=digest)
    await _relay(ctx, talk, picture=digest)
    return await _told(ctx, talk) if talk.side is Side.WORKER and _several(talks) else []


async def begun(ctx: Context, ticket: UUID) -> list[Act]:
    """After 接单 of a talk: the worker reads what was written so far."""
    talk = await handovers.begin(
        ctx.session, ctx.by, ticket=ticket, channel=ctx.channel, now=ctx.now
    )
    if talk is None:
        return []
    lines = await handovers.lines(ctx.session, ticket)
    name = (await actors.profile(ctx.session, talk.resident)).name
    return [Reply(cards.transcript(ticket, name, lines, ctx.t))]


async def end(ctx: Context, pressed: Pressed) -> list[Act]:
    """结束对话 by button."""
    return await _end(ctx, ticket_of(pressed))


async def choose(ctx: Context, pressed: Pressed) -> list[Act]:
    """Answer this one of several."""
    talk = await handovers.choose(ctx.session, ctx.by, ticket=ticket_of(pressed), now=ctx.now)
    name = (await actors.profile(ctx.session, talk.resident)).name
    return [Reply(say(ctx.t("talk-chosen", name=name), tone="info"))]


def _interrupts(ctx: Context, danger: Emergency, talk: Talk | None) -> bool:
    """Tell a call from words within a flow or a talk.

    A general question is no reason to leave a flow, and a worker who writes about danger to the
    person in it, or about why they must see somebody's data, has to be bare to be in danger
    themselves.
    """
    looking = ctx.standing is not None and ctx.standing.flow == glass_flow.NAME
    if looking or (talk is not None and talk.side is Side.WORKER):
        return danger.now and danger.kind == _CRY
    return danger.now or (talk is None and ctx.standing is None)


async def _from_resident(ctx: Context, talk: Talk) -> list[Act] | None:
    if intent_of(ctx.text) == "cancel":
        return None if ctx.standing is not None else await _end(ctx, talk.ticket)
    await _relay(ctx, talk)
    return []


async def _from_worker(ctx: Context, talk: Talk, *, several: bool) -> list[Act] | None:
    """Pass a worker's words on, unless they are for a flow, a button, or the assistant."""
    ours = (
        intent_of(ctx.text) in _TO_US
        or ctx.text in _VERY_WORDS
        or glass.asked(ctx.text) is not None
    )
    if ours or ctx.standing is not None or number_of(ctx.text) is not None:
        return None
    await _relay(ctx, talk)
    return await _told(ctx, talk) if several else []


async def _keep(ctx: Context, talk: Talk, text: str, *, picture: str | None = None) -> list[Act]:
    await handovers.write(ctx.session, talk, text, picture=picture, now=ctx.now)
    return [Reply(say(ctx.t("handover-kept", number=talk.number), tone="info"))]


def _several(talks: Sequence[Talk]) -> bool:
    return sum(one.side is Side.WORKER for one in talks) > 1


async def _told(ctx: Context, talk: Talk) -> list[Act]:
    """Tell a worker with several talks to whom it went."""
    name = (await actors.profile(ctx.session, talk.resident)).name
    return [Reply(say(ctx.t("talk-sent-to", name=name, number=talk.number)))]


async def _relay(ctx: Context, talk: Talk, *, picture: str | None = None) -> None:
    """Keep what was said or shown and send it to the other, in their language."""
    other = talk.other()
    assert other is not None
    person, channel = other
    number = await handovers.write(ctx.session, talk, ctx.text, picture=picture, now=ctx.now)
    t = Translator((await actors.profile(ctx.session, person, channel=channel)).lang)
    to = Side.WORKER if talk.side is Side.RESIDENT else Side.RESIDENT
    card = cards.line(
        talk.ticket, number, ctx.by.name, None if picture else ctx.text, t, to=to,
        elder=Role.ELDER in ctx.by.roles,
    )  # fmt: skip
    await outbox.enqueue_reply(
        ctx.session, card, person=person, channel=channel, turn=None, now=ctx.now
    )


async def _end(ctx: Context, ticket: UUID) -> list[Act]:
    talk = await handovers.end(ctx.session, ctx.by, ticket=ticket, now=ctx.now)
    if other := talk.other():
        person, channel = other
        t = Translator((await actors.profile(ctx.session, person, channel=channel)).lang)
        key = "talk-ended-by-worker" if talk.side is Side.WORKER else "talk-ended-by-resident"
        card = say(t(key, name=ctx.by.name), tone="info")
        await outbox.enqueue_reply(
            ctx.session, card, person=person, channel=channel, turn=None, now=ctx.now
        )
    return [Reply(say(ctx.t("talk-ended"), tone="success")), Refresh(ticket)]
