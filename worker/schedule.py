"""The clock: APScheduler only ticks; what is due stands in the database. One leader at a time."""

import asyncio

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from core.clock import utcnow
from handlers import activities, away, devices, duty, glass, redeem, sights, silences
from handlers.sights import See
from services import drills, gateways, housekeeping, rotas, snapshots, steps
from services.activities import reminders
from services.ingest import partitions
from services.points import redemptions
from services.rules import enrol, timers
from services.rules.book import Book
from services.tickets import bell, escalation, watch
from worker.stack import BEAT_S, Stack

SWEEP_S = 1
REMIND_S = 20
ENROL_S = 30
AWAY_S = 5
BELL_S = 60
DUTY_S = 10
GATEWAYS_S = 30
HOUSEKEEPING_S = 3600


async def run(stack: Stack) -> None:
    """Tick until cancelled."""
    await tidy(stack)
    # The default grace of one second would drop late ticks in silence.
    scheduler = AsyncIOScheduler(
        timezone="UTC",
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    scheduler.add_job(stack.beat, "interval", seconds=BEAT_S, args=["schedule"])
    scheduler.add_job(sweep, "interval", seconds=SWEEP_S, args=[stack])
    scheduler.add_job(judge_timers, "interval", seconds=SWEEP_S, args=[stack, Book()])
    scheduler.add_job(end_silences, "interval", seconds=SWEEP_S, args=[stack, Book()])
    scheduler.add_job(join_rules, "interval", seconds=ENROL_S, args=[stack])
    scheduler.add_job(watch_gateways, "interval", seconds=GATEWAYS_S, args=[stack, {}])
    scheduler.add_job(watch_away, "interval", seconds=AWAY_S, args=[stack])
    scheduler.add_job(tell_of_duty, "interval", seconds=DUTY_S, args=[stack])
    scheduler.add_job(next_channels, "interval", seconds=SWEEP_S, args=[stack])
    scheduler.add_job(give_back, "interval", seconds=SWEEP_S, args=[stack])
    scheduler.add_job(tell_of_devices, "interval", seconds=SWEEP_S, args=[stack])
    scheduler.add_job(tell_of_glass, "interval", seconds=SWEEP_S, args=[stack])
    scheduler.add_job(end_drills, "interval", seconds=SWEEP_S, args=[stack])
    if not stack.settings.demo:  # where nobody would know what rang
        scheduler.add_job(test_bells, "interval", seconds=BELL_S, args=[stack])
    if stack.see is not None:
        scheduler.add_job(look, "interval", seconds=SWEEP_S, args=[stack, stack.see])
    scheduler.add_job(remind, "interval", seconds=REMIND_S, args=[stack])
    scheduler.add_job(tidy, "interval", seconds=HOUSEKEEPING_S, args=[stack])
    scheduler.start()
    try:
        await stack.beat("schedule")
        await asyncio.get_running_loop().create_future()  # until cancelled
    finally:
        scheduler.shutdown(wait=False)


async def sweep(stack: Stack) -> None:
    """Escalate what is due and watch what is taken, batch after batch, until nothing is."""
    while await stack.db.run(lambda s: escalation.sweep(s, now=utcnow())) == escalation.BATCH:
        pass
    while await stack.db.run(lambda s: watch.sweep(s, now=utcnow())) == watch.BATCH:
        pass


async def judge_timers(stack: Stack, book: Book) -> None:
    """Look at devices of which nothing was heard or used, and at what has lasted."""
    while await stack.db.run(lambda s: timers.sweep(s, book, now=utcnow())) == timers.BATCH:
        pass


async def end_silences(stack: Stack, book: Book) -> None:
    """Let silenced devices ring again, on the second."""
    await stack.db.run(lambda s: silences.sweep(s, book, now=utcnow()))


async def join_rules(stack: Stack) -> None:
    """Let new devices join the rules."""
    while await stack.db.run(lambda s: enrol.keep_up(s, now=utcnow())) == enrol.BATCH:
        pass


async def watch_gateways(stack: Stack, later: gateways.Later) -> None:
    """Notice gateways that are out, and those that are back."""
    await stack.db.run(lambda s: gateways.watch(s, later, now=utcnow()))


async def watch_away(stack: Stack) -> None:
    """End times away that are over, by use or by their day."""
    await stack.db.run(lambda s: away.sweep(s, now=utcnow()))


async def tell_of_duty(stack: Stack) -> None:
    """Tell of shifts that begin, were missed or are over, and hand open tickets over."""
    await stack.db.run(lambda s: duty.sweep(s, now=utcnow()))


async def next_channels(stack: Stack) -> None:
    """Take life alarms to which nobody reacts to the person's next channel."""
    while await stack.db.run(lambda s: steps.sweep(s, now=utcnow())) == steps.BATCH:
        pass


async def give_back(stack: Stack) -> None:
    """Return the points of redemptions whose time is over."""
    while await stack.db.run(lambda s: redeem.sweep(s, now=utcnow())) == redemptions.BATCH:
        pass


async def tell_of_devices(stack: Stack) -> None:
    """End live tests, and tell how they ended."""
    await stack.db.run(lambda s: devices.tell(s, now=utcnow()))


async def tell_of_glass(stack: Stack) -> None:
    """Tell people that they were looked at in an emergency."""
    await stack.db.run(lambda s: glass.tell(s, now=utcnow()))


async def end_drills(stack: Stack) -> None:
    """End drills whose time is over; what still alarms is real."""
    await stack.db.run(lambda s: drills.sweep(s, now=utcnow()))


async def test_bells(stack: Stack) -> None:
    """Ring everybody once a month."""
    await stack.db.run(lambda s: bell.sweep(s, now=utcnow()))


async def look(stack: Stack, see: See) -> None:
    """Get what cameras saw from their recorder."""
    folder = stack.settings.home / "media"
    while await sights.fetch(stack.db, see, folder, now=utcnow()) == snapshots.LIMIT:
        pass


async def remind(stack: Stack) -> None:
    """Remind of activities."""
    while await stack.db.run(lambda s: activities.remind(s, now=utcnow())) == reminders.BATCH:
        pass


async def tidy(stack: Stack) -> None:
    """Make tomorrow's partitions and drop what has had its time."""
    await stack.db.run(lambda session: partitions.ensure(session, now=utcnow()))
    await stack.db.run(lambda session: rotas.make_shifts(session, now=utcnow()))
    await stack.db.run(lambda session: housekeeping.drop_expired(session, now=utcnow()))
