"""Activities: the list, joining and leaving with a confirmation, attendance, reminders."""

from datetime import datetime
from uuid import UUID

from cards import activities as cards
from cards.talk import say
from core.act import Act, Reply
from core.clock import local
from core.db import Session
from core.errors import UserError
from core.i18n import Translator
from handlers import newest
from handlers.context import Context, Pressed
from services import actors, buttons, outbox, quiet
from services.activities import attendance, days, enrol, queries, reminders
from services.activities.queries import ActivityView


async def listing(ctx: Context) -> list[Act]:
    """社区活动: three at most, soonest first."""
    return await _list(ctx, 0, str(ctx.slots.get("when", "")))


async def more(ctx: Context, pressed: Pressed) -> list[Act]:
    """更多活动."""
    return await _list(ctx, int(pressed.args["start"]), pressed.args["when"])


async def _list(ctx: Context, start: int, when: str) -> list[Act]:
    """Keep to the days that were named; where nothing is on then, say so above what else is."""
    coming = await queries.upcoming(ctx.session, ctx.by, now=ctx.now)
    if not coming:
        return [Reply(say(ctx.t("activities-none"), summary=ctx.t("activities-none-next")))]
    span = days.named(when, today=local(ctx.now).date())
    if span is None:
        return [Reply(cards.listing(coming, start, ctx.t))]
    first, last = span
    then = [one for one in coming if first <= local(one.starts_at).date() <= last]
    if not then:
        return [Reply(cards.listing(coming, 0, ctx.t, title="activities-none-then"))]
    return [Reply(cards.listing(then, start, ctx.t, when=when))]


async def show(ctx: Context, pressed: Pressed) -> list[Act]:
    """Show one, with the button that joins or leaves."""
    seen = await queries.one(ctx.session, ctx.by, _activity(pressed))
    return [Reply(cards.detail(seen, ctx.t, now=ctx.now))]


async def begin_join(ctx: Context) -> list[Act]:
    """报名 in words: the one that is meant is shown, and joined only by its button."""
    found = await queries.upcoming(ctx.session, ctx.by, now=ctx.now)
    meant = _meant(ctx, found)
    if meant is not None:
        return [Reply(cards.detail(meant, ctx.t, now=ctx.now))]
    if not ctx.slots and (token := await newest.offering(ctx, "activity.join")):
        seen = await buttons.press(ctx.session, token, person=ctx.person, now=ctx.now)
        return await show(ctx, Pressed(seen.action, seen.object_id, seen.args))
    return await listing(ctx)


async def join(ctx: Context, pressed: Pressed) -> list[Act]:
    """确认报名."""
    seen = await enrol.join(ctx.session, ctx.by, activity=_activity(pressed), now=ctx.now)
    return [Reply(cards.joined(seen, ctx.t))]


async def begin_leave(ctx: Context) -> list[Act]:
    """退出活动 in words: asked once more; without a name only where there is a single one."""
    own = await queries.mine(ctx.session, ctx.by, now=ctx.now)
    coming = [one for one in own if one.starts_at > ctx.now]
    meant = coming[0] if len(coming) == 1 else _meant(ctx, coming)
    if meant is None:
        return await mine(ctx)
    return [Reply(cards.ask_leave(meant, ctx.t))]


async def ask_leave(ctx: Context, pressed: Pressed) -> list[Act]:
    """退出 by button: asked once more."""
    seen = await queries.one(ctx.session, ctx.by, _activity(pressed))
    return [Reply(cards.ask_leave(seen, ctx.t))]


async def leave(ctx: Context, pressed: Pressed) -> list[Act]:
    """确认退出."""
    seen = await enrol.leave(ctx.session, ctx.by, activity=_activity(pressed), now=ctx.now)
    words = ctx.t("activity-left", title=seen.title)
    return [Reply(say(words, summary=ctx.t("activity-left-next"), tone="success"))]


async def mine(ctx: Context) -> list[Act]:
    """我报的活动."""
    found = await queries.mine(ctx.session, ctx.by, now=ctx.now)
    if not found:
        none = say(ctx.t("my-activities-none"))
        coming = await queries.upcoming(ctx.session, ctx.by, now=ctx.now)
        return [Reply(none), *([Reply(cards.listing(coming, 0, ctx.t))] if coming else [])]
    return [Reply(cards.own(found, ctx.t, now=ctx.now))]


async def to_approve(ctx: Context) -> list[Act]:
    """确认出席: staff choose the activity first."""
    found = await queries.to_approve(ctx.session, ctx.by, now=ctx.now)
    if not found:
        return [Reply(say(ctx.t("attendance-none"), tone="success"))]
    return [Reply(cards.to_approve(found, ctx.t))]


async def show_attendance(ctx: Context, pressed: Pressed) -> list[Act]:
    """Show who has a place."""
    seen = await queries.one(ctx.session, ctx.by, _activity(pressed))
    people = await queries.participants(ctx.session, ctx.by, seen)
    return [Reply(cards.attendance(seen, people, ctx.t))]


async def approve(ctx: Context, pressed: Pressed) -> list[Act]:
    """Approve one person, who hears it with the new balance; show the rest."""
    activity, person = _activity(pressed), UUID(pressed.args["person"])
    done = await attendance.approve(
        ctx.session, ctx.by, activity=activity, person=person, now=ctx.now
    )
    await tell_credited(ctx.session, done, person, now=ctx.now)
    return await show_attendance(ctx, pressed)


async def tell_credited(
    session: Session, done: attendance.Approved, person: UUID, *, now: datetime
) -> None:
    """Tell somebody whose attendance was approved of the points and the new balance."""
    channels = await actors.reachable(session, [person])
    if channel := channels.get(person):
        t = Translator((await actors.profile(session, person, channel=channel)).lang)
        await outbox.enqueue_reply(
            session, cards.credited(done.title, done.points, done.balance, t), person=person,
            channel=channel, turn=None, now=now,
        )  # fmt: skip


async def remind(session: Session, *, now: datetime) -> int:
    """Send the reminders that are due; returns how many, at most a batch."""
    due = await reminders.due(session, now=now)
    channels = await actors.reachable(session, {row.person_id for row in due})
    for row in due:
        if row.person_id not in channels:
            continue
        channel = channels[row.person_id]
        t = Translator((await actors.profile(session, row.person_id, channel=channel)).lang)
        card = cards.reminder(row.title, row.place, row.starts_at, t, now=now)
        await outbox.enqueue_reply(
            session, card, person=row.person_id, channel=channel, turn=None, now=now,
            after=quiet.over(now),
        )  # fmt: skip
    return len(due)


def _meant(ctx: Context, found: list[ActivityView]) -> ActivityView | None:
    number: int | None = ctx.slots.get("ordinal")
    name: str | None = ctx.slots.get("name")
    if number is not None:
        if not 1 <= number <= len(found):
            raise UserError("activity-no-such-number", count=len(found))
        return found[number - 1]
    return queries.named(found, name) if name else None


def _activity(pressed: Pressed) -> UUID:
    return UUID(pressed.args["activity"])
