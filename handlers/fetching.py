"""Doing jobs outside any transaction; what comes of them is one event, as if it had been sent.

A picture becomes a picture, speech becomes words. What can't be fetched or read is answered too.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from core.db import Database, Session
from core.errors import Ambiguous, Halted, Permanent, Retryable, UserError
from core.event import Event, Invited, Pictured, Recognised, Said, Strange, StrangeKind
from core.log import logger
from core.picture import clean_jpeg
from core.ports import Inviting, Knowing, Local, Vendor
from handlers.dispatch import dispatch
from services import accounts, jobs
from services.jobs import Job

GIVE_UP_AFTER = 4
_UNASKED = frozenset({"union", "invite"})  # nobody waits for it: without a result nothing is said
# Words that nobody could hear did arrive, but can't be used.
_NO_RESULT: dict[str, StrangeKind] = {"picture": "unfetched", "voice": "voice"}
# A code can't be scanned from the screen of the phone that scans.
_WITHIN = {"miniprogram": "wechat"}

Channels = Mapping[str, Local | Vendor]
Hear = Callable[[bytes], Awaitable[str]]


async def fetch(
    db: Database,
    *,
    channels: Channels,
    hear: Hear | None,
    folder: Path,
    now: datetime,
    turn: int | None = None,
) -> list[int]:
    """Do the jobs that are due, with a turn that turn's own; returns the turns that came of them."""
    async with db.transaction() as session:
        found = await jobs.claim(session, now=now, turn=turn)
    made = [
        await _do(db, job, channels=channels, hear=hear, folder=folder, now=now) for job in found
    ]
    return [number for number in made if number is not None]


async def _do(
    db: Database, job: Job, *, channels: Channels, hear: Hear | None, folder: Path, now: datetime
) -> int | None:
    """Do one job and handle its result; None when none came of it, or it is tried again later."""
    event: Event | None
    try:
        if job.kind == "union":
            event = await _recognised(db, job, channels, now=now)
        elif job.kind == "invite":
            event = await _invited(job, channels, now=now)
        else:
            event = await _result(job, channels, hear, now=now)
    except (Retryable, Ambiguous, Halted) as error:
        logger().warning("fetch.failed", channel=job.channel, job=job.id, reason=str(error))
        if job.attempts < GIVE_UP_AFTER:
            after = getattr(error, "after", 1.0)
            await db.run(lambda session: jobs.again(session, job, after=after, now=now))
            return None
        event = None if job.kind in _UNASKED else _strange(job, _NO_RESULT[job.kind], now=now)
    turn = (
        await dispatch(db, event, media_folder=folder, caller=_BROUGHT)
        if event is not None
        else None
    )
    await db.run(lambda session: jobs.done(session, job))
    return turn.id if turn is not None else None


class _Brought:
    """Stands for a job: what it brings was done by nobody now, and is no sign of where they are."""

    async def identify(self, _session: Session, event: Event) -> Event:
        """Return the event, whose person is known."""
        return event

    async def heard(self, _session: Session, _event: Event) -> None:
        """Note nothing."""


_BROUGHT = _Brought()


async def _recognised(db: Database, job: Job, channels: Channels, *, now: datetime) -> Event | None:
    """Ask who an account is at its vendor; nobody waits for it, so no answer is no fault."""
    channel: object = channels.get(job.channel)
    async with db.reading() as session:
        account = await accounts.of(session, job.person, job.channel)
    if account is None or not isinstance(channel, Knowing):
        return None
    try:
        union = await channel.profile(account.external)
    except Permanent:
        return None
    if not union:
        return None
    return _made(Recognised, job, now=now, union=union)


async def _invited(job: Job, channels: Channels, *, now: datetime) -> Event | None:
    """Gather the addresses by which another account may join; a vendor that fails is left out."""
    links: dict[str, str] = {}
    for name, channel in channels.items():
        maker: object = channel
        own = name in {job.channel, _WITHIN.get(job.channel)}
        if own or not isinstance(maker, Inviting):
            continue
        try:
            links[name] = await maker.invitation(job.ref)
        except (Retryable, Ambiguous, Halted, Permanent) as error:
            logger().warning("fetch.failed", channel=name, job=job.id, reason=str(error))
    if not links:
        return None
    return _made(Invited, job, now=now, links=links)


async def _result(job: Job, channels: Channels, hear: Hear | None, *, now: datetime) -> Event:
    channel = channels.get(job.channel)
    if channel is None or isinstance(channel, Local):
        return _strange(job, "unfetched", now=now)
    if job.kind == "voice" and hear is None:
        return _strange(job, "voice", now=now)
    try:
        raw = await channel.media(job.ref)
        if job.kind == "voice" and hear is not None:
            return _said(job, await hear(raw), now=now)
        jpeg = await asyncio.to_thread(clean_jpeg, raw)
    except Permanent as error:
        logger().warning("fetch.failed", channel=job.channel, job=job.id, reason=str(error))
        return _strange(job, _NO_RESULT[job.kind], now=now)
    except UserError as error:
        too_big = error.key == "picture-too-big"
        kind: StrangeKind = "picture-too-big" if too_big else "picture-unreadable"
        return _strange(job, kind, now=now)
    return _made(Pictured, job, now=now, jpeg=jpeg)


def _said(job: Job, text: str, *, now: datetime) -> Event:
    if not text.strip():
        return _strange(job, "unheard", now=now)
    return _made(Said, job, now=now, text=text)


def _strange(job: Job, kind: StrangeKind, *, now: datetime) -> Event:
    return _made(Strange, job, now=now, kind=kind)


def _made(what: type[Event], job: Job, /, *, now: datetime, **more: Any) -> Event:
    """Make the job's event; the same name and digest for every result: the first one counts."""
    name = f"fetched:{job.id}"
    return what(
        channel=job.channel, person=job.person, message_id=name, at=now,
        digest=hashlib.sha256(name.encode()).digest(), **more,
    )  # fmt: skip
